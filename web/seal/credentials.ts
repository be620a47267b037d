/**
 * Everything that one tab needs to enter one room and to meet those in it, made once and used until the tab closes.
 * Refuses to know sockets and connections; the DTLS fingerprint is given.
 */
import { toBase64Url } from '../../worker/encoding.ts';
import { PROTOCOL_VERSION, type Enter } from '../../worker/protocol.ts';
import { helloHash, sealHello } from './hello.ts';
import { createIdentity, signEnter, type Identity } from './identity.ts';
import { deriveSecrets, type Link, type LinkSecrets } from './link.ts';

export interface Credentials {
  readonly identity: Identity;
  readonly secrets: LinkSecrets;
  /** SHA-256 of my sealed hello, 32 bytes. */
  readonly helloHash: Uint8Array;
  /** The `enter` that answers the room's `challenge`. */
  enter(challenge: string): Promise<Enter>;
}

export async function createCredentials(link: Link, fingerprint: Uint8Array<ArrayBuffer>): Promise<Credentials> {
  const [identity, secrets] = await Promise.all([createIdentity(fingerprint), deriveSecrets(link)]);
  const hello = await sealHello(identity, secrets.helloKey, []);
  return {
    identity,
    secrets,
    helloHash: await helloHash(hello),
    enter: async (challenge) => ({
      type: 'enter',
      version: PROTOCOL_VERSION,
      admit: toBase64Url(secrets.admit),
      hk: toBase64Url(link.hk),
      sid: identity.sid,
      sigPub: toBase64Url(identity.sigPub),
      dhPub: toBase64Url(identity.dhPub),
      fingerprint: toBase64Url(fingerprint),
      signature: await signEnter(identity, secrets.roomId, challenge),
      hello,
    }),
  };
}
