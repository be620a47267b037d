/**
 * What a 10 ms frame of microphone looks like to the voice decision: RNNoise's probability, the shape of the spectrum, level
 * over the room's floor, pitch, and how steady the partials are (a held note stays, a vowel glides). Refuses to know what
 * follows from it. Nothing absolute about the level goes in, and nothing above 7 kHz: a quiet voice and a telephone-band
 * voice look like a near and a full-band one.
 */
import { Fft } from './fft.ts';

/** Bands between 90 Hz and 7 kHz, where G.722, Bluetooth headsets and full-band microphones all have signal. */
const BANDS = 20;
const FROM_HERTZ = 90;
const TO_HERTZ = 7000;

/** The fine spectrum whose steadiness is measured: 125 Hz – 4 kHz in bins of 31.25 Hz. */
const FINE_FROM = 4;
const FINE_TO = 128;
const FINE = FINE_TO - FINE_FROM;
/** Half the width of the moving mean that takes the envelope out of it: 5 bins, a little over a high voice's half pitch. */
const FINE_HALF = 5;
/** 30, 80 and 160 ms back: within a syllable, across one, and longer than most vowels hold their pitch. */
const LAGS = [3, 8, 16];
const HISTORY = 17;

const RATE = 16000;
const HOP = 160;
const SIZE = 512;

/** Pitch between 70 and 400 Hz, in samples at 16 kHz. */
const LAG_FROM = 40;
const LAG_TO = 228;

export const FEATURES = 1 + BANDS + 4 + 3 + LAGS.length + 1;

export class Features {
  readonly #fft = new Fft(SIZE);
  readonly #decimated = new Float32Array(SIZE);
  readonly #tail = new Float32Array(480 + TAPS.length - 1);
  readonly #power = new Float64Array(SIZE / 2 + 1);
  readonly #log = new Float64Array(SIZE / 2 + 1);
  readonly #samples = new Float64Array(SIZE);
  readonly #real = new Float64Array(SIZE / 2 + 1);
  readonly #imaginary = new Float64Array(SIZE / 2 + 1);
  readonly #fine = Array.from({ length: HISTORY }, () => new Float64Array(FINE));
  readonly #levels = new Float64Array(HISTORY);
  readonly #pitches = new Float64Array(HISTORY);
  readonly #out = new Float32Array(FEATURES);
  #frames = 0;
  #floor = 0;
  #peak = 0;

  /** `samples`: 480 at int16 scale; `probability`: RNNoise's. The answer is overwritten by the next call. */
  push(samples: Float32Array, probability: number): Float32Array {
    this.#decimate(samples);
    this.#spectrum();
    const out = this.#out;
    const at = this.#frames % HISTORY;
    let next = 0;
    out[next++] = probability;
    next = this.#bands(out, next);
    next = this.#level(out, next, at);
    next = this.#pitch(out, next, at);
    next = this.#steadiness(out, next, at);
    out[next] = this.#flatness();
    this.#frames++;
    return out;
  }

