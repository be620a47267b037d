/**
 * A box by a third: where the room is away, two whose connection is broken as well still have those who reach both.
 *
 * Without it they wait for the room, for nothing else carries the offer that a broken connection needs: one that never came up,
 * one that failed in Firefox (restarts.ts). With it the room is needed to meet, and not to stay together. The box is that of the
 * room's frames, sealed by the keys of the two (seal/pair.ts): a third cannot read or alter it, and what it repeats or reorders
 * is refused. A third hands it to those whom it reaches itself, never to a fourth: none goes in a circle. And it goes by channels
 * alone, and is taken from them alone: a box in a box would want a third in its turn.
 * Refuses to know what is in a box, and connections.
 */
import type { Frame } from '../../worker/protocol.ts';
import type { PeerMessage } from '../protocol.ts';
import type { MessagePath } from './pair.ts';

/**
 * Of those whom I reach, so many are given a box, and the next ones the next: nobody knows who reaches whom, one of them may not,
 * and of fifteen others each would be sent each box of a pair that tries again every 3 s.
 */
const THIRDS = 3;

export interface DetourOptions {
  /** Those whom I reach now. */
  reached: () => readonly string[];
  /** By the channel, or not at all. */
  send: (sid: string, message: PeerMessage) => unknown;
  /** A box for me, said to be of `from`; `unknown` where I have never met them. */
  onBox: (from: string, box: string) => 'taken' | 'unknown';
}

export class Detour {
  readonly #options: DetourOptions;
  /** Whose latest box came by a third. */
  readonly #brought = new Set<string>();
  #turn = 0;

  constructor(options: DetourOptions) {
    this.#options = options;
  }

  /** Whether someone came by a third: the room may keep a dead socket of theirs, and say that it has passed on what is lost. */
  brings(sid: string): boolean {
    return this.#brought.has(sid);
  }

  broughtByRoom(sid: string): void {
    this.#brought.delete(sid);
  }

  send({ to, box }: Frame): void {
    const { reached, send } = this.#options;
    const thirds = reached().filter((sid) => sid !== to);
    for (let given = 0; given < Math.min(THIRDS, thirds.length); given += 1) {
      const third = thirds[this.#turn % thirds.length];
      this.#turn += 1;
      if (third !== undefined) send(third, { type: 'detour', to, box });
    }
  }

  receive(from: string, message: Extract<PeerMessage, { type: 'detour' | 'detoured' }>, path: MessagePath): void {
    const { reached, send, onBox } = this.#options;
    const { box } = message;
    if (path === 'box') return;
    if (message.type === 'detoured') {
      if (onBox(message.from, box) === 'taken') this.#brought.add(message.from);
    } else if (reached().includes(message.to)) send(message.to, { type: 'detoured', from, box });
  }
}
