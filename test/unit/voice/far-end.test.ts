import { describe, expect, test } from 'vitest';
import { FarEnd } from '../../../web/media/voice/far-end.ts';
import { randomFrom } from '../../lab/voice/signals.ts';

/** A talker's level, dB of full scale, each 10 ms: syllables of random length and loudness, and pauses. */
function talker(seed: number, seconds: number): number[] {
  const random = randomFrom(seed);
  const levels: number[] = [];
  let level = -60;
  while (levels.length < seconds * 100) {
    const target = random() < 0.25 ? -60 : -35 + 15 * random();
    const frames = 8 + Math.floor(22 * random());
    for (let i = 0; i < frames; i++) levels.push((level += 0.2 * (target - level)));
  }
  return levels;
}

/** Feeds both as the product would, the loudspeaker's level every 50 ms; true for each frame called an echo. */
function echoes(near: readonly number[], far: readonly number[]): boolean[] {
  const farEnd = new FarEnd();
  return near.map((level, frame) => {
    if (frame % 5 === 0) farEnd.level(10 ** (far[frame]! / 20));
    return farEnd.push(level);
  });
}

const share = (said: readonly boolean[]): number => said.filter(Boolean).length / said.length;

describe('the far end', () => {
  test.each([0, 60, 150, 300, 420])(
    'explains its own echo, %i ms later and 20 dB quieter, in a room with noise',
    (delay) => {
      const far = talker(1, 30);
      const random = randomFrom(4);
      let tail = -70;
      const near = far.map((_, frame) => {
        const echo = (far[frame - delay / 10] ?? -60) - 20;
        // A room: the level falls 60 dB in 0.6 s.
        tail = Math.max(tail - 1, echo);
        return Math.max(tail, -68 + 3 * random());
      });
      expect(share(echoes(near, far).slice(150))).toBeGreaterThan(0.97);
    },
  );

  test('does not explain somebody else who speaks at the same time', () => {
    for (let seed = 10; seed < 20; seed++)
      expect(share(echoes(talker(seed, 30), talker(seed + 100, 30)))).toBeLessThan(0.35);
  });

  test('explains nothing while nothing is played', () => {
    expect(
      echoes(
        talker(3, 10),
        talker(4, 10).map(() => -100),
      ),
    ).not.toContain(true);
  });
});
