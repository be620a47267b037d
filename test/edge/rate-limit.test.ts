/** The token buckets of one socket, with time passed in. */
import { expect, test } from 'vitest';
import { LIMITS } from '../../worker/protocol.ts';
import { freshMeter, spend, type Meter } from '../../worker/rate-limit.ts';

/** How many messages of `characters` pass, one each `interval` milliseconds, out of `count`. */
function passing(meter: Meter, { count, characters, interval }: Record<'count' | 'characters' | 'interval', number>) {
  let now = meter.at;
  let passed = 0;
  for (let n = 0; n < count; n++) {
    const next = spend(meter, characters, now);
    if (next) {
      meter = next;
      passed += 1;
    }
    now += interval;
  }
  return passed;
}

test('A burst passes to its last message and no further', () => {
  expect(passing(freshMeter(0), { count: 200, characters: 1, interval: 0 })).toBe(LIMITS.messageBurst);
});

test('60 messages a second pass for ever', () => {
  expect(passing(freshMeter(0), { count: 6_000, characters: 1, interval: 17 })).toBe(6_000);
});

test('100 messages a second do not', () => {
  expect(passing(freshMeter(0), { count: 1_000, characters: 1, interval: 10 })).toBeLessThan(730);
});

test('A minute carries two megabytes, whole or in parts, after a full bucket', () => {
  expect(spend(freshMeter(0), LIMITS.bytesPerMinute, 0)).toMatchObject({ characters: 0 });
  expect(spend(freshMeter(0), LIMITS.bytesPerMinute + 1, 0)).toBeUndefined();
  const empty = { messages: 10, characters: 0, at: 0 };
  expect(spend(empty, LIMITS.bytesPerMinute / 2, 30_000)).toBeDefined();
  expect(spend(empty, LIMITS.bytesPerMinute / 2, 29_000)).toBeUndefined();
});

test('A clock set back refills nothing', () => {
  const empty = { messages: 0.5, characters: 100, at: 10_000 };
  expect(spend(empty, 1, 0)).toBeUndefined();
});
