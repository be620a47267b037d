/**
 * Who I am, for as long as this tab lives: a signing key, a key-agreement key, one DTLS certificate, and the sid made of them.
 * Private keys cannot be exported and are never stored. Refuses to know names, links and other people.
 */
import { SIGNATURE, SIGNATURE_KEY, enterProof, sidOf } from '../../worker/admission.ts';
import { toBase64Url } from '../../worker/encoding.ts';

export interface Identity {
  readonly sid: string;
  /** Uncompressed P-256 points, 65 bytes each. */
  readonly sigPub: Uint8Array<ArrayBuffer>;
  readonly dhPub: Uint8Array<ArrayBuffer>;
  /** SHA-256 of the DTLS certificate, 32 bytes. */
  readonly fingerprint: Uint8Array<ArrayBuffer>;
  readonly dhPrivate: CryptoKey;
  /** ECDSA P-256 with SHA-256, r ‖ s, 64 bytes. */
  sign(data: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>>;
}

/** A new identity for a certificate with this SHA-256 `fingerprint` (32 bytes). */
export async function createIdentity(fingerprint: Uint8Array<ArrayBuffer>): Promise<Identity> {
  const [signing, agreement] = await Promise.all([
    crypto.subtle.generateKey(SIGNATURE_KEY, false, ['sign', 'verify']),
    crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, false, ['deriveBits']),
  ]);
  const sigPub = new Uint8Array(await crypto.subtle.exportKey('raw', signing.publicKey));
  const dhPub = new Uint8Array(await crypto.subtle.exportKey('raw', agreement.publicKey));
  return {
    sid: await sidOf(sigPub, dhPub, fingerprint),
    sigPub,
    dhPub,
    fingerprint,
    dhPrivate: agreement.privateKey,
    sign: async (data) => new Uint8Array(await crypto.subtle.sign(SIGNATURE, signing.privateKey, data)),
  };
}

/** The signature that lets this identity into `roomId`, for the room's one-time `challenge`; base64url. */
export async function signEnter(identity: Identity, roomId: string, challenge: string): Promise<string> {
  return toBase64Url(await identity.sign(enterProof(roomId, identity.sid, challenge)));
}

/** The 32 bytes of `aa:bb:…` (RFC 8122); `undefined` where it is no SHA-256 fingerprint. */
export function fingerprintBytes(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[0-9a-f]{2}(:[0-9a-f]{2}){31}$/i.test(text)) return undefined;
  return Uint8Array.from(text.split(':'), (pair) => Number.parseInt(pair, 16));
}

/** True where the description names at least one fingerprint and every one is the SHA-256 `expected`. */
export function descriptionHasFingerprint(sdp: string, expected: Uint8Array): boolean {
  const lines = [...sdp.matchAll(/^a=fingerprint:(\S+) (\S+)\s*$/gim)];
  // The word wherever it stands: Firefox's parser trims around `a` and `=`, and would find a line that the pattern does not.
  const stated = [...sdp.matchAll(/fingerprint/gi)].length;
  if (lines.length === 0 || lines.length !== stated) return false;
  return lines.every(([, hash, value]) => {
    const bytes = hash?.toLowerCase() === 'sha-256' ? fingerprintBytes(value ?? '') : undefined;
    return bytes !== undefined && bytes.every((byte, at) => byte === expected[at]);
  });
}
