/** Noises that are not steady: typing, clicks, rustling, tones. Generated, seeded, no two alike. Refuses to know of scenes. */
import { add, decibels, filter, RATE, room, type Draw } from './augment.ts';

export function typing(length: number, draw: Draw): Float32Array {
  const samples = new Float32Array(length);
  const rate = draw.between(2, 12);
  const bright = draw.between(800, 5000);
  const body = draw.between(120, 500);
  const q = draw.between(0.5, 3);
  for (let time = draw.between(0, 0.5); time < length / RATE; time += draw.between(0.5, 2) / rate) {
    if (draw.chance(0.05)) time += draw.between(0.2, 1.5);
    const at = Math.floor(time * RATE);
    const gain = decibels(draw.between(-10, 0));
    const down = burst({ milliseconds: draw.between(1, 6), hertz: bright * draw.between(0.8, 1.25), q }, draw);
    const thump = burst({ milliseconds: draw.between(5, 25), hertz: body * draw.between(0.8, 1.2), q: 2 }, draw);
    const up = burst({ milliseconds: draw.between(1, 5), hertz: bright * draw.between(0.9, 1.4), q }, draw);
    add(samples, down, at, gain);
    add(samples, thump, at + 100, gain * draw.between(0.2, 1.5));
    add(samples, up, at + Math.floor(draw.between(0.04, 0.12) * RATE), gain * draw.between(0.2, 0.7));
  }
  return samples;
}

export function clicks(length: number, draw: Draw): Float32Array {
  const samples = new Float32Array(length);
  const rate = draw.between(0.3, 6);
  const regular = draw.chance(0.4);
  const hertz = draw.between(300, 8000);
  const milliseconds = draw.between(0.3, 30);
  let time = draw.between(0, 1);
  while (time < length / RATE) {
    const at = Math.floor(time * RATE);
    const sound = { milliseconds: milliseconds * draw.between(0.7, 1.4), hertz: hertz * draw.between(0.7, 1.4) };
    if (draw.chance(0.2)) samples[at] = samples[at]! + (draw.chance(0.5) ? 20 : -20);
    else add(samples, burst({ ...sound, q: draw.between(0.5, 12) }, draw), at, decibels(draw.between(-12, 0)));
    time += regular ? 1 / rate : 0.02 - Math.log(draw.between(1e-9, 1)) / rate;
  }
  return samples;
}

/** Paper, clothes, wind, breath: noise with an envelope as slow as syllables. */
export function rustling(length: number, draw: Draw): Float32Array {
  const samples = room(length, draw);
  const hertz = draw.between(0.3, 9);
  const depth = draw.between(0.5, 1);
  const follow = (2 * Math.PI * hertz) / RATE;
  const regular = draw.chance(0.5);
  const step = Math.floor(RATE / hertz / 2);
  let envelope = 0;
  let target = 0;
  for (let i = 0; i < length; i++) {
    if (i % step === 0) target = draw.chance(0.5) ? 0 : draw.between(0.3, 1);
    envelope += (target - envelope) * follow;
    samples[i] = samples[i]! * (1 - depth + depth * (regular ? 0.5 + 0.5 * Math.sin(follow * i) : envelope));
  }
  if (draw.chance(0.6)) filter(samples, { kind: 'band', hertz: draw.between(200, 4000), q: draw.between(0.4, 3) });
  return samples;
}

/** Beeps, dialled digits, ringing, sirens, glides. */
export function tones(length: number, draw: Draw): Float32Array {
  const samples = new Float32Array(length);
  const style = draw.of(['beep', 'dial', 'ring', 'siren', 'glide', 'chirp'] as const);
  const base = draw.between(150, 1800);
  const sway = { beep: 0, dial: 0, ring: 0, siren: draw.between(0.1, 0.5), glide: draw.between(0.02, 0.3), chirp: 0.6 }[
    style
  ];
  let time = draw.between(0, 1);
  while (time < length / RATE) {
    const seconds = style === 'ring' ? draw.between(0.8, 2) : draw.between(0.05, 0.7);
    const hertz =
      style === 'dial' ? draw.of([697, 770, 852, 941]) : base * (style === 'beep' ? 1 : draw.between(0.5, 2));
    const second = style === 'dial' ? draw.of([1209, 1336, 1477]) : style === 'ring' ? hertz * 1.2 : 0;
    const harmonics = 1 + draw.below(9);
    add(samples, tone({ seconds, hertz, second, harmonics, sway }, draw), Math.floor(time * RATE));
    time += seconds + (draw.chance(0.3) ? 0 : draw.between(0.03, 1));
  }
  return samples;
}

interface Tone {
  readonly seconds: number;
  readonly hertz: number;
  readonly second: number;
  readonly harmonics: number;
  readonly sway: number;
}

function tone({ seconds, hertz, second, harmonics, sway }: Tone, draw: Draw): Float32Array {
  const rate = (2 * Math.PI * draw.between(0.5, 8)) / RATE;
  const length = Math.floor(seconds * RATE);
  let phase = 0;
  return Float32Array.from({ length }, (_, i) => {
    const now = hertz * (1 + sway * Math.sin(rate * i));
    phase += (2 * Math.PI * now) / RATE;
    let value = second === 0 ? 0 : Math.sin((2 * Math.PI * second * i) / RATE);
    for (let harmonic = 1; harmonic <= harmonics && now * harmonic < 20000; harmonic++) {
      value += Math.sin(phase * harmonic) / harmonic;
    }
    return value * Math.min(1, i / 480, (length - i) / 480);
  });
}

interface Burst {
  readonly milliseconds: number;
  readonly hertz: number;
  readonly q: number;
}

function burst({ milliseconds, hertz, q }: Burst, draw: Draw): Float32Array {
  const decay = (milliseconds / 1000) * RATE;
  const samples = Float32Array.from({ length: Math.floor(decay * 6) }, (_, i) => draw.gauss() * Math.exp(-i / decay));
  filter(samples, { kind: 'band', hertz, q });
  return samples;
}
