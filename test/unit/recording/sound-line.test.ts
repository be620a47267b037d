import fc from 'fast-check';
import { expect, it } from 'vitest';
import { SoundLine } from '../../../web/recording/sound-line.ts';

const RATE = 1_000;

function line(channels: 1 | 2 = 1) {
  const out: number[] = [];
  const times: number[] = [];
  const made = new SoundLine({
    sampleRate: RATE,
    channels,
    onSound: (planes, time) => {
      times.push(time);
      expect(planes.length).toBe(channels);
      out.push(...(planes[0] ?? []));
    },
  });
  return { line: made, out, times };
}

const ones = (length: number) => [new Float32Array(length).fill(1)];

it('fills a gap with silence and drops what is there twice', () => {
  const { line: made, out } = line();
  made.add(ones(100), 0.05);
  made.add(ones(100), 0.1);
  expect(out.slice(0, 50)).toEqual(Array.from({ length: 50 }, () => 0));
  expect(out.length).toBe(200);
  expect(made.end).toBe(0.2);
});

it('drops sound from before its start', () => {
  const { line: made, out } = line();
  made.add(ones(100), -0.5);
  made.add(ones(100), -0.06);
  expect(out.length).toBe(40);
});

it('leaves rounding alone', () => {
  const { line: made, out } = line();
  made.add(ones(100), 0);
  made.add(ones(100), 0.105);
  made.add(ones(100), 0.19);
  expect(out.length).toBe(300);
});

it('gives every channel its silence', () => {
  const { line: made } = line(2);
  made.fillTo(1.2);
  expect(made.end).toBe(1.2);
});

it('is without gaps and never more than the tolerance away from where sound was, whatever comes', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.integer({ min: -300, max: 3_000 }), fc.integer({ min: 1, max: 200 }))),
      (batches) => {
        const { line: made, times, out } = line();
        for (const [at, length] of batches) {
          const before = made.end;
          made.add(ones(length), at / RATE);
          expect(made.end).toBeGreaterThanOrEqual(before);
          if (made.end > before) expect(Math.abs(made.end - (at + length) / RATE)).toBeLessThanOrEqual(0.0201);
        }
        expect(made.end).toBeCloseTo(out.length / RATE, 6);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      },
    ),
  );
});
