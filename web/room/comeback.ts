/**
 * Tells when the network, the page or the machine has come back: every reason not to wait for a timer.
 * Refuses to know what is then tried again.
 */

/** Milliseconds between looks at the clock, and the gap that means that the machine or the page slept. */
const LOOK = 1_000;
const SLEPT = 3_000;

/** Calls `onComeback` at every sign; returns the end of it. */
export function watchComebacks(onComeback: () => void): () => void {
  const ending = new AbortController();
  const { signal } = ending;
  const onVisible = () => document.visibilityState === 'visible' && onComeback();
  window.addEventListener('online', onComeback, { signal });
  window.addEventListener('pageshow', onComeback, { signal });
  document.addEventListener('visibilitychange', onVisible, { signal });
  // Page Lifecycle: Chromium thaws a frozen tab with `resume`.
  document.addEventListener('resume', onComeback, { signal });
  networkInformation()?.addEventListener('change', onComeback, { signal });

  let last = Date.now();
  const timer = setInterval(() => {
    const gap = Date.now() - last;
    last = Date.now();
    if (gap > SLEPT) onComeback();
  }, LOOK);
  signal.addEventListener('abort', () => clearInterval(timer));
  return () => ending.abort();
}

/** `navigator.connection` of the Network Information API: Chromium only. */
function networkInformation(): EventTarget | undefined {
  const connection: unknown = 'connection' in navigator ? navigator.connection : undefined;
  return connection instanceof EventTarget ? connection : undefined;
}
