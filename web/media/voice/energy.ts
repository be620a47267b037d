/**
 * "Basic detection", where WebAssembly is forbidden: speech by its level alone (experience.md, M8). Somebody speaks when the
 * level stood 12 dB above the room's floor for 600 ms of the last 1.2 s, and rose and fell at the pace of syllables, 3–8 times
 * a second. Slower to trust than the network and easier to fool (a drummer at that pace does it). Refuses to know samples:
 * it is given levels.
 */

/** 1.2 s of 10 ms frames. */
const WINDOW = 120;
/** Of them, loud ones: M8's 600 ms. */
const LOUD_FRAMES = 60;
const OVER_FLOOR_DB = 12;
/** Nothing below it is anybody's voice: a headset's own noise lies near −75 dB of full scale. */
const SILENCE_DB = -65;
/** The floor sinks at once and rises 3 dB a second, so that a fan that starts is the floor after some seconds. */
const FLOOR_RISE_DB = 0.03;
/** Levels more than this over the floor count as this, so that one door does not outweigh ten syllables. */
const CEILING_DB = 40;

/** Envelope bands in hertz: syllables, and all that is compared with them. Speech peaks at 4–5 Hz (Houtgast & Steeneken). */
const SYLLABLES = [3, 4, 5, 6, 7, 8];
const OTHERS = [9, 10, 11, 12, 14, 16, 20, 25];
/** Syllables swing the level by this much, standard deviation in dB; a hum or a fan does not. */
const SWING_DB = 4;
/** Share of the envelope's power at 3 – 25 Hz that lies at 3 – 8 Hz. Clicks and noise spread theirs evenly: 6 in 14. */
const SHARE = 0.75;

/** It stays on through the pauses between sentences. */
const HOLD_FRAMES = 100;

export class EnergyDecision {
  readonly #levels = new Float64Array(WINDOW);
  #frames = 0;
  #floor = 0;
  #held = 0;

  /** `level`: dB of full scale of 10 ms. True while somebody speaks. */
  push(level: number): boolean {
    const heard = Math.max(level, SILENCE_DB);
    if (this.#frames === 0) this.#floor = heard;
    this.#floor = Math.min(heard, this.#floor + FLOOR_RISE_DB);
    this.#levels[this.#frames % WINDOW] = Math.min(CEILING_DB, heard - this.#floor);
    this.#frames++;
    if (this.#held > 0) this.#held--;
    // The sum over bands costs most: five times a second is soon enough.
    if (this.#frames % 20 === 0 && this.#speaks()) this.#held = HOLD_FRAMES;
    return this.#held > 0;
  }

  #speaks(): boolean {
    if (this.#frames < WINDOW) return false;
    let loud = 0;
    let mean = 0;
    for (const level of this.#levels) {
      if (level >= OVER_FLOOR_DB) loud++;
      mean += level / WINDOW;
    }
    if (loud < LOUD_FRAMES) return false;
    let swing = 0;
    for (const level of this.#levels) swing += (level - mean) ** 2 / WINDOW;
    if (Math.sqrt(swing) < SWING_DB) return false;
    const syllables = this.#power(SYLLABLES, mean);
    return syllables > SHARE * (syllables + this.#power(OTHERS, mean));
  }

  #power(hertz: readonly number[], mean: number): number {
    let power = 0;
    for (const rate of hertz) {
      let cos = 0;
      let sin = 0;
      for (let i = 0; i < WINDOW; i++) {
        const angle = (2 * Math.PI * rate * i) / 100;
        const level = this.#levels[(this.#frames + i) % WINDOW]! - mean;
        cos += level * Math.cos(angle);
        sin += level * Math.sin(angle);
      }
      power += cos ** 2 + sin ** 2;
    }
    return power;
  }
}
