/** Sounds made of arithmetic, the same at every run: a formant voice and instruments. int16 scale, 48 kHz. */
import { randomFrom } from '../../lab/voice/signals.ts';

const RATE = 48000;

/** First three formants of vowels in hertz (Peterson and Barney's men). */
const VOWELS = [
  [730, 1090, 2440],
  [270, 2290, 3010],
  [530, 1840, 2480],
  [570, 840, 2410],
  [300, 870, 2240],
  [660, 1720, 2410],
] as const;

/** Babble: vowels on a gliding pitch, each after a hiss, four to five a second. `pitch`: hertz. */
export function voice(seconds: number, pitch: number): Float32Array {
  const random = randomFrom(pitch);
  const samples = new Float32Array(seconds * RATE);
  let at = Math.floor(0.3 * RATE);
  while (at < samples.length) {
    const hiss = Math.floor((0.04 + 0.05 * random()) * RATE);
    const filter = resonator(3500 + 2000 * random(), 1500);
    for (let i = 0; i < hiss && at + i < samples.length; i++) samples[at + i] = 60 * filter(random() - 0.5);
    at += hiss;
    const [from, to] = [0, 1].map(() => VOWELS[Math.floor(random() * VOWELS.length)]!);
    const start = pitch * (0.9 + 0.3 * random());
    const glide = start * (0.4 * random() - 0.25);
    const length = Math.floor((0.1 + 0.12 * random()) * RATE);
    vowel(samples.subarray(at, at + length), { from: from!, to: to!, start, glide }, random);
    at += length + (random() < 0.15 ? 0.15 * RATE : 0.01 * RATE);
    at = Math.floor(at);
  }
  return samples;
}

interface Vowel {
  readonly from: readonly [number, number, number];
  readonly to: readonly [number, number, number];
  readonly start: number;
  readonly glide: number;
}

function vowel(into: Float32Array, { from, to, start, glide }: Vowel, random: () => number): void {
  let phase = 0;
  let low = 0;
  const step = 240;
  let filters = from.map((hertz) => resonator(hertz, 90));
  for (let i = 0; i < into.length; i++) {
    const part = i / into.length;
    if (i % step === 0) filters = filters.map((filter, k) => filter.to(from[k]! + (to[k]! - from[k]!) * part));
    phase += (start + glide * part) / RATE;
    const pulse = phase >= 1 ? 1 : 0;
    phase -= pulse;
    low = 0.95 * low + pulse * 400 + 2 * (random() - 0.5);
    let sum = 0;
    for (const filter of filters) sum += filter(low);
    into[i] = sum * Math.min(1, part * 12, (1 - part) * 12);
  }
}

interface Resonator {
  (sample: number): number;
  /** The same resonance moved. */
  to(hertz: number): Resonator;
}

function resonator(hertz: number, width: number): Resonator {
  const radius = Math.exp((-Math.PI * width) / RATE);
  let a1 = 2 * radius * Math.cos((2 * Math.PI * hertz) / RATE);
  const gain = (1 - radius) * 2;
  let last = 0;
  let before = 0;
  const filter = (sample: number): number => {
    const next = gain * sample + a1 * last - radius * radius * before;
    before = last;
    last = next;
    return next;
  };
  const to = (moved: number): Resonator => {
    a1 = 2 * radius * Math.cos((2 * Math.PI * moved) / RATE);
    return resonance;
  };
  const resonance = Object.assign(filter, { to });
  return resonance;
}

/** A tune over chords: `harmonics` per note, struck or held. */
export function tune(seconds: number, harmonics: number, held: 'struck' | 'held'): Float32Array {
  const random = randomFrom(harmonics);
  const samples = new Float32Array(seconds * RATE);
  const scale = [0, 2, 4, 7, 9, 12];
  const period = Float32Array.from({ length: 4096 }, (_, i) => {
    let sum = 0;
    for (let k = 1; k <= harmonics; k++) sum += Math.sin((2 * Math.PI * k * i) / 4096) / k;
    return sum;
  });
  const note = (at: number, length: number, semitones: number): void => {
    const hertz = 196 * 2 ** (semitones / 12);
    for (let i = 0; i < length && at + i < samples.length; i++) {
      const fade = held === 'struck' ? Math.exp(-i / (0.3 * RATE)) : Math.min(1, i / 1000, (length - i) / 1000);
      const phase = (hertz * i) / RATE;
      samples[at + i] = samples[at + i]! + 1500 * fade * period[Math.floor((phase % 1) * period.length)]!;
    }
  };
  for (let at = 0; at < samples.length; at += RATE / 4) {
    note(at, RATE / 4, 12 + scale[Math.floor(random() * scale.length)]!);
    if (at % (2 * RATE) === 0)
      for (const third of [0, 4, 7]) note(at, 2 * RATE, third - 12 + 5 * Math.floor(random() * 2));
  }
  return samples;
}
