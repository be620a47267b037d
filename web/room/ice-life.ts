/**
 * The life of relay credentials: asks for new ones at 70 % of it, and again every 10 s until they come.
 * Refuses to know what a credential is good for.
 */

const REFRESH_AT = 0.7;
/** Milliseconds. */
const RETRY = 10_000;

export class IceLife {
  readonly #ask: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** `ask` sends the request; `renewed` is to be called with the answer. */
  constructor(ask: () => void) {
    this.#ask = ask;
  }

  /**
   * New credentials, good until `expiresAt`, or for ever where it is null; `now` by the clock that says so, milliseconds since the
   * epoch both. Mine may be hours behind, and would let them end; an older room does not tell its own.
   */
  renewed(expiresAt: number | null, now = Date.now()): void {
    clearTimeout(this.#timer);
    if (expiresAt === null) return;
    const life = Math.max(0, expiresAt - now);
    // Never at once: by a clock that is ahead of the room's every answer would have expired already.
    this.#timer = setTimeout(() => this.#refresh(), Math.max(RETRY, life * REFRESH_AT));
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #refresh(): void {
    this.#ask();
    this.#timer = setTimeout(() => this.#refresh(), RETRY);
  }
}
