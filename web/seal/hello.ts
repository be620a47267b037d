/**
 * A hello introduces one tab to the others: its public keys and DTLS fingerprint, signed, and sealed for holders of the link.
 * Made once per tab and sent again unchanged, so that a pair's keys survive every reconnection. The room passes it on unread.
 * Refuses to know names: a hello can be replayed, so nobody is shown before their first pairwise frame opens.
 */
import * as v from 'valibot';
import { SIGNATURE, SIGNATURE_KEY, sidOf } from '../../worker/admission.ts';
import { concat, fromBase64Url, toBase64Url, utf8 } from '../../worker/encoding.ts';
import type { Identity } from './identity.ts';

const NONCE_BYTES = 12;

const HelloBody = v.object({
  sigPub: v.string(),
  dhPub: v.string(),
  fingerprint: v.string(),
  capabilities: v.array(v.string()),
  random: v.string(),
});
const SignedHello = v.object({ body: v.string(), signature: v.string() });

export interface Hello {
  readonly sid: string;
  readonly dhPub: Uint8Array<ArrayBuffer>;
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  /** What this browser's version of Snug can do beyond the first protocol; unknown words are ignored. */
  readonly capabilities: readonly string[];
  /** SHA-256 of the sealed hello, 32 bytes: binds the pair's keys to it. */
  readonly hash: Uint8Array<ArrayBuffer>;
}

/** A sealed hello, base64url: nonce (12 bytes) ‖ AES-256-GCM under HKDF(helloKey, sid), with the sid as associated data. */
export async function sealHello(
  identity: Identity,
  helloKey: CryptoKey,
  capabilities: readonly string[],
): Promise<string> {
  const body = JSON.stringify({
    sigPub: toBase64Url(identity.sigPub),
    dhPub: toBase64Url(identity.dhPub),
    fingerprint: toBase64Url(identity.fingerprint),
    capabilities,
    random: toBase64Url(crypto.getRandomValues(new Uint8Array(16))),
  });
  const signature = toBase64Url(await identity.sign(concat('hello', body)));
  const nonce = crypto.getRandomValues(new Uint8Array(NONCE_BYTES));
  const sealed = await crypto.subtle.encrypt(
    { name: 'AES-GCM', iv: nonce, additionalData: utf8(identity.sid) },
    await sealingKey(helloKey, identity.sid),
    utf8(JSON.stringify({ body, signature })),
  );
  return toBase64Url(concat(nonce, new Uint8Array(sealed)));
}

/**
 * The hello of `sid`, or `undefined` where it was not sealed with this link, is not signed by the key it names,
 * or names keys and a fingerprint that do not make up `sid`.
 */
export async function openHello(sealed: string, sid: string, helloKey: CryptoKey): Promise<Hello | undefined> {
  const bytes = fromBase64Url(sealed);
  if (!bytes || bytes.length <= NONCE_BYTES) return undefined;
  try {
    const plain = await crypto.subtle.decrypt(
      { name: 'AES-GCM', iv: bytes.subarray(0, NONCE_BYTES), additionalData: utf8(sid) },
      await sealingKey(helloKey, sid),
      bytes.subarray(NONCE_BYTES),
    );
    const { body, signature } = v.parse(SignedHello, JSON.parse(new TextDecoder().decode(plain)));
    const parsed = v.parse(HelloBody, JSON.parse(body));
    const sigPub = fromBase64Url(parsed.sigPub);
    const dhPub = fromBase64Url(parsed.dhPub);
    const fingerprint = fromBase64Url(parsed.fingerprint);
    const signatureBytes = fromBase64Url(signature);
    if (!sigPub || !dhPub || !fingerprint || !signatureBytes) return undefined;
    if ((await sidOf(sigPub, dhPub, fingerprint)) !== sid) return undefined;
    const key = await crypto.subtle.importKey('raw', sigPub, SIGNATURE_KEY, false, ['verify']);
    if (!(await crypto.subtle.verify(SIGNATURE, key, signatureBytes, concat('hello', body)))) return undefined;
    const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
    return { sid, dhPub, fingerprint, capabilities: parsed.capabilities, hash };
  } catch {
    // Every failure of an introduction is the same to us: nobody was introduced.
    return undefined;
  }
}

/** SHA-256 of a sealed hello, as both sides put it into their pair's keys. */
export async function helloHash(sealed: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = fromBase64Url(sealed);
  if (!bytes) throw new TypeError('a sealed hello is base64url');
  return new Uint8Array(await crypto.subtle.digest('SHA-256', bytes));
}

function sealingKey(helloKey: CryptoKey, sid: string): Promise<CryptoKey> {
  return crypto.subtle.deriveKey(
    { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(sid) },
    helloKey,
    { name: 'AES-GCM', length: 256 },
    false,
    ['encrypt', 'decrypt'],
  );
}
