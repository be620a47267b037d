import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { utf8 } from '../../../worker/encoding.ts';
import { LIMITS } from '../../../worker/protocol.ts';
import { deflate, inflate } from '../../../web/seal/deflate.ts';
import { MAX_DEFLATED_BYTES, derivePairKeys } from '../../../web/seal/pair.ts';
import { bytes, flipped, frames, helloOf, identityOf, keysOf, people, sealOf, secrets } from './known.ts';

const { Ana, Bo } = people;
const HEADER = 42;

/** A frame from Ana to Bo with any padded plaintext, sealed by the known key and Node's crypto. */
function frameOf(padded: Uint8Array, counter = 1n): string {
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(counter);
  const header = Buffer.concat([Buffer.from([1, 1]), bytes(Ana.sid), bytes(Bo.sid), count]);
  const cipher = createCipheriv('aes-256-gcm', bytes(Ana.sendingKey), Buffer.concat([Buffer.alloc(4), count]));
  cipher.setAAD(Buffer.concat([header, Buffer.from(secrets.roomId)]));
  return Buffer.concat([header, cipher.update(padded), cipher.final(), cipher.getAuthTag()]).toString('base64url');
}

function padded(deflated: Uint8Array, length = deflated.length): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(length);
  return Buffer.concat([size, deflated, Buffer.alloc(Math.max(0, 252 - deflated.length))]);
}

/** What a frame from Ana holds, read with Node's crypto as the protocol lays it out. */
function readFrame(box: string) {
  const frame = Buffer.from(box, 'base64url');
  const header = frame.subarray(0, HEADER);
  const nonce = Buffer.concat([Buffer.alloc(4), header.subarray(34)]);
  const decipher = createDecipheriv('aes-256-gcm', bytes(Ana.sendingKey), nonce);
  decipher.setAAD(Buffer.concat([header, Buffer.from(secrets.roomId)])).setAuthTag(frame.subarray(-16));
  const plain = Buffer.concat([decipher.update(frame.subarray(HEADER, -16)), decipher.final()]);
  const length = plain.readUInt32BE(0);
  return {
    header: header.toString('hex'),
    size: plain.length,
    length,
    text: inflateRawSync(plain.subarray(4, 4 + length)).toString('utf8'),
    rest: plain.subarray(4 + length).every((byte) => byte === 0),
  };
}

describe('the keys of two people', () => {
  it('are those of the vectors, one a direction', async () => {
    const nonce = new Uint8Array(12);
    const zeros = new Uint8Array(16);
    for (const [sender, receiver] of [['Ana', 'Bo'] as const, ['Bo', 'Ana'] as const]) {
      const { sending } = await keysOf(sender);
      const { receiving } = await keysOf(receiver);
      const cipher = createCipheriv('aes-256-gcm', bytes(people[sender].sendingKey), nonce);
      const expected = Buffer.concat([cipher.update(zeros), cipher.final(), cipher.getAuthTag()]);
      const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce }, sending, zeros);
      expect(Buffer.from(sealed).equals(expected)).toBe(true);
      expect(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: nonce }, receiving, expected)).toHaveProperty(
        'byteLength',
        16,
      );
    }
    expect(Ana.sendingKey).not.toBe(Bo.sendingKey);
  });

  it('cannot be exported and do one thing', async () => {
    const { sending, receiving } = await keysOf('Ana');
    expect([sending, receiving].map(({ extractable, usages }) => [extractable, ...usages])).toEqual([
      [false, 'encrypt'],
      [false, 'decrypt'],
    ]);
  });

  it('are others with another link and with another hello of either', async () => {
    const identity = await identityOf('Bo');
    const honest = { identity, helloHash: bytes(Bo.helloHash), peer: await helloOf('Ana'), psk: bytes(secrets.psk) };
    const opens = async (change: Partial<typeof honest>) => {
      const { receiving } = await derivePairKeys({ ...honest, ...change });
      const cipher = createCipheriv('aes-256-gcm', bytes(Ana.sendingKey), new Uint8Array(12));
      const sealed = Buffer.concat([cipher.update('x'), cipher.final(), cipher.getAuthTag()]);
      const algorithm = { name: 'AES-GCM', iv: new Uint8Array(12) };
      return crypto.subtle.decrypt(algorithm, receiving, sealed).then(
        () => true,
        () => false,
      );
    };
    expect(await opens({})).toBe(true);
    expect(await opens({ psk: new Uint8Array(32) })).toBe(false);
    expect(await opens({ helloHash: new Uint8Array(32) })).toBe(false);
    expect(await opens({ peer: { ...honest.peer, hash: new Uint8Array(32) } })).toBe(false);
  });

  it('are refused for a key that is no point of the curve', async () => {
    const peer = { ...(await helloOf('Ana')), dhPub: new Uint8Array(65).fill(4) };
    const options = { identity: await identityOf('Bo'), helloHash: bytes(Bo.helloHash), peer, psk: bytes(secrets.psk) };
    await expect(derivePairKeys(options)).rejects.toThrow();
  });
});

