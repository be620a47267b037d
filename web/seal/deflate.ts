/**
 * Deflate (RFC 1951, raw) by the browser's own CompressionStream: a description of 10.8 KB becomes 1.8 KB.
 * Bytes are written into it and read out of it here. A Blob's stream and a Response's body go by way of the browser's own process,
 * and everything that the two of a pair tell each other through the room waited for it, twice.
 * Refuses to know what is compressed.
 */
import { concat } from '../../worker/encoding.ts';

export function deflate(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return pass(bytes, new CompressionStream('deflate-raw'), Infinity);
}

/** Throws a RangeError as soon as more than `limit` bytes come out, whatever the input claims. */
export function inflate(bytes: Uint8Array<ArrayBuffer>, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  return pass(bytes, new DecompressionStream('deflate-raw'), limit);
}

async function pass(
  bytes: Uint8Array<ArrayBuffer>,
  stream: CompressionStream | DecompressionStream,
  limit: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const writer = stream.writable.getWriter();
  // What they reject with, reading does as well.
  writer.write(bytes).catch(() => undefined);
  writer.close().catch(() => undefined);
  const reader = stream.readable.getReader();
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return concat(...chunks);
    total += value.length;
    if (total > limit) {
      await reader.cancel();
      throw new RangeError(`inflates to more than ${limit} bytes`);
    }
    chunks.push(value);
  }
}
