/** Headset buttons, lock screens and the browser's own picture-in-picture control the call. Refuses to draw anything. */
import type { Call } from '../../call.svelte.ts';

/** Media Session has actions for calls that TypeScript's DOM library does not list, and not every browser knows. */
interface CallSession {
  setActionHandler(action: string, handler: (() => void) | null): void;
  setMicrophoneActive(active: boolean): Promise<void>;
  setCameraActive(active: boolean): Promise<void>;
}

/** Until the returned function is called. Reads `$state`: call it in an effect, and it follows. */
export function controlFromSystem(call: Call): () => void {
  const session: CallSession | undefined = 'mediaSession' in navigator ? navigator.mediaSession : undefined;
  if (!session) return () => undefined;
  const microphone = call.self.microphone === 'on';
  const camera = call.self.camera === 'on';
  // Chrome 93, Safari 18.4.
  attempt(() => void session.setMicrophoneActive(microphone));
  attempt(() => void session.setCameraActive(camera));
  const actions: readonly (readonly [string, () => void])[] = [
    ['togglemicrophone', () => call.toggleMicrophone()],
    ['togglecamera', () => call.toggleCamera()],
    ['hangup', () => call.leave()],
  ];
  for (const [action, handler] of actions) attempt(() => session.setActionHandler(action, handler));
  return () => {
    for (const [action] of actions) attempt(() => session.setActionHandler(action, null));
  };
}

/** An unknown action or a missing method throws a TypeError; then this system simply has no such button. */
function attempt(task: () => void): void {
  try {
    task();
  } catch {
    // Said above.
  }
}