describe('a frame', () => {
  it('of the fixed vectors opens, also after 2³² others', async () => {
    const bo = await sealOf('Bo');
    expect(await bo.open(frames.first)).toBe(frames.message);
    expect(await bo.open(frames.later)).toBe(frames.message);
  });

  it('is laid out as the protocol says', async () => {
    const ana = await sealOf('Ana');
    for (const counter of [1, 2, 3]) {
      const { header, size, text, rest } = readFrame(await ana.seal(frames.message));
      const sids = Buffer.concat([bytes(Ana.sid), bytes(Bo.sid)]).toString('hex');
      expect(header).toBe(`0101${sids}${counter.toString(16).padStart(16, '0')}`);
      expect({ size, text, rest }).toEqual({ size: 256, text: frames.message, rest: true });
    }
  });

  it('carries any text both ways', async () => {
    const [ana, bo] = [await sealOf('Ana'), await sealOf('Bo')];
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme', maxLength: 300 }), async (text) => {
        expect(await bo.open(await ana.seal(text))).toBe(text);
        expect(await ana.open(await bo.seal(text))).toBe(text);
      }),
      { numRuns: 50 },
    );
  });

  it('with any single byte altered does not open', async () => {
    const bo = await sealOf('Bo');
    const length = Buffer.from(frames.first, 'base64url').length;
    expect(length).toBe(HEADER + 256 + 16);
    for (let at = 0; at < length; at += 1) {
      for (const mask of [1, 0x80, 0xff]) {
        expect(await bo.open(flipped(frames.first, at, mask)), `byte ${at}`).toBeUndefined();
      }
    }
    expect(await bo.open(frames.first)).toBe(frames.message);
  });

  it('cut short, lengthened, empty or no base64url does not open', async () => {
    const bo = await sealOf('Bo');
    for (const box of ['', 'AAAA', '*', frames.first.slice(0, 76), frames.first.slice(0, -4), `${frames.first}AAAA`]) {
      expect(await bo.open(box)).toBeUndefined();
    }
  });

  it('opens once', async () => {
    const bo = await sealOf('Bo');
    expect(await Promise.all([bo.open(frames.first), bo.open(frames.first)])).toEqual([frames.message, undefined]);
    expect(await bo.open(frames.first)).toBeUndefined();
  });

  it('[16] older than one already opened does not open; a gap does no harm', async () => {
    const [ana, bo] = [await sealOf('Ana'), await sealOf('Bo')];
    const boxes = await Promise.all(['one', 'two', 'three', 'four'].map((text) => ana.seal(text)));
    const opened = await Promise.all([0, 2, 1, 3].map((at) => bo.open(boxes[at] ?? '')));
    expect(opened).toEqual(['one', 'three', undefined, 'four']);
  });

  it('for somebody else, from somebody else or of another room does not open', async () => {
    const stranger = randomBytes(16).toString('base64url');
    expect(await (await sealOf('Bo', { me: stranger })).open(frames.first)).toBeUndefined();
    expect(await (await sealOf('Bo', { peer: stranger })).open(frames.first)).toBeUndefined();
    expect(await (await sealOf('Bo', { roomId: stranger })).open(frames.first)).toBeUndefined();
  });

  it('does not open when it is sent back to its sender', async () => {
    expect(await (await sealOf('Ana')).open(frames.first)).toBeUndefined();
  });

  it('leaves in the order in which it was sealed, whatever deflating takes', async () => {
    const ana = await sealOf('Ana');
    const done: string[] = [];
    const long = randomBytes(15_000).toString('base64');
    await Promise.all([ana.seal(long).then(() => done.push('long')), ana.seal('short').then(() => done.push('short'))]);
    expect(done).toEqual(['long', 'short']);
  });
});

