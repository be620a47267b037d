import { describe, expect, it } from 'vitest';
import { SAMPLE_INTERVAL, Speaking, levelOf } from '../../../web/speaking.ts';

const SPEECH = levelOf(0.1);
const MURMUR = levelOf(0.02);
const QUIET = levelOf(0.005);

/** Samples of everyone, ten a second, from `from` for `ms`; answers what the ring of `sid` showed. */
function play(speaking: Speaking, levels: Record<string, number>, [from, ms]: [number, number]) {
  const shown: Record<string, boolean[]> = {};
  for (let now = from; now < from + ms; now += SAMPLE_INTERVAL) {
    for (const [sid, level] of Object.entries(levels)) (shown[sid] ??= []).push(speaking.hear(sid, level, now));
    speaking.choose(now);
  }
  return shown;
}

describe('a level', () => {
  it('grows as loudness is felt: −60 dB is 0, −10 dB is 1', () => {
    expect([0, 0.001, 0.000_1].map(levelOf)).toEqual([0, 0, 0]);
    expect(levelOf(10 ** (-35 / 20))).toBeCloseTo(0.5);
    expect([levelOf(10 ** (-10 / 20)), levelOf(1)].map((level) => Math.round(level * 1e9) / 1e9)).toEqual([1, 1]);
  });
});

describe('the ring of who speaks', () => {
  it('comes after 150 ms of speech', () => {
    const { ana } = play(new Speaking(), { ana: SPEECH }, [0, 500]);
    expect(ana).toEqual([false, false, true, true, true]);
  });

  it('does not come for a click', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH }, [0, 100]);
    expect(play(speaking, { ana: QUIET }, [100, 1_000])['ana']).not.toContain(true);
  });

  it('does not come for a quiet room', () => {
    expect(play(new Speaking(), { ana: QUIET }, [0, 5_000])['ana']).not.toContain(true);
  });

  it('stays through the pauses between words, and goes 800 ms after the last', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH }, [0, 1_000]);
    const pause = play(speaking, { ana: QUIET }, [1_000, 600])['ana'];
    expect(pause).not.toContain(false);
    play(speaking, { ana: SPEECH }, [1_600, 400]);
    const after = play(speaking, { ana: QUIET }, [2_000, 1_000])['ana'];
    // The last loud sample was at 1,900.
    expect(after?.indexOf(false)).toBe(7);
  });
});

describe('the dominant speaker', () => {
  it('is the first who speaks, at once', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH, bo: QUIET }, [0, 400]);
    expect(speaking.speaker).toBe('ana');
  });

  it('is nobody before anybody has spoken', () => {
    const speaking = new Speaking();
    play(speaking, { ana: QUIET, bo: QUIET }, [0, 5_000]);
    expect(speaking.speaker).toBeUndefined();
  });

  it('stays while nobody speaks', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH, bo: QUIET }, [0, 1_000]);
    play(speaking, { ana: QUIET, bo: QUIET }, [1_000, 60_000]);
    expect(speaking.speaker).toBe('ana');
  });

  it('changes only once another has led for 1.5 s, and no sooner than 3 s after the last change', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH, bo: QUIET }, [0, 400]);
    play(speaking, { ana: QUIET, bo: SPEECH }, [400, 2_700]);
    expect(speaking.speaker).toBe('ana');
    play(speaking, { ana: QUIET, bo: SPEECH }, [3_100, 500]);
    expect(speaking.speaker).toBe('bo');
    play(speaking, { ana: SPEECH, bo: QUIET }, [60_000, 1_000]);
    expect(speaking.speaker).toBe('bo');
    play(speaking, { ana: SPEECH, bo: QUIET }, [61_000, 3_000]);
    expect(speaking.speaker).toBe('ana');
  });

  it('is not taken over by a cough', () => {
    const speaking = new Speaking();
    play(speaking, { ana: MURMUR, bo: QUIET }, [0, 10_000]);
    play(speaking, { ana: MURMUR, bo: SPEECH }, [10_000, 300]);
    play(speaking, { ana: MURMUR, bo: QUIET }, [10_300, 10_000]);
    expect(speaking.speaker).toBe('ana');
  });

  it('is the louder of two', () => {
    const speaking = new Speaking();
    play(speaking, { ana: MURMUR, bo: SPEECH }, [0, 10_000]);
    expect(speaking.speaker).toBe('bo');
  });

  it('is forgotten with whoever leaves', () => {
    const speaking = new Speaking();
    play(speaking, { ana: SPEECH, bo: MURMUR }, [0, 5_000]);
    speaking.forget('ana');
    expect(speaking.speaker).toBeUndefined();
    play(speaking, { bo: MURMUR }, [5_000, 400]);
    expect(speaking.speaker).toBe('bo');
  });
});
