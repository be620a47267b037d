/**
 * Proofs: that a browser holds the link of this room, and the keys behind its sid. Pure WebCrypto.
 * Both sides use the same functions, so that there is one derivation and not two that drift.
 * Refuses to know sockets, rosters and what happens to whoever fails.
 */
import { concat, fromBase64Url, toBase64Url, utf8 } from './encoding.ts';
import type { Enter } from './protocol.ts';

/** Bytes of a room id and of a sid: the first 16 of a SHA-256. */
const ID_BYTES = 16;

async function idOf(input: Uint8Array<ArrayBuffer>): Promise<string> {
  const digest = await crypto.subtle.digest('SHA-256', input);
  return toBase64Url(new Uint8Array(digest, 0, ID_BYTES));
}

/** The room's name: the first 16 bytes of SHA-256("room" ‖ admit ‖ hk), base64url. admit 32 bytes, hk 12 bytes. */
export function roomIdOf(admit: Uint8Array, hk: Uint8Array): Promise<string> {
  return idOf(concat('room', admit, hk));
}

/** Who someone is: the first 16 bytes of SHA-256("sid" ‖ sigPub ‖ dhPub ‖ fingerprint), base64url. 65, 65 and 32 bytes. */
export function sidOf(sigPub: Uint8Array, dhPub: Uint8Array, fingerprint: Uint8Array): Promise<string> {
  return idOf(concat('sid', sigPub, dhPub, fingerprint));
}

/** What a browser signs to enter: "enter" ‖ roomId ‖ sid ‖ challenge, the three as they stand in the messages. */
export function enterProof(roomId: string, sid: string, challenge: string): Uint8Array<ArrayBuffer> {
  return utf8(`enter${roomId}${sid}${challenge}`);
}

export const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' } as const;
export const SIGNATURE_KEY = { name: 'ECDSA', namedCurve: 'P-256' } as const;

/**
 * True where `enter` proves the link of `roomId`, its own sid and the freshness of `challenge`.
 * One answer for every failure: who guesses learns nothing from which check failed.
 */
export async function admits(enter: Enter, roomId: string, challenge: string): Promise<boolean> {
  const admit = fromBase64Url(enter.admit);
  const hk = fromBase64Url(enter.hk);
  const sigPub = fromBase64Url(enter.sigPub);
  const dhPub = fromBase64Url(enter.dhPub);
  const fingerprint = fromBase64Url(enter.fingerprint);
  const signature = fromBase64Url(enter.signature);
  if (!admit || !hk || !sigPub || !dhPub || !fingerprint || !signature) return false;
  if ((await roomIdOf(admit, hk)) !== roomId) return false;
  if ((await sidOf(sigPub, dhPub, fingerprint)) !== enter.sid) return false;
  try {
    const key = await crypto.subtle.importKey('raw', sigPub, SIGNATURE_KEY, false, ['verify']);
    return await crypto.subtle.verify(SIGNATURE, key, signature, enterProof(roomId, enter.sid, challenge));
  } catch {
    // importKey throws on 65 bytes that are no point of the curve.
    return false;
  }
}
