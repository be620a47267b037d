/**
 * One timeline for every picture and sound of a recording, in seconds from its start. Sound sets the pace: a sound card is
 * some 0.01 % off the machine's clock, 0.4 s in an hour, and pictures can follow it unnoticed while sound cannot be bent.
 * Pure; refuses to know where times come from.
 */

/** Sound later than this by both clocks did not come late: the AudioContext stood still (a device change, a phone call). */
const STALL = 0.25;
/** The least lag within so many seconds is what drift is read from; everything above it is scheduling. */
const WINDOW = 5;
/** Seconds by which pictures move per window: 0.05 %, five times the drift of a bad sound card. */
const STEP = 0.0025;

export interface Heard {
  /** Number of the batch's first sample since its AudioContext began. */
  readonly frame: number;
  readonly samples: number;
  readonly sampleRate: number;
  /** Milliseconds, the audio thread's `Date.now()`. */
  readonly madeAt: number;
  /** Milliseconds, `performance.now()` on arrival. */
  readonly arrivedAt: number;
}

export class Clock {
  #origin: number;
  #drift = 0;
  #base: number | undefined;
  #madeOrigin = 0;
  #usual: number | undefined;
  #least = Infinity;
  #windowEnds = 0;

  /** @param origin milliseconds, `performance.now()` at the recording's start */
  constructor(origin: number) {
    this.#origin = origin;
  }

  /** Seconds of the recording at `at` (milliseconds, `performance.now()`). */
  at(at: number): number {
    return (at - this.#origin) / 1000 - this.#drift;
  }

  /** Seconds of the recording at which a batch of sound begins. */
  place({ frame, samples, sampleRate, madeAt, arrivedAt }: Heard): number {
    const begins = frame / sampleRate;
    const ends = begins + samples / sampleRate;
    const arrived = this.at(arrivedAt);
    if (this.#base === undefined) {
      this.#base = arrived - ends;
      this.#madeOrigin = madeAt / 1000 - arrived;
      this.#windowEnds = arrived + WINDOW;
    }
    const lag = arrived - (ends + this.#base);
    const madeLag = madeAt / 1000 - this.#madeOrigin - (ends + this.#base);
    const stall = Math.min(lag, madeLag) - (this.#usual ?? 0);
    if (stall > STALL) this.#base += stall;
    else this.#follow(lag, arrived);
    return begins + this.#base;
  }

  #follow(lag: number, arrived: number): void {
    this.#least = Math.min(this.#least, lag);
    if (arrived < this.#windowEnds) return;
    this.#usual ??= this.#least;
    const off = this.#least - this.#usual;
    this.#drift += Math.max(-STEP, Math.min(STEP, off));
    this.#least = Infinity;
    this.#windowEnds = arrived + WINDOW;
  }
}
