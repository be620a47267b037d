import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextSocket, retryDelay } from '../../../web/room/backoff.ts';

describe('the delay of a retry', () => {
  const anything = fc.record({
    attempt: fc.nat(10_000),
    outage: fc.nat(1_000_000_000),
    turnedAway: fc.nat(10_000),
    random: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  });

  it('is below 0.5 s for the first, and never more than 8 s', () => {
    fc.assert(
      fc.property(anything, (options) => {
        const delay = retryDelay(options);
        expect(delay).toBeGreaterThanOrEqual(0);
        expect(delay).toBeLessThanOrEqual(options.attempt === 0 ? 500 : 8_000);
      }),
    );
  });

  it('lets everyone be back within 1 s of the room in the first two minutes', () => {
    for (const outage of [1_000, 30_000, 119_999]) {
      expect(retryDelay({ attempt: 5, outage, turnedAway: 0, random: 0.999_999 })).toBeLessThan(1_000);
    }
  });

  it('asks a room less often that is gone for longer', () => {
    const delays = [60_000, 300_000, 3_600_000].map((outage) =>
      retryDelay({ attempt: 9, outage, turnedAway: 0, random: 0.5 }),
    );
    expect(delays).toEqual([...delays].sort((a, b) => a - b));
    expect(new Set(delays).size).toBe(3);
  });

  it('leaves a server alone that answers and lets nobody in: twice as long each time, up to 8 s', () => {
    const delays = [1, 2, 3, 20].map((turnedAway) => retryDelay({ attempt: 9, outage: 0, turnedAway, random: 0 }));
    expect(delays).toEqual([150, 300, 600, 4_000]);
  });

  it('[14] spreads 50 browsers that a deploy has dropped: at most 30 % of them in any 100 ms', () => {
    // A storm is chance, so the claim is of the middle one of 201; the generator is fixed (mulberry32).
    const random = mulberry32(14);
    const worst = Array.from({ length: 201 }, () => {
      const delays = Array.from({ length: 50 }, () =>
        retryDelay({ attempt: 0, outage: 0, turnedAway: 0, random: random() }),
      );
      const bins = [0, 100, 200, 300, 400].map((from) => delays.filter((at) => at >= from && at < from + 100).length);
      expect(bins.reduce((sum, count) => sum + count)).toBe(50);
      return Math.max(...bins) / 50;
    });
    expect(worst.sort((a, b) => a - b)[100]).toBeLessThanOrEqual(0.3);
  });
});

describe('a socket that may fail', () => {
  it('[2] is tried at most 15 times in an outage of 5 minutes: browsers slow down what fails more often', () => {
    const tried: number[] = [];
    for (let outage = 0; outage < 300_000; outage = nextSocket(outage)) tried.push(outage);
    expect(tried.slice(0, 4)).toEqual([0, 2_000, 4_000, 6_000]);
    expect(tried.length).toBeLessThanOrEqual(15);
  });
});

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
