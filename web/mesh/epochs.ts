/**
 * Which connection of a pair a description is for. Every connection has an epoch; a rebuild is the next one. Pure.
 * Refuses to know how connections are made.
 */

export interface Situation {
  /** My latest epoch, and the connection of it, where it is still there. */
  readonly epoch: number;
  readonly peer: { readonly initiator: boolean; readonly answered: boolean } | undefined;
  readonly polite: boolean;
}

/**
 * `use`: it belongs to my connection. `answer`: a new connection in its epoch, then use it. `offer`: they go on with a
 * connection that I have closed, so I offer the next one. `ignore`: it is of the past, or lost against mine.
 */
export type Verdict = 'use' | 'answer' | 'offer' | 'ignore';

export function verdictOn(situation: Situation, epoch: number, type: 'offer' | 'answer'): Verdict {
  const { peer, polite } = situation;
  if (epoch > situation.epoch) return type === 'offer' ? 'answer' : 'ignore';
  // Also an older one: attempts of mine that never reached them may have used up the epochs in between.
  if (!peer) return type === 'offer' ? 'offer' : 'ignore';
  if (epoch < situation.epoch) return 'ignore';
  // Two first offers of one epoch: see the top of peer.ts.
  if (type === 'offer' && peer.initiator && !peer.answered) return polite ? 'answer' : 'ignore';
  return 'use';
}
