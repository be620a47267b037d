/**
 * Whether what the microphone hears is the loudspeaker: the two envelopes then rise and fall together, the microphone's up to
 * half a second later. Knows levels only; refuses to know who plays what.
 */

/** 50 ms a step: about as often as the page can tell the level of what it plays. */
const STEP_FRAMES = 5;
/** 1.6 s is compared: less, and two people's syllables coincide by chance. */
const STEPS = 32;
/** Loudspeaker, room, microphone and the browser's two buffers: Bluetooth loudspeakers lag by 300 ms and more. */
const LATEST_STEPS = 10;
/** Two talkers at once stay below; an echo through a room, above (test/unit/voice/far-end.test.ts). */
const ALIKE = 0.75;
/** An echo stays one for a second: the likeness dips while both are silent. */
const HELD_STEPS = 20;
/** Below this, dB of full scale, nothing is being played. */
const PLAYING_DB = -55;
/** Quieter than any room: digital silence must not count as a fall of 50 dB. */
const NEAR_FLOOR_DB = -75;

export class FarEnd {
  readonly #near = new Float64Array(STEPS);
  readonly #far = new Float64Array(STEPS + LATEST_STEPS).fill(PLAYING_DB);
  #now = PLAYING_DB;
  #frames = 0;
  #sum = 0;
  #played = 0;
  #held = 0;

  /** `level`: what the loudspeaker plays now, root mean square, 0 … 1. Call it 10 to 20 times a second while anything plays. */
  level(level: number): void {
    this.#now = Math.max(PLAYING_DB, 20 * Math.log10(level + 1e-6));
  }

  /** `level`: dB of full scale of 10 ms of microphone. True while the loudspeaker explains it. */
  push(level: number): boolean {
    this.#sum += Math.max(level, NEAR_FLOOR_DB);
    if (++this.#frames % STEP_FRAMES === 0) {
      this.#near.copyWithin(0, 1);
      this.#near[STEPS - 1] = this.#sum / STEP_FRAMES;
      this.#sum = 0;
      this.#far.copyWithin(0, 1);
      this.#far[STEPS + LATEST_STEPS - 1] = this.#now;
      this.#played = this.#now > PLAYING_DB ? STEPS + LATEST_STEPS : Math.max(0, this.#played - 1);
      if (this.#played > 0 && this.#alike() > ALIKE) this.#held = HELD_STEPS;
      else if (this.#held > 0) this.#held--;
    }
    return this.#held > 0;
  }

  /** The best correlation over all delays. */
  #alike(): number {
    let best = 0;
    for (let delay = 0; delay <= LATEST_STEPS; delay++) {
      best = Math.max(
        best,
        correlation(this.#near, this.#far.subarray(LATEST_STEPS - delay, LATEST_STEPS - delay + STEPS)),
      );
    }
    return best;
  }
}

function correlation(a: Float64Array, b: Float64Array): number {
  let sumA = 0;
  let sumB = 0;
  for (let i = 0; i < a.length; i++) {
    sumA += a[i]!;
    sumB += b[i]!;
  }
  const meanA = sumA / a.length;
  const meanB = sumB / b.length;
  let ab = 0;
  let aa = 1e-9;
  let bb = 1e-9;
  for (let i = 0; i < a.length; i++) {
    const da = a[i]! - meanA;
    const db = b[i]! - meanB;
    ab += da * db;
    aa += da * da;
    bb += db * db;
  }
  return ab / Math.sqrt(aa * bb);
}
