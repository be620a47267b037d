/**
 * When "somebody speaks" is said. Pure: frames of features.ts in, yes or no out. Refuses to know of mute, time and devices.
 *
 * Why not RNNoise's probability alone: it was trained to keep voices out of noise, and a violin is no noise. Jitsi's rule (over
 * 0.9 opens 700 ms, mean over 0.6 fires) finds most voices and fires once a second on music. What tells a voice from an
 * instrument is the course of a second: notes hold their pitch and step, vowels glide; syllables come 3–8 times a second with
 * noise between them, drums more regularly. So a small recurrent network (network.ts: 24 units, as many as RNNoise's own voice
 * output) reads RNNoise's probability beside the shape of the spectrum, pitch, level and steadiness of the partials, 50 times
 * a second, and was trained on scenes of voices, music, typing and rooms (test/lab/voice/train). `npm run bench` prints
 * both rules on the same recordings.
 */
import { FEATURES } from './features.ts';
import { Network } from './network.ts';

/** Log odds beyond this are as good as certain: no single moment outweighs the others. */
const SURE = 6;
/** The mean that decides looks back 0.2 s: the network remembers by itself, this only keeps out single slips. */
const MEMORY = 0.1;
/** Log odds 1.2: chosen where music gave no alarm and most voices fired well within 1.2 s. */
const VOICE = 1.2;
/** Twice 20 ms times this: on through the pauses between sentences. */
const HOLD = 50;

export class Decision {
  readonly #network = new Network();
  readonly #pair = new Float32Array(FEATURES);
  #frames = 0;
  #score = -SURE;
  #held = 0;

  /** `features`: of one 10 ms frame, features.ts. True while somebody speaks. */
  push(features: Float32Array): boolean {
    for (let i = 0; i < FEATURES; i++) this.#pair[i] = this.#pair[i]! + features[i]! / 2;
    if (++this.#frames % 2 === 0) {
      const odds = Math.max(-SURE, Math.min(SURE, this.#network.push(this.#pair)));
      this.#pair.fill(0);
      this.#score += MEMORY * (odds - this.#score);
      if (this.#score > VOICE) this.#held = HOLD;
      else if (this.#held > 0) this.#held--;
    }
    return this.#held > 0;
  }
}
