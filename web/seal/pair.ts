/**
 * The keys of two people, and the frames sealed with them: what the room relays and cannot read.
 *
 * Frame = version (1) ‖ type (1) ‖ from sid (16) ‖ to sid (16) ‖ counter (8, big-endian) ‖ AES-256-GCM ciphertext and tag.
 * The header and the room id are the associated data. The nonce is the counter, which only grows and is never stored: a
 * reloaded tab has new keys. Plaintext is length (4) ‖ deflated bytes ‖ zeros up to a padding step, so that sizes say little.
 * Refuses to know what the plaintext means.
 */
import { concat, fromBase64Url, toBase64Url, utf8 } from '../../worker/encoding.ts';
import { deflate, inflate } from './deflate.ts';
import type { Hello } from './hello.ts';
import type { Identity } from './identity.ts';

const FRAME_VERSION = 1;
const FRAME_TYPE_MESSAGES = 1;
const SID_BYTES = 16;
const HEADER_BYTES = 2 + SID_BYTES * 2 + 8;
const TAG_BYTES = 16;
const LENGTH_BYTES = 4;

/** Sizes to which plaintext is padded, in bytes. */
const PADDING_STEPS = [256, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768] as const;
/** What one frame can carry after deflating. */
export const MAX_DEFLATED_BYTES = 32_768 - LENGTH_BYTES;
/** What a frame may inflate to: a bomb is refused before it is held in memory. */
const MAX_PLAIN_BYTES = 262_144;

export interface PairKeys {
  readonly sending: CryptoKey;
  readonly receiving: CryptoKey;
}

/**
 * AES-256-GCM keys, one a direction: HKDF-SHA-256(ECDH, salt = psk,
 * info = "pair" ‖ sidLo ‖ sidHi ‖ H(helloLo) ‖ H(helloHi) ‖ sender's sid), sids as their 16 bytes, Lo the smaller as text.
 */
export async function derivePairKeys(options: {
  identity: Identity;
  /** SHA-256 of my own sealed hello, 32 bytes. */
  helloHash: Uint8Array;
  peer: Hello;
  psk: Uint8Array<ArrayBuffer>;
}): Promise<PairKeys> {
  const { identity, peer } = options;
  const dhPublic = await crypto.subtle.importKey('raw', peer.dhPub, { name: 'ECDH', namedCurve: 'P-256' }, false, []);
  const shared = await crypto.subtle.deriveBits({ name: 'ECDH', public: dhPublic }, identity.dhPrivate, 256);
  const root = await crypto.subtle.importKey('raw', shared, 'HKDF', false, ['deriveKey']);
  const mine = { sid: identity.sid, hash: options.helloHash };
  const theirs = { sid: peer.sid, hash: peer.hash };
  const [lo, hi] = mine.sid < theirs.sid ? [mine, theirs] : [theirs, mine];
  const base = concat('pair', sidBytes(lo.sid), sidBytes(hi.sid), lo.hash, hi.hash);
  const derive = (sender: string, usage: 'encrypt' | 'decrypt') =>
    crypto.subtle.deriveKey(
      { name: 'HKDF', hash: 'SHA-256', salt: options.psk, info: concat(base, sidBytes(sender)) },
      root,
      { name: 'AES-GCM', length: 256 },
      false,
      [usage],
    );
  const [sending, receiving] = await Promise.all([derive(identity.sid, 'encrypt'), derive(peer.sid, 'decrypt')]);
  return { sending, receiving };
}

/** Seals and opens the frames between me and one other, in one room. */
export class PairSeal {
  readonly #keys: PairKeys;
  readonly #roomId: string;
  readonly #me: string;
  readonly #peer: string;
  #sent = 0n;
  #received = 0n;
  /** Frames leave and open in their order: deflating a long one must not let a short one overtake it. */
  #sealing: Promise<unknown> = Promise.resolve();
  #opening: Promise<unknown> = Promise.resolve();

