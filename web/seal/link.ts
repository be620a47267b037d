/**
 * The link is the key: `https://HOST/j#1.K.hk`, parsed, made, and turned into the three secrets of a room.
 * Knows HKDF and base64url; refuses to know the room's socket, other people and the page's address bar.
 */
import { roomIdOf } from '../../worker/admission.ts';
import { concat, fromBase64Url, toBase64Url, utf8 } from '../../worker/encoding.ts';

/** The path of a meeting; everything secret stands behind its `#`, which no browser sends to a server. */
export const MEETING_PATH = '/j';

const LINK_VERSION = '1';
const KEY_BYTES = 16;
const HOST_KEY_HASH_BYTES = 12;
const SALT = concat('snug1', new Uint8Array(1));

export interface Link {
  /** 16 random bytes: whoever has them is in. */
  readonly key: Uint8Array<ArrayBuffer>;
  /** 12 bytes: the start of SHA-256 of the host's raw public signing key. */
  readonly hk: Uint8Array<ArrayBuffer>;
  /** `1.K.hk`, what stands behind the `#`. */
  readonly fragment: string;
  /** The whole link, to be copied. */
  readonly url: string;
}

export interface LinkSecrets {
  readonly roomId: string;
  /** 32 bytes, shown to the room when entering. */
  readonly admit: Uint8Array<ArrayBuffer>;
  /** HKDF key that seals hellos. */
  readonly helloKey: CryptoKey;
  /** 32 bytes, salt of the pairwise keys. */
  readonly psk: Uint8Array<ArrayBuffer>;
}

export interface CreatedLink {
  readonly link: Link;
  /** The host's private signing key: it alone can govern this room, now or with a later version. */
  readonly hostKey: JsonWebKey;
}

/** A new meeting at `origin` (`https://host`). Nothing is asked of any server. */
export async function createLink(origin: string): Promise<CreatedLink> {
  const host = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, true, ['sign', 'verify']);
  const publicKey = await crypto.subtle.exportKey('raw', host.publicKey);
  const digest = await crypto.subtle.digest('SHA-256', publicKey);
  const key = crypto.getRandomValues(new Uint8Array(KEY_BYTES));
  const link = linkOf(origin, key, new Uint8Array(digest, 0, HOST_KEY_HASH_BYTES));
  return { link, hostKey: await crypto.subtle.exportKey('jwk', host.privateKey) };
}

/**
 * The link in what a person pasted: a whole link, or only what follows the `#`, with stray spaces, angle brackets,
 * quotes or a trailing full stop. `undefined` where it was cut short or altered in length.
 * `origin` is where the meeting opens: a link is never followed to another host.
 */
export function parseLink(text: string, origin: string): Link | undefined {
  const bare = text.replace(/[\s<>"'“”‘’]/g, '').replace(/[.,;:!?)\]]+$/, '');
  const fragment = bare.slice(bare.lastIndexOf('#') + 1);
  const [version, encodedKey, encodedHk, ...rest] = fragment.split('.');
  if (version !== LINK_VERSION || !encodedKey || !encodedHk || rest.length > 0) return undefined;
  const key = fromBase64Url(encodedKey);
  const hk = fromBase64Url(encodedHk);
  if (key?.length !== KEY_BYTES || hk?.length !== HOST_KEY_HASH_BYTES) return undefined;
  return linkOf(origin, key, hk);
}

/** The room's name and the secrets that only holders of the link can derive: HKDF-SHA-256, salt "snug1" ‖ 0. */
export async function deriveSecrets(link: Link): Promise<LinkSecrets> {
  const root = await crypto.subtle.importKey('raw', link.key, 'HKDF', false, ['deriveBits']);
  const derive = async (info: string) =>
    new Uint8Array(
      await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt: SALT, info: utf8(info) }, root, 256),
    );
  const [admit, hello, psk] = await Promise.all([derive('admit'), derive('hello'), derive('psk')]);
  const helloKey = await crypto.subtle.importKey('raw', hello, 'HKDF', false, ['deriveKey']);
  return { roomId: await roomIdOf(admit, link.hk), admit, helloKey, psk };
}

function linkOf(origin: string, key: Uint8Array<ArrayBuffer>, hk: Uint8Array<ArrayBuffer>): Link {
  const fragment = `${LINK_VERSION}.${toBase64Url(key)}.${toBase64Url(hk)}`;
  return { key, hk, fragment, url: `${origin}${MEETING_PATH}#${fragment}` };
}
