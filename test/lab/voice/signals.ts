/**
 * Everything that is no voice and no recording: noise, hum, fans, clicks, typing, silence. From sox and from a seeded
 * generator: the same samples at every run. Refuses to know what is measured on them.
 */
import { run } from './recordings.ts';

export const RATE = 48000;

export interface Signal {
  readonly name: string;
  /** int16 scale. */
  samples(seconds: number): Float32Array;
}

export const SIGNALS: readonly Signal[] = [
  { name: 'Silence', samples: (seconds) => new Float32Array(seconds * RATE) },
  sox('White noise', 'whitenoise', 'vol', '-30dB'),
  sox('Pink noise, loud', 'pinknoise', 'vol', '-12dB'),
  sox('Brown noise', 'brownnoise', 'vol', '-20dB'),
  sox('Fan', 'brownnoise', 'equalizer', '420', '2q', '18', 'tremolo', '11', '20', 'vol', '-24dB'),
  sox('Air conditioning', 'pinknoise', 'lowpass', '900', 'tremolo', '0.3', '40', 'vol', '-18dB'),
  sox('Hum, 50 Hz and harmonics', 'sawtooth 50', 'lowpass', '1500', 'vol', '-26dB'),
  sox('Hum, 60 Hz', 'sine 60', 'overdrive', '12', 'vol', '-20dB'),
  sox('Whistle', 'sine 1000', 'tremolo', '3', '60', 'vol', '-26dB'),
  { name: 'Clicks', samples: (seconds) => clicks(seconds, 3) },
  { name: 'Typing, generated', samples: (seconds) => typing(seconds, 5) },
  { name: 'Rustle', samples: (seconds) => rustle(seconds, 9) },
];

/** 32 bits of state, the same everywhere. */
export function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Keys of a real keyboard pressed at a typist's rhythm: 3–9 a second, pauses between words. */
export function typed(keys: readonly Int16Array[], seconds: number): Float32Array {
  const random = randomFrom(17);
  const samples = new Float32Array(seconds * RATE);
  for (let at = 0.2; at < seconds; at += random() < 0.15 ? 0.3 + random() : 0.1 + 0.2 * random()) {
    const key = keys[Math.floor(random() * keys.length)]!;
    mix(samples, key, { at: Math.floor(at * RATE), gain: 0.3 + 0.5 * random() });
  }
  return samples;
}

function sox(name: string, synth: string, ...effects: readonly string[]): Signal {
  const samples = (seconds: number): Float32Array => {
    const format = ['-R', '-r', String(RATE), '-c', '1', '-b', '16', '-e', 'signed', '-t', 'raw'];
    const raw = run('sox', ['-n', ...format, '-', 'synth', String(seconds), ...synth.split(' '), ...effects]);
    return Float32Array.from(new Int16Array(raw.buffer, raw.byteOffset, raw.length >> 1));
  };
  return { name, samples };
}

function mix(into: Float32Array, from: ArrayLike<number>, { at, gain }: { at: number; gain: number }): void {
  const count = Math.min(from.length, into.length - at);
  for (let i = 0; i < count; i++) into[at + i] = into[at + i]! + gain * from[i]!;
}

/** A damped resonance struck by noise. */
function knock(random: () => number, hertz: number, milliseconds: number): Float32Array {
  const decay = (milliseconds / 1000) * RATE;
  const samples = new Float32Array(Math.ceil(decay * 6));
  const cos = 2 * Math.cos((2 * Math.PI * hertz) / RATE);
  const damp = Math.exp(-2 / decay);
  let last = 0;
  let before = 0;
  for (let i = 0; i < samples.length; i++) {
    const next = cos * Math.sqrt(damp) * last - damp * before + (i < decay / 2 ? random() - 0.5 : 0);
    before = last;
    last = next;
    samples[i] = next;
  }
  const peak = samples.reduce((top, value) => Math.max(top, Math.abs(value)), 1e-9);
  return samples.map((value) => value / peak);
}

function clicks(seconds: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const samples = new Float32Array(seconds * RATE);
  for (let at = 0.3; at < seconds; at += 0.05 + 1.2 * random() ** 2) {
    const from = knock(random, 300 * 25 ** random(), 0.5 + 8 * random());
    mix(samples, from, { at: Math.floor(at * RATE), gain: 16000 * random() });
  }
  return samples;
}

function typing(seconds: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const samples = new Float32Array(seconds * RATE);
  for (let at = 0.3; at < seconds; at += random() < 0.12 ? 0.4 + random() : 0.08 + 0.14 * random()) {
    const start = Math.floor(at * RATE);
    const gain = 2000 + 6000 * random();
    mix(samples, knock(random, 2500 + 1500 * random(), 3), { at: start, gain });
    mix(samples, knock(random, 180 + 60 * random(), 12), { at: start + 90, gain: gain * 0.8 });
    mix(samples, knock(random, 3500 + 1000 * random(), 2), { at: start + 3500, gain: gain * 0.5 });
  }
  return samples;
}

/** Clothes, paper, wind: noise that swells and falls at the pace of syllables. */
function rustle(seconds: number, seed: number): Float32Array {
  const random = randomFrom(seed);
  const samples = new Float32Array(seconds * RATE);
  let low = 0;
  let level = 0;
  let target = 0;
  for (let i = 0; i < samples.length; i++) {
    if (i % 6000 === 0) target = random() < 0.5 ? 0 : 4000 * random();
    level += (target - level) / 1500;
    low += 0.15 * (random() - 0.5 - low);
    samples[i] = level * 4 * low;
  }
  return samples;
}
