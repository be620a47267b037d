/**
 * Which connection a description of the other side goes to, and what else follows from it: another connection of theirs or mine,
 * the news that they are there, that an attempt of mine was answered. Refuses to know what stands in it.
 */
import type { Description } from '../protocol.ts';
import type { Connections } from './connections.ts';
import { verdictOn } from './epochs.ts';
import type { Recovery } from './recovery.ts';

export interface DescriptionsOptions {
  readonly polite: boolean;
  readonly connections: Connections;
  recovery: () => Recovery;
  /** Another connection, to be offered by me. */
  offer: () => void;
  /** A connection of theirs is about to be answered. */
  onAnswering: () => void;
  /** They go on with an older connection than mine. */
  onBehind: () => void;
  now: () => number;
}

export class Descriptions {
  readonly #options: DescriptionsOptions;
  /** The attempt of mine that was answered last. */
  #lastAnswered = { epoch: 0, offerId: 0 };

  constructor(options: DescriptionsOptions) {
    this.#options = options;
  }

  receive(message: Description): void {
    const { connections, polite, recovery, offer, onAnswering, onBehind, now } = this.#options;
    const { epoch, offerId, description } = message;
    const offered = description.type === 'offer';
    if (offered) recovery().returned(now());
    const { epoch: latest } = connections;
    const mine = connections.at(epoch);
    if (epoch < latest && !mine) onBehind();
    const situation = { epoch: latest, peer: connections.at(latest), polite };
    const verdict = epoch < latest && mine ? 'use' : verdictOn(situation, epoch, description.type);
    if (verdict === 'offer') offer();
    if (verdict === 'offer' || verdict === 'ignore') return;
    if (verdict === 'answer') {
      onAnswering();
      connections.answer(epoch);
    }
    // What comes of an attempt of mine, an answer or the offer that I asked for; by both paths, and counted once.
    const last = this.#lastAnswered;
    const isNew = epoch > last.epoch || offerId > last.offerId;
    if (epoch === connections.current?.epoch && (!offered || polite) && isNew) {
      this.#lastAnswered = { epoch, offerId };
      recovery().answered();
    }
    void connections.at(epoch)?.receive(message);
  }
}