  constructor(keys: PairKeys, place: { roomId: string; me: string; peer: string }) {
    this.#keys = keys;
    this.#roomId = place.roomId;
    this.#me = place.me;
    this.#peer = place.peer;
  }

  /** A box, base64url. Throws a RangeError where `text` deflates to more than MAX_DEFLATED_BYTES. */
  seal(text: string): Promise<string> {
    const box = this.#sealing.then(() => this.#sealNext(text));
    this.#sealing = box.catch(() => undefined);
    return box;
  }

  /** The text of a box, or `undefined` where it is altered, for someone else, replayed or older than one already opened. */
  open(box: string): Promise<string | undefined> {
    const text = this.#opening.then(() => this.#openNext(box));
    this.#opening = text;
    return text;
  }

  async #sealNext(text: string): Promise<string> {
    const plain = pad(await deflate(utf8(text)));
    this.#sent += 1n;
    const header = headerOf(this.#me, this.#peer, this.#sent);
    const sealed = await crypto.subtle.encrypt(
      { name: 'AES-GCM', iv: nonceOf(this.#sent), additionalData: concat(header, this.#roomId) },
      this.#keys.sending,
      plain,
    );
    return toBase64Url(concat(header, new Uint8Array(sealed)));
  }

  async #openNext(box: string): Promise<string | undefined> {
    const bytes = fromBase64Url(box);
    if (!bytes || bytes.length < HEADER_BYTES + TAG_BYTES) return undefined;
    const counter = new DataView(bytes.buffer).getBigUint64(HEADER_BYTES - 8);
    const header = headerOf(this.#peer, this.#me, counter);
    if (!header.every((byte, at) => byte === bytes[at]) || counter <= this.#received) return undefined;
    try {
      const plain = await crypto.subtle.decrypt(
        { name: 'AES-GCM', iv: nonceOf(counter), additionalData: concat(header, this.#roomId) },
        this.#keys.receiving,
        bytes.subarray(HEADER_BYTES),
      );
      this.#received = counter;
      return new TextDecoder().decode(await inflate(unpad(new Uint8Array(plain)), MAX_PLAIN_BYTES));
    } catch {
      // A frame that does not open says nothing about who broke it; the next one may be whole.
      return undefined;
    }
  }
}

function headerOf(from: string, to: string, counter: bigint): Uint8Array<ArrayBuffer> {
  const count = new Uint8Array(8);
  new DataView(count.buffer).setBigUint64(0, counter);
  return concat(Uint8Array.of(FRAME_VERSION, FRAME_TYPE_MESSAGES), sidBytes(from), sidBytes(to), count);
}

function nonceOf(counter: bigint): Uint8Array<ArrayBuffer> {
  const nonce = new Uint8Array(12);
  new DataView(nonce.buffer).setBigUint64(4, counter);
  return nonce;
}

function sidBytes(sid: string): Uint8Array<ArrayBuffer> {
  const bytes = fromBase64Url(sid);
  if (bytes?.length !== SID_BYTES) throw new TypeError('a sid is 16 bytes of base64url');
  return bytes;
}

function pad(deflated: Uint8Array): Uint8Array<ArrayBuffer> {
  const size = PADDING_STEPS.find((step) => step >= deflated.length + LENGTH_BYTES);
  if (size === undefined) throw new RangeError(`${deflated.length} bytes do not fit into one frame`);
  const padded = new Uint8Array(size);
  new DataView(padded.buffer).setUint32(0, deflated.length);
  padded.set(deflated, LENGTH_BYTES);
  return padded;
}

function unpad(padded: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const length = new DataView(padded.buffer, padded.byteOffset).getUint32(0);
  if (length > padded.length - LENGTH_BYTES) throw new RangeError('a frame states more bytes than it holds');
  return padded.subarray(LENGTH_BYTES, LENGTH_BYTES + length);
}
