/** The two people, the link and the frames of `vectors.json` as the product's types. Refuses to know what is tested with them. */
import { fromBase64Url } from '../../../worker/encoding.ts';
import type { Identity } from '../../../web/seal/identity.ts';
import { parseLink, type Link } from '../../../web/seal/link.ts';
import { PairSeal, derivePairKeys } from '../../../web/seal/pair.ts';
import { openHello, type Hello } from '../../../web/seal/hello.ts';
import vectors from './vectors.json' with { type: 'json' };

export { vectors };
export const { secrets, frames, people } = vectors;
export const ORIGIN = 'https://snug.example';

/** The bytes of base64url that is known to be valid. */
export function bytes(text: string): Uint8Array<ArrayBuffer> {
  const decoded = fromBase64Url(text);
  if (!decoded) throw new TypeError(`not base64url: ${text}`);
  return decoded;
}

export function knownLink(): Link {
  const link = parseLink(vectors.link.fragment, ORIGIN);
  if (!link) throw new TypeError('the known link does not parse');
  return link;
}

export function knownHelloKey(): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes(secrets.helloKey), 'HKDF', false, ['deriveKey']);
}

/** `name` as they know themselves: with their private keys. */
export async function identityOf(name: 'Ana' | 'Bo'): Promise<Identity> {
  const person = people[name];
  const [signing, dhPrivate] = await Promise.all([
    crypto.subtle.importKey('jwk', person.signing, { name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign']),
    crypto.subtle.importKey('jwk', person.agreement, { name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']),
  ]);
  return {
    sid: person.sid,
    sigPub: bytes(person.sigPub),
    dhPub: bytes(person.dhPub),
    fingerprint: bytes(person.fingerprint),
    dhPrivate,
    sign: async (data) => new Uint8Array(await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, signing, data)),
  };
}

/** `name` as others know them: from their hello. */
export async function helloOf(name: 'Ana' | 'Bo'): Promise<Hello> {
  const hello = await openHello(people[name].hello, people[name].sid, await knownHelloKey());
  if (!hello) throw new TypeError('the known hello does not open');
  return hello;
}

export async function keysOf(name: 'Ana' | 'Bo') {
  return derivePairKeys({
    identity: await identityOf(name),
    helloHash: bytes(people[name].helloHash),
    peer: await helloOf(name === 'Ana' ? 'Bo' : 'Ana'),
    psk: bytes(secrets.psk),
  });
}

/** The seal of `name` for frames with the other, by the known keys. */
export async function sealOf(name: 'Ana' | 'Bo', place: Partial<{ roomId: string; me: string; peer: string }> = {}) {
  const other = name === 'Ana' ? 'Bo' : 'Ana';
  const known = { roomId: secrets.roomId, me: people[name].sid, peer: people[other].sid };
  return new PairSeal(await keysOf(name), { ...known, ...place });
}

/** `text` with one byte of what it encodes changed: `mask` is flipped in the byte at `at`. */
export function flipped(box: string, at: number, mask: number): string {
  const changed = Buffer.from(box, 'base64url');
  changed[at] = (changed[at] ?? 0) ^ mask;
  return changed.toString('base64url');
}