it('is made and opened in the page, without a Blob or a Response, which go by way of the browser’s own process', async () => {
  for (const name of ['Blob', 'Response']) vi.stubGlobal(name, undefined);
  const [ana, bo] = [await sealOf('Ana'), await sealOf('Bo')];
  expect(await bo.open(await ana.seal('hello'))).toBe('hello');
  vi.unstubAllGlobals();
});

describe('the size of a frame', () => {
  it('is the smallest step that holds it', async () => {
    const ana = await sealOf('Ana');
    const steps = [256, 1_024, 2_048, 4_096, 8_192, 16_384, 32_768];
    const seen = new Set<number>();
    for (const length of [0, 150, 187, 188, 189, 190, 191, 700, 1_500, 3_000, 6_000, 12_000, 24_000]) {
      const text = randomBytes(length).toString('base64');
      const frame = readFrame(await ana.seal(text));
      expect(frame.size).toBe(steps.find((step) => step >= frame.length + 4));
      expect(frame.text).toBe(text);
      seen.add(frame.size);
    }
    expect([...seen].sort((a, b) => a - b)).toEqual(steps);
  });

  it('of two short texts of unlike length is the same', async () => {
    const ana = await sealOf('Ana');
    expect((await ana.seal('a')).length).toBe((await ana.seal(randomBytes(100).toString('hex'))).length);
  });

  it('at its largest fits into what the room takes', async () => {
    const ana = await sealOf('Ana');
    const box = await ana.seal(randomBytes(20_000).toString('base64'));
    expect(Buffer.from(box, 'base64url').length).toBe(HEADER + 32_768 + 16);
    expect(box.length).toBeLessThanOrEqual(LIMITS.box);
  });

  it('is refused beyond that, and the next frame is none the worse', async () => {
    const [ana, bo] = [await sealOf('Ana'), await sealOf('Bo')];
    const long = randomBytes(MAX_DEFLATED_BYTES).toString('base64');
    await expect(ana.seal(long)).rejects.toThrow(RangeError);
    expect(await bo.open(await ana.seal('still here'))).toBe('still here');
  });

  it('is no way to fill memory: what inflates to more than 256 KiB is refused', async () => {
    const bo = await sealOf('Bo');
    const bomb = deflateRawSync(Buffer.alloc(262_145));
    expect(await bo.open(frameOf(padded(bomb), 1n))).toBeUndefined();
    const most = deflateRawSync(Buffer.alloc(262_144, 'a'));
    expect(await bo.open(frameOf(padded(most), 2n))).toHaveLength(262_144);
  });

  it('stops inflating a bomb as soon as it is one', async () => {
    const bomb = await deflate(new Uint8Array(50_000_000));
    const before = process.memoryUsage().arrayBuffers;
    await expect(inflate(bomb, 1_000)).rejects.toThrow(RangeError);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(5_000_000);
  });

  it('is refused where it states more bytes than it holds, or bytes that do not inflate', async () => {
    const bo = await sealOf('Bo');
    const deflated = deflateRawSync(utf8('[]'));
    expect(await bo.open(frameOf(padded(deflated, 253), 1n))).toBeUndefined();
    expect(await bo.open(frameOf(padded(deflated, 0xffffffff), 2n))).toBeUndefined();
    expect(await bo.open(frameOf(padded(Buffer.from([255, 255, 255])), 3n))).toBeUndefined();
    expect(await bo.open(frameOf(padded(deflated), 4n))).toBe('[]');
  });
});
