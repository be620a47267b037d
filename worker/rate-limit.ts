/**
 * How much one socket may send: token buckets for messages and for characters.
 * Pure: (meter, now) → meter. Refuses to know sockets and what happens to whoever exceeds.
 */
import { LIMITS } from './protocol.ts';

/** Both buckets of one socket, as they were at `at` (milliseconds since the epoch). Kept in the socket's attachment. */
export interface Meter {
  readonly messages: number;
  readonly characters: number;
  readonly at: number;
}

interface Rate {
  readonly capacity: number;
  readonly perSecond: number;
}

const MESSAGES: Rate = { capacity: LIMITS.messageBurst, perSecond: LIMITS.messagesPerSecond };
const CHARACTERS: Rate = { capacity: LIMITS.bytesPerMinute, perSecond: LIMITS.bytesPerMinute / 60 };

/** Both buckets full. */
export function freshMeter(now: number): Meter {
  return { messages: MESSAGES.capacity, characters: CHARACTERS.capacity, at: now };
}

/** The meter after one message of `characters` at `now`, or `undefined` where that is more than is allowed. */
export function spend(meter: Meter, characters: number, now: number): Meter | undefined {
  // A clock set back refills nothing.
  const seconds = Math.max(0, now - meter.at) / 1000;
  const left: Meter = {
    messages: refill(meter.messages, MESSAGES, seconds) - 1,
    characters: refill(meter.characters, CHARACTERS, seconds) - characters,
    at: now,
  };
  return left.messages >= 0 && left.characters >= 0 ? left : undefined;
}

function refill(tokens: number, rate: Rate, seconds: number): number {
  return Math.min(rate.capacity, tokens + rate.perSecond * seconds);
}
