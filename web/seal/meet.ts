/**
 * Two tabs meet: what the sealed hello of one and the identity of the other make, the seal of their pair.
 * Refuses to know how the hello came, and connections.
 */
import type { RosterEntry } from '../../worker/protocol.ts';
import { openHello } from './hello.ts';
import type { Identity } from './identity.ts';
import { PairSeal, derivePairKeys } from './pair.ts';

/** What I bring to every meeting. */
export interface Me {
  readonly identity: Identity;
  /** SHA-256 of my own sealed hello, 32 bytes. */
  readonly helloHash: Uint8Array;
  readonly helloKey: CryptoKey;
  readonly psk: Uint8Array<ArrayBuffer>;
  readonly roomId: string;
}

export interface Met {
  readonly seal: PairSeal;
  /** SHA-256 of their DTLS certificate, as they signed it. */
  readonly fingerprint: Uint8Array<ArrayBuffer>;
}

/** `undefined` where the hello is not of someone who holds the link. */
export async function meet({ sid, hello: sealed }: RosterEntry, me: Me): Promise<Met | undefined> {
  const { identity, helloHash, helloKey, psk, roomId } = me;
  const hello = await openHello(sealed, sid, helloKey);
  // Rejects where the key that they name is no point of the curve.
  const keys = hello && (await derivePairKeys({ identity, helloHash, peer: hello, psk }).catch(() => undefined));
  if (!keys) return undefined;
  return { seal: new PairSeal(keys, { roomId, me: identity.sid, peer: sid }), fingerprint: hello.fingerprint };
}
