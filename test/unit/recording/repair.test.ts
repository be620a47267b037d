import {
  BlobSource,
  EncodedAudioPacketSource,
  EncodedPacket,
  EncodedPacketSink,
  EncodedVideoPacketSource,
  Input,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type StreamTargetChunk,
} from 'mediabunny';
import { beforeAll, expect, it } from 'vitest';
import { repaired } from '../../../web/recording/repair.ts';

/** Five seconds as the engine writes them: 10 pictures and 25 packets of sound a second, a key frame every second. */
const SECONDS = 5;
const PICTURES = 10;
const SOUNDS = 25;

interface Write {
  readonly data: Uint8Array;
  readonly at: number;
}
let writes: Write[];
/** Up to here nothing was closed. */
let beforeClosing: number;

const packet = (type: 'key' | 'delta', time: number, duration: number, bytes: number) =>
  new EncodedPacket(new Uint8Array(bytes).fill(bytes % 251), type, time, duration);

beforeAll(async () => {
  writes = [];
  const output = new Output({
    format: new WebMOutputFormat(),
    target: new StreamTarget(
      new WritableStream<StreamTargetChunk>({
        write: ({ data, position }) => void writes.push({ data: data.slice(), at: position }),
      }),
    ),
  });
  const picture = new EncodedVideoPacketSource('vp8');
  const sound = new EncodedAudioPacketSource('opus');
  output.addVideoTrack(picture);
  output.addAudioTrack(sound);
  await output.start();
  const config = { codec: 'vp8', codedWidth: 64, codedHeight: 36 };
  for (let index = 0; index < SECONDS * 50; index += 1) {
    const time = index / 50;
    if (index % (50 / PICTURES) === 0) {
      const type = index % 50 === 0 ? 'key' : 'delta';
      await picture.add(packet(type, time, 1 / PICTURES, 900 + index), { decoderConfig: config });
    }
    if (index % (50 / SOUNDS) === 0) {
      const decoderConfig = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 };
      await sound.add(packet('key', time, 1 / SOUNDS, 100 + index), { decoderConfig });
    }
  }
  beforeClosing = writes.length;
  await output.finalize();
});

function fileOf(count: number): Uint8Array<ArrayBuffer> {
  const done = writes.slice(0, count);
  const file = new Uint8Array(Math.max(0, ...done.map(({ data, at }) => at + data.length)));
  for (const { data, at } of done) file.set(data, at);
  return file;
}

/** How many packets of both tracks can be read, and when the last begins. */
async function read(file: Blob): Promise<{ packets: number; last: number }> {
  const input = new Input({ source: new BlobSource(file), formats: [WEBM] });
  let [packets, last] = [0, 0];
  for (const track of await input.getTracks()) {
    for await (const { timestamp } of new EncodedPacketSink(track).packets()) {
      packets += 1;
      last = Math.max(last, timestamp);
    }
  }
  return { packets, last };
}

it('loses nothing of what was written before it was closed', async () => {
  const file = await repaired(new Blob([fileOf(beforeClosing)]));
  if (!file) throw new Error('nothing');
  const { packets, last } = await read(file);
  // The newest packets of a track wait for the other track.
  expect(packets).toBeGreaterThan(SECONDS * (PICTURES + SOUNDS) - 5);
  expect(last).toBeGreaterThan(SECONDS - 0.2);
});

it('says how long it is, where its writer did not, and as its writer did', async () => {
  const lengthOf = async (bytes: Uint8Array<ArrayBuffer>) => {
    const input = new Input({
      source: new BlobSource((await repaired(new Blob([bytes]))) ?? new Blob()),
      formats: [WEBM],
    });
    return await input.getDurationFromMetadata();
  };
  expect(await lengthOf(fileOf(beforeClosing))).toBeCloseTo(SECONDS, 0);
  expect(await lengthOf(fileOf(Math.round(beforeClosing / 2)))).toBeCloseTo(SECONDS / 2, 0);
  expect(await lengthOf(fileOf(writes.length))).toBeCloseTo(SECONDS, 1);
});

it('reads every packet that is whole, wherever the writer was killed', async () => {
  const whole = fileOf(beforeClosing);
  let before = 0;
  for (let length = whole.length; length > 400; length -= 997) {
    const file = await repaired(new Blob([whole.slice(0, length)]));
    if (!file) throw new Error(`nothing of ${length} bytes`);
    expect(file.size).toBeGreaterThan(length - 1_300);
    const { packets } = await read(file);
    if (before > 0) expect(before - packets).toBeLessThanOrEqual(12);
    before = packets;
  }
});

it('is the same between any two writes, also while it is being closed', async () => {
  for (let count = 8; count <= writes.length; count += count < beforeClosing ? 23 : 1) {
    const file = await repaired(new Blob([fileOf(count)]));
    if (!file) throw new Error(`nothing after ${count} writes`);
    expect((await read(file)).packets).toBeGreaterThan(count * 0.6 - 8);
  }
});

it('is nothing where there was nothing yet, or it is something else', async () => {
  const whole = fileOf(beforeClosing);
  for (const bytes of [
    new Uint8Array(),
    whole.slice(0, 30),
    new Uint8Array(5_000),
    crypto.getRandomValues(new Uint8Array(5_000)),
  ]) {
    expect(await repaired(new Blob([bytes]))).toBeUndefined();
  }
});
