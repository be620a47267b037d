/** Puts a track into a media element. Refuses to know whose track it is and how loud it should be. */

/** An attachment; `undefined` leaves the element empty. `onblocked`: the browser wants a click first (autoplay policy). */
export function show(track: MediaStreamTrack | undefined, onblocked?: () => void) {
  return (element: HTMLMediaElement) => {
    if (!track) return;
    element.srcObject = new MediaStream([track]);
    element.play().catch((error: unknown) => {
      // AbortError: the element got another track meanwhile.
      if (error instanceof DOMException && error.name === 'NotAllowedError') onblocked?.();
    });
    return () => {
      element.srcObject = null;
    };
  };
}