  #decimate(samples: Float32Array): void {
    const tail = this.#tail;
    tail.copyWithin(0, 480);
    tail.set(samples, TAPS.length - 1);
    const decimated = this.#decimated;
    decimated.copyWithin(0, HOP);
    for (let i = 0; i < HOP; i++) {
      let sum = 0;
      for (let tap = 0; tap < TAPS.length; tap++) sum += tail[i * 3 + tap]! * TAPS[tap]!;
      decimated[SIZE - HOP + i] = sum;
    }
  }

  #spectrum(): void {
    const real = this.#real;
    const imaginary = this.#imaginary;
    const samples = this.#samples;
    for (let i = 0; i < SIZE; i++) samples[i] = this.#decimated[i]! * WINDOW[i]!;
    this.#fft.transform(samples, real, imaginary);
    for (let bin = 0; bin <= SIZE / 2; bin++) {
      const power = real[bin]! ** 2 + imaginary[bin]! ** 2;
      this.#power[bin] = power;
      this.#log[bin] = Math.log(power + QUIET);
    }
  }

  /** Log energies less their mean: the shape, not the level. */
  #bands(out: Float32Array, next: number): number {
    let mean = 0;
    for (let band = 0; band < BANDS; band++) {
      let energy = QUIET;
      for (let bin = EDGES[band]!; bin < EDGES[band + 1]!; bin++) energy += this.#power[bin]!;
      const value = Math.log(energy / (EDGES[band + 1]! - EDGES[band]!));
      out[next + band] = value;
      mean += value / BANDS;
    }
    for (let band = 0; band < BANDS; band++) out[next + band] = (out[next + band]! - mean) / 3;
    return next + BANDS;
  }

  #level(out: Float32Array, next: number, at: number): number {
    let energy = QUIET;
    for (let bin = FINE_FROM; bin < 224; bin++) energy += this.#power[bin]!;
    const level = 10 * Math.log10(energy);
    this.#levels[at] = level;
    if (this.#frames === 0) {
      this.#floor = level;
      this.#peak = level;
    }
    // The floor falls within 50 ms and rises 1.5 dB a second; the peak rises at once and falls 6 dB a second.
    this.#floor = level < this.#floor ? this.#floor + 0.2 * (level - this.#floor) : this.#floor + 0.015;
    this.#peak = Math.max(level, this.#peak - 0.06);
    out[next] = Math.min(60, level - this.#floor) / 20;
    out[next + 1] = Math.min(60, this.#peak - level) / 20;
    out[next + 2] = clamp(level - this.#ago(this.#levels, 1), 30) / 10;
    out[next + 3] = clamp(level - this.#ago(this.#levels, 6), 30) / 10;
    return next + 4;
  }

  /** Strength of the best period, its pitch in octaves round 150 Hz, and how far the pitch moved in 30 ms. */
  #pitch(out: Float32Array, next: number, at: number): number {
    const real = this.#real;
    const samples = this.#samples;
    samples.fill(0);
    // Magnitudes, not powers: that flattens the envelope. Above 2 kHz there is more noise than pitch.
    for (let bin = 2; bin < 64; bin++) {
      const magnitude = Math.sqrt(this.#power[bin]!);
      samples[bin] = magnitude;
      samples[SIZE - bin] = magnitude;
    }
    this.#fft.transform(samples, real, this.#imaginary);
    let best = LAG_FROM;
    let strength = -1;
    for (let lag = LAG_FROM; lag < LAG_TO; lag++) {
      const value = real[lag]!;
      // A shade for the shorter period, or every second one would win as often.
      const weighted = value * (1 - 0.0008 * lag);
      if (value >= real[lag - 1]! && value >= real[lag + 1]! && weighted > strength) {
        strength = weighted;
        best = lag;
      }
    }
    const normal = Math.max(0, strength) / (real[0]! + 1);
    const pitch = Math.log2(RATE / best / 150);
    this.#pitches[at] = normal > 0.35 ? pitch : NaN;
    const before = this.#ago(this.#pitches, 3);
    out[next] = normal;
    out[next + 1] = normal > 0.35 ? pitch : 0;
    out[next + 2] =
      Number.isNaN(this.#pitches[at]!) || Number.isNaN(before) ? 1 : Math.min(1, Math.abs(pitch - before) * 4);
    return next + 3;
  }

  /** How alike the fine spectra of now and then are, −1 … 1: near 1 while a note is held. */
  #steadiness(out: Float32Array, next: number, at: number): number {
    const fine = this.#fine[at]!;
    let sum = 0;
    for (let bin = FINE_FROM - FINE_HALF + 1; bin < FINE_FROM + FINE_HALF; bin++) sum += this.#log[Math.abs(bin)]!;
    let norm = 1e-9;
    for (let i = 0; i < FINE; i++) {
      const bin = FINE_FROM + i;
      sum += this.#log[bin + FINE_HALF]!;
      fine[i] = this.#log[bin]! - sum / (2 * FINE_HALF);
      sum -= this.#log[Math.abs(bin - FINE_HALF + 1)]!;
      norm += fine[i]! ** 2;
    }
    const scale = 1 / Math.sqrt(norm);
    for (let i = 0; i < FINE; i++) fine[i]! *= scale;
    for (const lag of LAGS) {
      const then = this.#fine[(at + HISTORY - lag) % HISTORY]!;
      let dot = 0;
      for (let i = 0; i < FINE; i++) dot += fine[i]! * then[i]!;
      out[next++] = dot;
    }
    return next;
  }

  /** Mean of the logs less log of the mean, 125 Hz – 4 kHz: 0 is noise, −2 a clear tone. */
  #flatness(): number {
    let logs = 0;
    let powers = QUIET;
    for (let bin = FINE_FROM; bin < FINE_TO; bin++) {
      logs += this.#log[bin]! / FINE;
      powers += this.#power[bin]! / FINE;
    }
    return (logs - Math.log(powers)) / 4;
  }

  #ago(ring: Float64Array, frames: number): number {
    const back = Math.min(frames, this.#frames);
    return ring[(this.#frames - back) % HISTORY]!;
  }
}

/** The power of an int16's rounding in one bin; below it, differences are not the room's. */
const QUIET = 100;

const WINDOW = Float64Array.from({ length: SIZE }, (_, i) => 0.5 - 0.5 * Math.cos((2 * Math.PI * (i + 0.5)) / SIZE));

/** Low pass at 7.2 kHz before every third sample is taken: 33 taps, Hamming. */
const TAPS = Float64Array.from({ length: 33 }, (_, i) => {
  const cut = 7200 / 24000;
  const x = i - 16;
  const ideal = x === 0 ? cut : Math.sin(Math.PI * cut * x) / (Math.PI * x);
  return ideal * (0.54 - 0.46 * Math.cos((2 * Math.PI * i) / 32));
});

/** Equal steps on the mel scale, at least one bin each. */
const EDGES = Int32Array.from({ length: BANDS + 1 }, (_, band) => {
  const mel = (hertz: number): number => 2595 * Math.log10(1 + hertz / 700);
  const step = (mel(TO_HERTZ) - mel(FROM_HERTZ)) / BANDS;
  const hertz = 700 * (10 ** ((mel(FROM_HERTZ) + band * step) / 2595) - 1);
  return Math.round((hertz * SIZE) / RATE);
});

function clamp(value: number, limit: number): number {
  return Math.max(-limit, Math.min(limit, value));
}
