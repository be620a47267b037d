import { describe, expect, it } from 'vitest';
import { hear, NOTHING_HEARD } from '../../../web/ui/preview/hearing.ts';

/** Levels of 0..1, 15 a second. */
function verdictAfter(...parts: readonly (readonly [level: number, milliseconds: number])[]) {
  let state = NOTHING_HEARD;
  let now = 1_000;
  for (const [level, milliseconds] of parts)
    for (const end = now + milliseconds; now < end; now += 66) state = hear(state, level, now);
  return state.verdict;
}

describe('hear', () => {
  it('hears a voice', () => expect(verdictAfter([0.3, 400])).toBe('heard'));
  it('does not take a click for a voice', () =>
    expect(verdictAfter([0.01, 500], [0.9, 60], [0.01, 500])).toBe('unknown'));
  it('does not take a quiet room for a dead microphone', () => expect(verdictAfter([0.004, 20_000])).toBe('unknown'));
  it('says so after 8 s of digital silence, not before', () => {
    expect(verdictAfter([0, 7_900])).toBe('unknown');
    expect(verdictAfter([0, 8_200])).toBe('silent');
  });
  it('takes it back with the first sound', () => expect(verdictAfter([0, 9_000], [0.01, 66])).toBe('unknown'));
  it('stays with a voice once heard', () => expect(verdictAfter([0.3, 400], [0, 20_000])).toBe('heard'));
});
