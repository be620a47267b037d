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

  /** New credentials, good until `expiresAt` (milliseconds since the epoch), or for ever where it is null. */
  renewed(expiresAt: number | null): void {
    clearTimeout(this.#timer);
    if (expiresAt === null) return;
    const life = Math.max(0, expiresAt - Date.now());
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
