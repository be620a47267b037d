import { describe, expect, test } from 'vitest';
import { EnergyDecision } from '../../../web/media/voice/energy.ts';

/** Feeds seconds of levels (dB of full scale, at a time in seconds) and returns when it first fired, in seconds. */
function firstVoice(seconds: number, level: (time: number) => number): number | undefined {
  const decision = new EnergyDecision();
  for (let frame = 0; frame < seconds * 100; frame++) {
    if (decision.push(level(frame / 100))) return frame / 100;
  }
  return undefined;
}

/** Syllables: from −25 dB down to −45 dB and back, `rate` times a second, never twice alike. */
function syllables(time: number, rate: number): number {
  const wobble = 0.15 * Math.sin(2 * Math.PI * 0.7 * time);
  return -35 + 10 * Math.sin(2 * Math.PI * rate * time + wobble * rate) + 3 * Math.sin(2 * Math.PI * 1.3 * time);
}

const pseudoNoise = (time: number): number => 2 * (((Math.sin(time * 12.9898) * 43758.5453) % 1) + 0);

describe('basic detection', () => {
  test.each([3.5, 4.5, 6, 7])('hears syllables, %f a second, within 1.2 s', (rate) => {
    const at = firstVoice(4, (time) => (time < 1 ? -60 : syllables(time, rate)));
    expect(at).toBeGreaterThan(1.6);
    expect(at).toBeLessThan(2.2);
  });

  test('hears them 26 dB quieter in a quiet room', () => {
    expect(firstVoice(4, (time) => (time < 1 ? -85 : syllables(time, 4.5) - 20))).toBeLessThan(2.5);
  });

  test.each<[string, (time: number) => number]>([
    ['digital silence', () => -100],
    ['steady noise', (time) => -30 + pseudoNoise(time)],
    ['a hum', () => -20],
    ['a fan that starts', (time) => (time < 5 ? -60 : -30 + pseudoNoise(time))],
    ['a click every 400 ms', (time) => (time % 0.4 < 0.02 ? -10 : -60)],
    ['keys, nine a second', (time) => (time % 0.11 < 0.03 ? -20 : -60)],
    ['a slow swell, one in two seconds', (time) => -35 + 15 * Math.sin(Math.PI * time)],
    ['a rattle, fourteen a second', (time) => -30 + 10 * Math.sin(2 * Math.PI * 14 * time)],
  ])('is quiet on %s for 30 s', (_name, level) => {
    expect(firstVoice(30, level)).toBeUndefined();
  });

  test('stays on through a pause of half a second and goes off after a longer one', () => {
    const decision = new EnergyDecision();
    const at = (from: number, to: number, level: (time: number) => number): boolean[] => {
      const said: boolean[] = [];
      for (let frame = from * 100; frame < to * 100; frame++) said.push(decision.push(level(frame / 100)));
      return said;
    };
    at(0, 1, () => -60);
    expect(at(1, 4, (time) => syllables(time, 4.5)).at(-1)).toBe(true);
    expect(at(4, 4.5, () => -60)).not.toContain(false);
    expect(at(4.5, 8, () => -60).at(-1)).toBe(false);
  });
});
