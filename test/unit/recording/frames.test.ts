import { expect, it } from 'vitest';
import { Frames } from '../../../web/recording/frames.ts';

/** A frame that knows whether it was given back; all that are open are counted. */
class Frame {
  static open = 0;
  closed = false;

  constructor() {
    Frame.open += 1;
  }

  close(): void {
    if (!this.closed) Frame.open -= 1;
    this.closed = true;
  }
}

const frame = () => new Frame() as unknown as VideoFrame;
const settled = () => new Promise((resolve) => setTimeout(resolve));

/** A track's stream. */
function stream() {
  const state = { cancelled: false };
  let controller: ReadableStreamDefaultController<VideoFrame> | undefined;
  const readable = new ReadableStream<VideoFrame>(
    { start: (made) => void (controller = made), cancel: () => void (state.cancelled = true) },
    { highWaterMark: 0 },
  );
  return {
    state,
    readable,
    give: async () => {
      controller?.enqueue(frame());
      await settled();
    },
    end: () => controller?.close(),
    fail: () => controller?.error(new Error('the track is gone')),
  };
}

it('keeps the newest picture of each track that is shown, and gives all others back', async () => {
  Frame.open = 0;
  const frames = new Frames();
  frames.keep(['ana', 'bob']);
  const [ana, bob] = [stream(), stream()];
  void frames.read('ana', ana.readable);
  void frames.read('bob', bob.readable);
  for (let at = 0; at < 5; at += 1) await Promise.all([ana.give(), bob.give()]);
  expect(Frame.open).toBe(2);
  expect(frames.get('ana')?.frame).toMatchObject({ closed: false });
  frames.keep(['bob']);
  await settled();
  expect(Frame.open).toBe(1);
  expect(ana.state.cancelled).toBe(true);
  expect(frames.get('ana')).toBeUndefined();
  frames.close();
  await settled();
  expect(Frame.open).toBe(0);
  expect(bob.state.cancelled).toBe(true);
});

it('gives back what comes of a track that is not shown, by a stream or one by one', async () => {
  Frame.open = 0;
  const frames = new Frames();
  const ana = stream();
  void frames.read('ana', ana.readable);
  await ana.give();
  frames.put('bob', frame());
  expect(Frame.open).toBe(0);
});

it('reads the later of two streams of a track', async () => {
  Frame.open = 0;
  const frames = new Frames();
  frames.keep(['ana']);
  const [before, after] = [stream(), stream()];
  void frames.read('ana', before.readable);
  await before.give();
  void frames.read('ana', after.readable);
  await after.give();
  expect(before.state.cancelled).toBe(true);
  expect(Frame.open).toBe(1);
});

it.each(['end', 'fail'] as const)('keeps the last picture of a stream that comes to its %s', async (how) => {
  Frame.open = 0;
  const frames = new Frames();
  frames.keep(['ana']);
  const ana = stream();
  const read = frames.read('ana', ana.readable);
  await ana.give();
  ana[how]();
  await read;
  expect(frames.get('ana')?.frame).toMatchObject({ closed: false });
  frames.close();
  expect(Frame.open).toBe(0);
});
