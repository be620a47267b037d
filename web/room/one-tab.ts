/**
 * This meeting in two tabs of one browser: the later tab learns of the earlier and can take its place. Two tabs stay possible,
 * for that is how people try a meeting alone. The Web Lock held meanwhile also keeps the browser from freezing a hidden tab
 * (Chromium exempts pages that hold one). Refuses to know what taking the place means.
 */

export interface OneTabOptions {
  roomId: string;
  /** The meeting is open in an earlier tab. */
  onElsewhere: () => void;
  /** A later tab has taken the place of this one. */
  onReplaced: () => void;
}

export class OneTab {
  readonly #options: OneTabOptions;
  readonly #channel: BroadcastChannel;
  readonly #ending = new AbortController();

  constructor(options: OneTabOptions) {
    this.#options = options;
    this.#channel = new BroadcastChannel(`snug.room.${options.roomId}`);
    this.#channel.onmessage = ({ data }) => {
      if (data === 'take-over') options.onReplaced();
    };
    void this.#hold();
  }

  /** Ends the meeting in every other tab. */
  takeOver(): void {
    this.#channel.postMessage('take-over');
  }

  close(): void {
    this.#ending.abort();
    this.#channel.close();
  }

  async #hold(): Promise<void> {
    const name = `snug.room.${this.#options.roomId}`;
    const ended = new Promise<void>((resolve) => this.#ending.signal.addEventListener('abort', () => resolve()));
    const first = await navigator.locks.request(name, { ifAvailable: true }, async (lock) => {
      if (lock) await ended;
      return lock !== null;
    });
    if (first || this.#ending.signal.aborted) return;
    this.#options.onElsewhere();
    // Held as well, each tab under a name of its own: a hidden tab must not be frozen.
    await navigator.locks.request(`${name}.${crypto.randomUUID()}`, () => ended);
  }
}
