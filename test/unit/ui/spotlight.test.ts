import { describe, expect, it } from 'vitest';
import { DOMINANCE, HOLD, NOBODY, turn } from '../../../web/ui/call/spotlight.ts';

/** Looks every 250 ms, as the stage does. */
function play(speakers: readonly (readonly [who: string | undefined, milliseconds: number])[]) {
  let state = NOBODY;
  let now = 0;
  const shown: (string | undefined)[] = [];
  for (const [who, milliseconds] of speakers) {
    for (const end = now + milliseconds; now < end; now += 250) state = turn(state, who, now);
    shown.push(state.shown);
  }
  return shown;
}

describe('turn', () => {
  it('takes the first speaker at once', () => {
    expect(play([['ana', 250]])).toEqual(['ana']);
  });

  it('ignores an interjection shorter than the dominance', () => {
    expect(
      play([
        ['ana', 5_000],
        ['bo', DOMINANCE - 250],
        ['ana', 2_000],
      ]),
    ).toEqual(['ana', 'ana', 'ana']);
  });

  it('turns to who dominates for long enough', () => {
    expect(
      play([
        ['ana', 5_000],
        ['bo', DOMINANCE + 500],
      ]),
    ).toEqual(['ana', 'bo']);
  });

  it('stays with somebody for the hold', () => {
    expect(
      play([
        ['ana', 250],
        ['bo', HOLD - 500],
        ['bo', 1_000],
      ]),
    ).toEqual(['ana', 'ana', 'bo']);
  });

  it('leaves the last speaker on stage in silence', () => {
    expect(
      play([
        ['ana', 1_000],
        [undefined, 20_000],
      ]),
    ).toEqual(['ana', 'ana']);
  });

  it('begins to count anew after a pause', () => {
    expect(
      play([
        ['ana', 5_000],
        ['bo', 1_000],
        [undefined, 500],
        ['bo', 1_000],
      ]),
    ).toEqual(['ana', 'ana', 'ana', 'ana']);
  });
});
