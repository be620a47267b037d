/**
 * "Basic detection", where WebAssembly is forbidden: speech by its level alone (experience.md, M8). Somebody speaks when the
 * level stood 12 dB above the room's floor for 600 ms of the last 1.2 s, and rose and fell at the pace of syllables, 3–8 times
 * a second. Easier to fool than the network: a drummer at that pace does it. Refuses to know samples: it is given levels.
 */

/** 1.2 s of 10 ms frames. */
const WINDOW = 120;
/** Of them, loud ones: M8's 600 ms. */
const LOUD_FRAMES = 60;
const OVER_FLOOR_DB = 12;
/** Quieter rooms count as this quiet: a headset's own noise lies near −75 dB of full scale. */
const SILENCE_DB = -75;
/** The floor sinks at once and rises 3 dB a second, so that a fan that starts is the floor after some seconds. */
const FLOOR_RISE_DB = 0.03;
/** A syllable is a rise of this much after a fall of as much; a hum has none, a fan's are smaller. */
const SWING_DB = 6;
/** 3–8 a second (Houtgast and Steeneken's modulation spectrum of speech) in 1.2 s. */
const FEWEST_SYLLABLES = 3;
const MOST_SYLLABLES = 10;
/** Smooths over 40 ms: single pitch periods and noise are no syllables. */
const SMOOTHING = 0.25;
/** It stays on through the pauses between sentences. */
const HOLD_FRAMES = 100;

export class EnergyDecision {
  readonly #loud = new Uint8Array(WINDOW);
  readonly #rises = new Uint8Array(WINDOW);
  #frames = 0;
  #floor = 0;
  #smooth = 0;
  #turn = 0;
  #direction: 'up' | 'down' = 'down';
  #loudFrames = 0;
  #syllables = 0;
  #held = 0;

  /** `level`: dB of full scale of 10 ms. True while somebody speaks. */
  push(level: number): boolean {
    const heard = Math.max(level, SILENCE_DB);
    if (this.#frames === 0) this.#floor = this.#smooth = this.#turn = heard;
    this.#floor = Math.min(heard, this.#floor + FLOOR_RISE_DB);
    this.#smooth += SMOOTHING * (heard - this.#smooth);
    const at = this.#frames++ % WINDOW;
    this.#loudFrames += put(this.#loud, at, heard - this.#floor >= OVER_FLOOR_DB ? 1 : 0);
    this.#syllables += put(this.#rises, at, this.#rose() ? 1 : 0);
    const spoken = this.#syllables >= FEWEST_SYLLABLES && this.#syllables <= MOST_SYLLABLES;
    if (spoken && this.#loudFrames >= LOUD_FRAMES) this.#held = HOLD_FRAMES;
    else if (this.#held > 0) this.#held--;
    return this.#held > 0;
  }

  /** Whether the level has just turned: up by a swing from its last low. */
  #rose(): boolean {
    if (this.#direction === 'up') {
      this.#turn = Math.max(this.#turn, this.#smooth);
      if (this.#smooth < this.#turn - SWING_DB) [this.#direction, this.#turn] = ['down', this.#smooth];
      return false;
    }
    this.#turn = Math.min(this.#turn, this.#smooth);
    if (this.#smooth < this.#turn + SWING_DB) return false;
    [this.#direction, this.#turn] = ['up', this.#smooth];
    return true;
  }
}

/** Replaces an entry of a ring; by how much the sum changed. */
function put(ring: Uint8Array, at: number, value: number): number {
  const change = value - ring[at]!;
  ring[at] = value;
  return change;
}
