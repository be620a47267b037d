/**
 * What the sound of an unmuted microphone says about it: all is well, it delivers nothing, or nothing but noise.
 * Pure: samples and times go in. Refuses to know devices, and whose voice it is.
 */

export type Sign = 'fine' | 'silent' | 'noisy';

export interface Sample {
  /** 0..1, linear in decibels: 0 is −60 dB, 1 is −10 dB of full scale. */
  readonly level: number;
  /** Largest sample just now, 1 = full scale. */
  readonly peak: number;
}

/** Half a step of 16 bits: the noise of any working microphone is above it. */
const ZERO = 2 ** -16;
/** Milliseconds of zero after which nobody believes in it any more. */
const SILENT_AFTER = 8_000;
/** Milliseconds looked back on for noise. */
const NOISE_WINDOW = 10_000;
/** −40 dB: the quiet moments of a room with a fan near the microphone are louder. */
const NOISY = 0.4;
/** 10 dB: speech rises and falls by more than that, a fan, a road or a hum does not. */
const SPREAD = 0.2;
/** Longer than between two samples in a hidden page, where timers come once a second. */
const GAP = 2_500;

export class InputSigns {
  #lastSound: number | undefined;
  #last = -Infinity;
  #levels: { at: number; level: number }[] = [];
  #since = 0;

  /** One look at the microphone; ten a second are enough. */
  push({ level, peak }: Sample, now: number): Sign {
    // A machine that slept has heard nothing, which says nothing.
    if (now - this.#last > GAP) this.#begin(now);
    this.#last = now;
    if (peak > ZERO) this.#lastSound = now;
    this.#levels.push({ at: now, level });
    this.#levels = this.#levels.filter(({ at }) => now - at <= NOISE_WINDOW);
    if (now - (this.#lastSound ?? now) >= SILENT_AFTER) return 'silent';
    return now - this.#since >= NOISE_WINDOW && this.#noisy() ? 'noisy' : 'fine';
  }

  #begin(now: number): void {
    this.#since = now;
    this.#lastSound = now;
    this.#levels = [];
  }

  #noisy(): boolean {
    const sorted = this.#levels.map(({ level }) => level).sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
    return at(0.2) >= NOISY && at(0.9) - at(0.2) < SPREAD;
  }
}
