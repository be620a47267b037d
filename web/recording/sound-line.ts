/**
 * Makes batches of sound a line without gaps or overlaps: what is missing becomes silence, what is there twice is dropped.
 * A container's sound is counted in samples; only a line without gaps stays with the pictures.
 * Pure; refuses to know clocks and encoders.
 */

type Planes = readonly Float32Array<ArrayBuffer>[];

/** Seconds. Smaller gaps are rounding of the timeline. */
const TOLERANCE = 0.02;
/** Silence comes in pieces of this many seconds, so that a long gap is not one big allocation. */
const PIECE = 0.5;

export interface SoundLineOptions {
  readonly sampleRate: number;
  readonly channels: number;
  /** In order; `time` is in seconds from the line's start. */
  onSound(planes: Planes, time: number): void;
}

export class SoundLine {
  #options: SoundLineOptions;
  #written = 0;

  constructor(options: SoundLineOptions) {
    this.#options = options;
  }

  /** Seconds. */
  get end(): number {
    return this.#written / this.#options.sampleRate;
  }

  /** @param time seconds from the line's start; before it where negative */
  add(planes: Planes, time: number): void {
    const length = planes[0]?.length ?? 0;
    if (time > this.end + TOLERANCE) this.fillTo(time);
    const overlap = time < this.end - TOLERANCE ? Math.round((this.end - time) * this.#options.sampleRate) : 0;
    if (overlap >= length) return;
    this.#write(overlap === 0 ? planes : planes.map((plane) => plane.slice(overlap)));
  }

  /** Silence up to `time` seconds. */
  fillTo(time: number): void {
    const { sampleRate, channels } = this.#options;
    const target = Math.round(time * sampleRate);
    while (this.#written < target) {
      const length = Math.min(target - this.#written, Math.round(PIECE * sampleRate));
      this.#write(Array.from({ length: channels }, () => new Float32Array(length)));
    }
  }

  #write(planes: Planes): void {
    const time = this.end;
    this.#written += planes[0]?.length ?? 0;
    this.#options.onSound(planes, time);
  }
}
