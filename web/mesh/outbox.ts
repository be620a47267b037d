/**
 * Messages that wait for a path, and leave together in lists that every path can take.
 * Refuses to know the paths.
 */
import { TEXT_LIMITS, type PeerMessage } from '../protocol.ts';

/** Messages kept; older ones are dropped first. */
const MAX_WAITING = 200;
/** Characters of JSON that leave together: with text of three bytes a character it still deflates into one frame. */
const MAX_TOGETHER = 16_000;

/** About a connection as it was when they were made, or of a moment that is over when a path opens. */
const OF_NOW: readonly PeerMessage['type'][] = ['description', 'candidates', 'restart', 'heard', 'reaction'];

export class Outbox {
  #waiting: PeerMessage[] = [];

  get empty(): boolean {
    return this.#waiting.length === 0;
  }

  /** Keeps `messages`, but for those of now. */
  keep(messages: PeerMessage[]): void {
    this.#waiting.push(...messages.filter(({ type }) => !OF_NOW.includes(type)));
    this.#waiting.splice(0, this.#waiting.length - MAX_WAITING);
  }

  /** Everything that waits, in its order; nothing waits any more. */
  take(): PeerMessage[][] {
    const lists: PeerMessage[][] = [];
    let size = 0;
    for (const message of this.#waiting.splice(0)) {
      const { length } = JSON.stringify(message);
      const last = lists.at(-1);
      if (last && last.length < TEXT_LIMITS.messages && size + length <= MAX_TOGETHER) last.push(message);
      else {
        lists.push([message]);
        size = 0;
      }
      size += length;
    }
    return lists;
  }

  clear(): void {
    this.#waiting = [];
  }
}
