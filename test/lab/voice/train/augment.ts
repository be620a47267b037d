/**
 * What a room, a microphone and a line do to sound, and the noises of offices, generated. Everything draws from one seeded
 * generator, so a scene is the same at every run. Refuses to know which scene it is for. Sounds are at int16 scale, 48 kHz.
 */
import { randomFrom } from '../signals.ts';

export const RATE = 48000;

export class Draw {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  chance(probability: number): boolean {
    return this.#random() < probability;
  }

  between(from: number, to: number): number {
    return from + (to - from) * this.#random();
  }

  below(count: number): number {
    return Math.floor(count * this.#random());
  }

  of<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!;
  }

  gauss(): number {
    return Math.sqrt(-2 * Math.log(this.#random() + 1e-12)) * Math.cos(2 * Math.PI * this.#random());
  }
}

export const decibels = (value: number): number => 10 ** (value / 20);

export function rms(samples: Float32Array): number {
  let energy = 0;
  for (const sample of samples) energy += sample * sample;
  return Math.sqrt(energy / samples.length) + 1e-9;
}

export function add(into: Float32Array, from: Float32Array, at: number, gain = 1): void {
  const count = Math.min(from.length, into.length - at);
  for (let i = 0; i < count; i++) into[at + i] = into[at + i]! + gain * from[i]!;
}

/** Scales so that the loud parts, the 95th percentile of 20 ms, have this root mean square. */
export function scaleTo(samples: Float32Array, level: number): Float32Array {
  const levels: number[] = [];
  for (let at = 0; at + 960 <= samples.length; at += 960) levels.push(rms(samples.subarray(at, at + 960)));
  levels.sort((a, b) => a - b);
  const gain = level / ((levels[Math.floor(levels.length * 0.95)] ?? rms(samples)) + 1e-6);
  for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! * gain;
  return samples;
}

export function resample(samples: Float32Array, ratio: number): Float32Array {
  return Float32Array.from({ length: Math.floor(samples.length / ratio) }, (_, i) => {
    const at = Math.floor(i * ratio);
    const part = i * ratio - at;
    return samples[at]! * (1 - part) + (samples[at + 1] ?? 0) * part;
  });
}

interface Filter {
  readonly kind: 'low' | 'high' | 'peak' | 'band';
  readonly hertz: number;
  readonly q: number;
  readonly gain?: number;
}

/** Robert Bristow-Johnson's cookbook, in place. */
export function filter(samples: Float32Array, { kind, hertz, q, gain = 0 }: Filter): void {
  const omega = (2 * Math.PI * hertz) / RATE;
  const cos = Math.cos(omega);
  const alpha = Math.sin(omega) / (2 * q);
  const a = 10 ** (gain / 40);
  const peak = kind === 'peak';
  const a0 = 1 + (peak ? alpha / a : alpha);
  const edge = kind === 'low' ? 1 - cos : 1 + cos;
  const b = {
    low: [edge / 2, edge, edge / 2],
    high: [edge / 2, -edge, edge / 2],
    band: [alpha, 0, -alpha],
    peak: [1 + alpha * a, -2 * cos, 1 - alpha * a],
  }[kind].map((value) => value / a0);
  const a1 = (-2 * cos) / a0;
  const a2 = (1 - (peak ? alpha / a : alpha)) / a0;
  let [x1, x2, y1, y2] = [0, 0, 0, 0];
  for (let i = 0; i < samples.length; i++) {
    const x = samples[i]!;
    const y = b[0]! * x + b[1]! * x1 + b[2]! * x2 - a1 * y1 - a2 * y2;
    [x2, x1, y2, y1] = [x1, x, y1, y];
    samples[i] = y;
  }
}

/** Six damped combs: RT60 of 0.1 – 0.7 s, 2 – 18 dB below the direct sound. */
export function reverberate(samples: Float32Array, draw: Draw): void {
  const seconds = draw.between(0.1, 0.7);
  const wet = decibels(-draw.between(2, 18));
  const tail = new Float32Array(samples.length);
  for (const nominal of [0.0297, 0.0371, 0.0411, 0.0437, 0.0231, 0.0187]) {
    const delay = new Float32Array(Math.floor(nominal * draw.between(0.5, 1.2) * RATE));
    const feedback = 10 ** ((-3 * delay.length) / RATE / seconds);
    const damp = draw.between(0.1, 0.6);
    let low = 0;
    for (let i = 0, at = 0; i < samples.length; i++, at = at + 1 === delay.length ? 0 : at + 1) {
      low = delay[at]! * (1 - damp) + low * damp;
      tail[i] = tail[i]! + delay[at]! / 6;
      delay[at] = samples[i]! + low * feedback;
    }
  }
  add(samples, tail, 0, (wet * rms(samples)) / rms(tail));
}

/** A microphone and a line: high pass, telephone or headset band, resonances. */
export function colour(samples: Float32Array, draw: Draw): void {
  if (draw.chance(0.7)) filter(samples, { kind: 'high', hertz: draw.between(30, 160), q: 0.7 });
  const band = draw.between(0, 1);
  const hertz = band < 0.12 ? 3400 : band < 0.3 ? 7000 : draw.between(6000, 16000);
  if (band < 0.5) filter(samples, { kind: 'low', hertz, q: 0.7 });
  if (band < 0.3) filter(samples, { kind: 'low', hertz, q: 0.7 });
  for (let i = draw.below(4); i > 0; i--) {
    const resonance = { hertz: 10 ** draw.between(2, 3.9), q: draw.between(0.4, 2), gain: draw.between(-9, 9) };
    filter(samples, { kind: 'peak', ...resonance });
  }
}

/** What a room sounds like when nobody speaks. */
export function room(length: number, draw: Draw): Float32Array {
  const kind = draw.of(['white', 'pink', 'brown', 'hum', 'fan', 'mix'] as const);
  const samples = kind === 'hum' ? new Float32Array(length) : noise(length, kind, draw);
  if (kind === 'fan' || kind === 'mix') {
    filter(samples, {
      kind: 'peak',
      hertz: draw.between(80, 1500),
      q: draw.between(0.7, 8),
      gain: draw.between(3, 20),
    });
    const rate = (2 * Math.PI * draw.between(2, 40)) / RATE;
    const depth = draw.between(0, 0.5);
    for (let i = 0; i < length; i++) samples[i] = samples[i]! * (1 + depth * Math.sin(rate * i));
  }
  if (kind === 'hum') hum(samples, { hertz: draw.of([50, 60, 100, 120]) * draw.between(0.998, 1.002), level: 1 }, draw);
  if (kind === 'fan') hum(samples, { hertz: draw.between(40, 400), level: rms(samples) * draw.between(0, 1.5) }, draw);
  return samples;
}

function noise(length: number, kind: string, draw: Draw): Float32Array {
  let [brown, p0, p1, p2] = [0, 0, 0, 0];
  return Float32Array.from({ length }, () => {
    const white = draw.gauss();
    if (kind === 'white') return white;
    if (kind === 'pink' || kind === 'mix') {
      // Paul Kellet's economical pink filter.
      p0 = 0.99765 * p0 + white * 0.099;
      p1 = 0.963 * p1 + white * 0.2965;
      p2 = 0.57 * p2 + white * 1.0527;
      return p0 + p1 + p2 + white * 0.1848;
    }
    return (brown = 0.995 * brown + white);
  });
}

function hum(samples: Float32Array, { hertz, level }: { hertz: number; level: number }, draw: Draw): void {
  const fall = draw.between(0.3, 1.5);
  for (let harmonic = 1 + draw.below(14); harmonic > 0; harmonic--) {
    const amplitude = (level * draw.between(0.1, 1)) / harmonic ** fall;
    const phase = draw.between(0, 6);
    const step = (2 * Math.PI * hertz * harmonic) / RATE;
    for (let i = 0; i < samples.length; i++) samples[i] = samples[i]! + amplitude * Math.sin(step * i + phase);
  }
}
