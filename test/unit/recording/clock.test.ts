import { describe, expect, it } from 'vitest';
import { Clock } from '../../../web/recording/clock.ts';

const RATE = 48_000;
const BATCH = 1_920;
/** `performance.now()` and `Date.now()` at the recording's start. */
const ORIGIN = 5_000;
const WALL = 1_800_000_000_000;

interface Machine {
  /** What the sound card makes of a second. */
  readonly speed?: number;
  /** Seconds from a batch's making to its arrival. */
  latency?(second: number): number;
  /** Seconds of real time at which the AudioContext stands still, and for how long. */
  readonly stall?: { readonly at: number; readonly length: number };
}

/** Feeds `seconds` of sound; where every batch was placed, beside when its sound really was. */
function feed(clock: Clock, seconds: number, { speed = 1, latency = () => 0.02, stall }: Machine = {}) {
  const placed: { real: number; at: number }[] = [];
  for (let frame = 0; ; frame += BATCH) {
    const begins = frame / RATE / speed;
    const real = stall && begins >= stall.at ? begins + stall.length : begins;
    if (real > seconds) return placed;
    const made = real + BATCH / RATE;
    const at = clock.place({
      frame,
      samples: BATCH,
      sampleRate: RATE,
      madeAt: WALL + made * 1000,
      arrivedAt: ORIGIN + (made + latency(real)) * 1000,
    });
    placed.push({ real, at });
  }
}

describe('the timeline', () => {
  it('puts sound where it was made, whatever single batches are delayed by', () => {
    const placed = feed(new Clock(ORIGIN), 60, {
      latency: (second) => (Math.floor(second * 25) % 7 === 0 ? 0.19 : 0.02),
    });
    const off = placed.map(({ real, at }) => at - real);
    expect(Math.max(...off) - Math.min(...off)).toBeLessThan(0.001);
  });

  it('does not take a worker that is busy for half a second for a gap in the sound', () => {
    const busy = (second: number) => (second > 20 && second < 20.5 ? 20.52 - second : 0.02);
    const placed = feed(new Clock(ORIGIN), 40, { latency: busy });
    expect(placed.at(-1)?.at).toBeCloseTo((placed.at(-1)?.real ?? 0) + 0.02, 2);
  });

  it('leaves a gap where the AudioContext stood still', () => {
    const placed = feed(new Clock(ORIGIN), 60, { stall: { at: 20, length: 3 } });
    const before = placed.findLast(({ real }) => real < 20);
    const after = placed.find(({ real }) => real >= 23);
    expect((after?.at ?? 0) - (before?.at ?? 0)).toBeCloseTo(3.04, 1);
    expect(Math.abs((placed.at(-1)?.at ?? 0) - (placed.at(-1)?.real ?? 0))).toBeLessThan(0.1);
  });

  it.each([1.0001, 0.9999, 1.0004])('keeps pictures with the sound of a card that runs %f times as fast', (speed) => {
    const clock = new Clock(ORIGIN);
    feed(clock, 3_600, { speed });
    const picture = clock.at(ORIGIN + 3_600_000);
    expect(Math.abs(picture - 3_600 * speed)).toBeLessThan(0.06);
  });

  it('is real time where there is no sound', () => {
    expect(new Clock(ORIGIN).at(ORIGIN + 1_234)).toBe(1.234);
  });
});
