/**
 * Space as a key to talk with while it is held. Never where people write or choose, never in place of a button that was
 * reached by keyboard; a button that a mouse left in focus does not count. Refuses to know what talking does.
 */
import { ignore } from '../shortcuts.ts';

export interface TalkKey {
  start: () => void;
  stop: () => void;
  /** Whether there is anything to unmute, and single keys count. */
  possible: () => boolean;
}

/** Until the returned function is called, which ends a talk. */
export function holdToTalk({ start, stop, possible }: TalkKey): () => void {
  const ending = new AbortController();
  let held = false;
  /** What the keyboard went to. Asked when it gets the focus: Chrome says :focus-visible of everything once a key is down. */
  let reached: EventTarget | null = seen(document.activeElement);

  function press(event: KeyboardEvent): void {
    if (event.code !== 'Space') return;
    // A held key repeats itself: the page must not scroll, nor a button be pressed, by the rest of it.
    if (held) return event.preventDefault();
    if (ignore(event) || (event.target === reached && pressable(event.target)) || !possible()) return;
    event.preventDefault();
    held = true;
    start();
  }

  function release(event?: KeyboardEvent): void {
    if (!held || (event && event.code !== 'Space')) return;
    // Firefox presses a focused button at the end of the key.
    event?.preventDefault();
    held = false;
    stop();
  }

  const options = { signal: ending.signal, capture: true };
  window.addEventListener('keydown', press, options);
  window.addEventListener('keyup', release, options);
  window.addEventListener('focusin', ({ target }) => (reached = seen(target)), options);
  // The end of the key goes to whatever has the focus then.
  window.addEventListener('blur', () => release(), { signal: ending.signal });
  document.addEventListener('visibilitychange', () => document.hidden && release(), options);
  return () => {
    ending.abort();
    release();
  };
}

function seen(target: EventTarget | null): EventTarget | null {
  return target instanceof Element && target.matches(':focus-visible') ? target : null;
}

/** Something that Space itself presses. */
function pressable(target: EventTarget | null): boolean {
  return (
    target instanceof Element && target.closest('button, a[href], summary, [role="button"], [role="tab"]') !== null
  );
}
