/**
 * Bytes as text and text as bytes, the same at both ends of the wire.
 * Knows base64url (RFC 4648 §5, no padding) and UTF-8; refuses to know what the bytes mean.
 */

const encoder = new TextEncoder();

/** UTF-8 bytes of `text`. A copy: workerd's types do not promise that the encoder's buffer is not shared. */
export function utf8(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(encoder.encode(text));
}

/** `parts` end to end; strings as UTF-8. */
export function concat(...parts: (Uint8Array | string)[]): Uint8Array<ArrayBuffer> {
  const arrays = parts.map((part) => (typeof part === 'string' ? utf8(part) : part));
  const out = new Uint8Array(arrays.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of arrays) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

/** base64url without padding. */
export function toBase64Url(bytes: Uint8Array): string {
  let binary = '';
  // String.fromCharCode takes its bytes as arguments; 0x8000 stays below every engine's argument limit.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
}

/** The bytes of base64url `text`, or `undefined` where it is not canonical base64url. */
export function fromBase64Url(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  const bytes = Uint8Array.from(binary, (char) => char.charCodeAt(0));
  // Unused bits of the last character must be zero: one value, one spelling.
  return toBase64Url(bytes) === text ? bytes : undefined;
}
