import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Decision } from '../../../web/media/voice/decision.ts';
import { Features } from '../../../web/media/voice/features.ts';
import { FRAME, Rnnoise } from '../../../web/media/voice/rnnoise.ts';
import { SIGNALS, type Signal } from '../../lab/voice/signals.ts';
import { tune, voice } from './sounds.ts';

const wasm = readFileSync(`${process.cwd()}/node_modules/@jitsi/rnnoise-wasm/dist/rnnoise.wasm`);

/** What was said of each 10 ms. */
async function said(samples: Float32Array, gain = 1): Promise<boolean[]> {
  const rnnoise = await Rnnoise.load(wasm);
  const features = new Features();
  const decision = new Decision();
  const answers: boolean[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    const frame = samples.slice(at, at + FRAME).map((sample) => Math.round(gain * sample));
    answers.push(decision.push(features.push(frame, rnnoise.probability(frame))));
  }
  rnnoise.close();
  return answers;
}

const generated = (name: string): Signal => SIGNALS.find((signal) => signal.name === name)!;

test.each([
  [110, 0],
  [190, 0],
  [110, -26],
  [190, -26],
])('a voice round %i Hz, %i dB, is heard within 1.2 s of its start', async (pitch, decibels) => {
  const answers = await said(voice(4, pitch), 10 ** (decibels / 20));
  expect(answers.slice(0, 30)).not.toContain(true);
  expect(answers.indexOf(true)).toBeGreaterThan(0);
  expect(answers.indexOf(true)).toBeLessThan(30 + 120);
});

test('it stays on while the voice goes on and goes off within 2 s of its end', async () => {
  const samples = new Float32Array(48000 * 8);
  samples.set(voice(5, 140));
  const answers = await said(samples);
  expect(answers.slice(answers.indexOf(true), 500)).not.toContain(false);
  expect(answers[699]).toBe(false);
});

test.each([
  ['held, rich', () => tune(8, 12, 'held')],
  ['held, plain', () => tune(8, 2, 'held')],
  ['struck, rich', () => tune(8, 8, 'struck')],
] as const)('a tune, %s, is no voice', async (_name, samples) => {
  expect(await said(samples())).not.toContain(true);
});

test.each(['Silence', 'Clicks', 'Typing, generated', 'Rustle'])('%s is no voice', async (name) => {
  expect(await said(generated(name).samples(8))).not.toContain(true);
});
