import { describe, expect, it } from 'vitest';
import { EchoFinder, LOOK } from '../../../web/coach/echo.ts';

/** Syllables and pauses of somebody, as levels every LOOK milliseconds; the same for the same seed. */
function speech(seconds: number, seed: number): number[] {
  let state = seed;
  const random = () => (state = (state * 16_807) % 2_147_483_647) / 2_147_483_647;
  const levels: number[] = [];
  while (levels.length < (seconds * 1_000) / LOOK) {
    const loud = 0.5 + random() * 0.4;
    for (let n = 2 + random() * 4; n > 0; n -= 1) levels.push(loud + random() * 0.05);
    for (let n = 1 + random() * (random() < 0.2 ? 15 : 4); n > 0; n -= 1) levels.push(random() * 0.1);
  }
  return levels.slice(0, (seconds * 1_000) / LOOK);
}

/** As it comes back: later and fainter, with the noise of another room; below −60 dB is nothing. */
function returned(levels: readonly number[], milliseconds: number, fainter = 0.3): number[] {
  const noise = speech(levels.length, 99);
  return levels.map(
    (_, at) => Math.max(0, (levels[at - milliseconds / LOOK] ?? 0) - fainter) + (noise[at] ?? 0) * 0.03,
  );
}

function echoes(mine: readonly number[], theirs: readonly number[]): number {
  const finder = new EchoFinder();
  return mine.filter((level, at) => finder.push(level, theirs[at] ?? 0)).length;
}

describe('an echo', () => {
  it.each([150, 300, 500, 750])('of my voice after %i ms is found within 10 s', (delay) => {
    const mine = speech(10, 7);
    expect(echoes(mine, returned(mine, delay))).toBeGreaterThan(0);
  });

  it('is not found in what two people say to each other, or both at once', () => {
    for (let seed = 1; seed <= 40; seed += 1) expect(echoes(speech(60, seed), speech(60, seed + 1_000))).toBe(0);
  });

  it('is not found in a room where both hear the same', () => {
    const mine = speech(60, 7);
    expect(echoes(mine, returned(mine, 0))).toBe(0);
  });

  it('is not found while I am silent, nor when nothing comes back', () => {
    const theirs = speech(60, 7);
    expect(
      echoes(
        theirs.map(() => 0.05),
        theirs,
      ),
    ).toBe(0);
    expect(
      echoes(
        theirs,
        theirs.map(() => 0),
      ),
    ).toBe(0);
  });
});
