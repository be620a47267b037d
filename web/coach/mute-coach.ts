/**
 * When someone who speaks while muted is told so. Pure: facts and the time in milliseconds go in, `shown` comes out.
 * Refuses to know how speech is found and what the telling looks like.
 */

/** After muting, the tail of one's own sentence is not worth a word. */
const TAIL = 1_500;
/** How long it stays after the last word. */
const STAY = 3_000;
/** The detector says "quiet" about so long after the last word (VoiceCallbacks.onVoice). */
const QUIET_LAG = 1_000;
/** From one telling to the next at least. */
const INTERVAL = 20_000;
/** After "Dismiss": without speech for so long before it may come again. */
const SNOOZE = 20_000;

export class MuteCoach {
  #shown = false;
  #muted = false;
  #off = false;
  #speaking = false;
  /** When the detector last said "quiet"; minus infinity before it has said anything. */
  #quietSince = -Infinity;
  #tailUntil = -Infinity;
  #lastShown = -Infinity;
  #dismissed = false;
  /** Muted since before joining and not told yet: the first words always count. */
  #fresh = false;

  get shown(): boolean {
    return this.#shown;
  }

  /** Came into the call muted. */
  joinedMuted(now: number): void {
    this.#muted = true;
    this.#fresh = true;
    this.#decide(now);
  }

  muted(now: number): void {
    if (this.#muted) return;
    this.#muted = true;
    this.#tailUntil = now + TAIL;
    this.#decide(now);
  }

  /** Also when the microphone is released: nothing can be heard then. */
  unmuted(): void {
    this.#muted = false;
    this.#fresh = false;
    this.#dismissed = false;
    this.#shown = false;
  }

  /** What the detector says; it also listens again from nothing after every mute. */
  voice(speaking: boolean, now: number): void {
    if (this.#speaking && !speaking) this.#quietSince = now;
    this.#speaking = speaking;
    this.#decide(now);
  }

  dismiss(now: number): void {
    if (!this.#shown) return;
    this.#shown = false;
    this.#dismissed = true;
    if (!this.#speaking) this.#quietSince = now;
  }

  /** Not again in this call. */
  silenceForCall(): void {
    this.#off = true;
    this.#shown = false;
  }

  /** To be called a few times a second while muted. */
  tick(now: number): void {
    this.#decide(now);
  }

  #decide(now: number): void {
    const quiet = this.#speaking ? 0 : now - this.#quietSince + QUIET_LAG;
    if (this.#dismissed && quiet >= SNOOZE) this.#dismissed = false;
    if (this.#shown) this.#shown = quiet < STAY;
    else if (this.#speaking && this.#due(now)) this.#show(now);
  }

  #due(now: number): boolean {
    if (!this.#muted || this.#off || this.#dismissed || now < this.#tailUntil) return false;
    return this.#fresh || now - this.#lastShown >= INTERVAL;
  }

  #show(now: number): void {
    this.#shown = true;
    this.#fresh = false;
    this.#lastShown = now;
  }
}
