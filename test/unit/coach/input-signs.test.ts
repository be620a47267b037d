import { describe, expect, it } from 'vitest';
import { InputSigns, type Sample, type Sign } from '../../../web/coach/input-signs.ts';

/** What is said at the end of `seconds` of `sample`, ten a second. */
function after(seconds: number, sample: (at: number) => Sample, signs = new InputSigns(), start = 0): Sign {
  let sign: Sign = 'fine';
  for (let at = 0; at <= seconds * 1_000; at += 100) sign = signs.push(sample(at), start + at);
  return sign;
}

const dead = (): Sample => ({ level: 0, peak: 0 });
const quietRoom = (): Sample => ({ level: 0, peak: 0.0001 });
/** A syllable of 200 ms, 200 ms of rest. */
const speech = (at: number): Sample => (at % 400 < 200 ? { level: 0.7, peak: 0.2 } : { level: 0.1, peak: 0.01 });
const fan = (at: number): Sample => ({ level: 0.55 + (at % 300) / 10_000, peak: 0.05 });

describe('the signs of a microphone', () => {
  it('[62] call one silent that has delivered nothing but zero for 8 s, not sooner', () => {
    expect(after(7.9, dead)).toBe('fine');
    expect(after(8, dead)).toBe('silent');
  });

  it('call none silent whose noise is below every level that is shown', () => {
    expect(after(60, quietRoom)).toBe('fine');
  });

  it('end with the first sound', () => {
    const signs = new InputSigns();
    after(10, dead, signs);
    expect(signs.push(quietRoom(), 10_100)).toBe('fine');
  });

  it('say nothing of a time in which nobody looked', () => {
    const signs = new InputSigns();
    after(1, dead, signs);
    expect(signs.push(dead(), 60_000)).toBe('fine');
  });

  it('call 10 s of steady noise noisy, not sooner', () => {
    expect(after(9.9, fan)).toBe('fine');
    expect(after(10.1, fan)).toBe('noisy');
  });

  it('call neither speech noisy nor a quiet room', () => {
    expect(after(30, speech)).toBe('fine');
    expect(after(30, quietRoom)).toBe('fine');
  });

  it('call no loud room noisy whose noise rises and falls as voices do', () => {
    expect(after(30, (at) => ({ level: at % 400 < 200 ? 0.8 : 0.45, peak: 0.2 }))).toBe('fine');
  });
});
