import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { VoiceDetector, type FromWorklet, type ToWorklet } from '../../../web/media/voice/detector.ts';

/** As much of Web Audio as the detector touches. */
class FakeContext {
  static made: FakeContext[] = [];
  static modules: () => Promise<void> = () => Promise.resolve();
  static refusesRate = false;
  state = 'suspended';
  onstatechange: (() => void) | null = null;
  readonly audioWorklet = { addModule: () => FakeContext.modules() };
  readonly options: { sampleRate?: number } | undefined;

  constructor(options?: { sampleRate?: number }) {
    this.options = options;
    FakeContext.made.push(this);
  }
  createMediaStreamSource(): { connect(): void; disconnect(): void } {
    if (FakeContext.refusesRate && this.options?.sampleRate !== undefined)
      throw new DOMException('', 'NotSupportedError');
    return { connect: () => undefined, disconnect: () => undefined };
  }
  resume(): Promise<void> {
    return new Promise(() => undefined);
  }
  suspend(): Promise<void> {
    return Promise.resolve();
  }
  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
  run(): void {
    this.state = 'running';
    this.onstatechange?.();
  }
}

class FakeNode {
  static last: FakeNode | undefined;
  readonly sent: ToWorklet[] = [];
  readonly port = {
    onmessage: undefined as ((event: { data: FromWorklet }) => void) | undefined,
    postMessage: (message: ToWorklet) => void this.sent.push(message),
  };
  constructor() {
    FakeNode.last = this;
  }
  says(data: FromWorklet): void {
    this.port.onmessage?.({ data });
  }
}

const track: MediaStreamTrack = Object.create(null);
let told: (boolean | string)[] = [];
let detector: VoiceDetector;

const settled = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);
const run = (): number => FakeNode.last!.sent.findLast((message) => message.type === 'reset')!.run;

beforeEach(() => {
  vi.useFakeTimers();
  FakeContext.made = [];
  FakeContext.modules = () => Promise.resolve();
  FakeContext.refusesRate = false;
  FakeNode.last = undefined;
  vi.stubGlobal('AudioContext', FakeContext);
  vi.stubGlobal('AudioWorkletNode', FakeNode);
  vi.stubGlobal('MediaStream', class {});
  vi.stubGlobal('fetch', () => Promise.resolve(new Response(new Uint8Array(8))));
  told = [];
  detector = new VoiceDetector({
    onVoice: (active) => told.push(active),
    onUnavailable: (reason) => told.push(reason),
  });
});

afterEach(() => {
  detector.close();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

test('a context that never runs is unavailable after 2 s, said once', async () => {
  detector.start(track);
  await vi.advanceTimersByTimeAsync(1_990);
  expect(told).toEqual([]);
  await vi.advanceTimersByTimeAsync(20);
  expect(told).toEqual(['suspended']);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(told).toEqual(['suspended']);
  expect(detector.engine).toBe('unavailable');
});

test('one that runs late is listened to all the same', async () => {
  detector.start(track);
  await vi.advanceTimersByTimeAsync(5_000);
  FakeNode.last!.says({ type: 'ready', engine: 'rnnoise' });
  FakeContext.made[0]!.run();
  expect(detector.engine).toBe('rnnoise');
  FakeNode.last!.says({ type: 'voice', run: run(), active: true });
  expect(told).toEqual(['suspended', true]);
});

test('without WebAssembly it says that it listens by level', async () => {
  detector.start(track);
  await settled();
  FakeContext.made[0]!.run();
  FakeNode.last!.says({ type: 'ready', engine: 'energy' });
  expect(detector.engine).toBe('energy');
});

test('stopped, it is quiet, and what was heard before counts no more', async () => {
  detector.start(track);
  await settled();
  FakeContext.made[0]!.run();
  FakeNode.last!.says({ type: 'ready', engine: 'rnnoise' });
  const before = run();
  FakeNode.last!.says({ type: 'voice', run: before, active: true });
  detector.stop();
  FakeNode.last!.says({ type: 'voice', run: before, active: true });
  detector.start(track);
  await settled();
  FakeNode.last!.says({ type: 'voice', run: before, active: true });
  expect(told).toEqual([true, false]);
  FakeNode.last!.says({ type: 'voice', run: run(), active: true });
  expect(told).toEqual([true, false, true]);
});

test('an audio thread that does not load is a failure, not a wait', async () => {
  FakeContext.modules = () => Promise.reject(new Error('404'));
  detector.start(track);
  await settled();
  expect(told).toEqual(['failed']);
});

test('a browser without AudioWorklet is unsupported', async () => {
  FakeContext.modules = () => Promise.reject(new TypeError('undefined'));
  vi.stubGlobal('AudioWorkletNode', undefined);
  Reflect.deleteProperty(globalThis, 'AudioWorkletNode');
  detector.start(track);
  await settled();
  expect(told).toEqual(['unsupported']);
});

test('where a microphone connects at its own rate only (Firefox), the context takes that rate', async () => {
  FakeContext.refusesRate = true;
  detector.start(track);
  await settled();
  expect(FakeContext.made.map(({ options }) => options?.sampleRate)).toEqual([48000, undefined]);
  expect(FakeContext.made[0]!.state).toBe('closed');
  FakeContext.made[1]!.run();
  FakeNode.last!.says({ type: 'ready', engine: 'rnnoise' });
  expect(detector.engine).toBe('rnnoise');
});

test('closed while it loads, it leaves nothing behind, and can be started again', async () => {
  let finish = (): void => undefined;
  FakeContext.modules = () => new Promise((resolve) => (finish = resolve));
  detector.start(track);
  await settled();
  detector.close();
  finish();
  await settled();
  expect(FakeNode.last).toBeUndefined();
  FakeContext.modules = () => Promise.resolve();
  detector.start(track);
  await settled();
  FakeContext.made[1]!.run();
  FakeNode.last!.says({ type: 'ready', engine: 'rnnoise' });
  expect(detector.engine).toBe('rnnoise');
  expect(told).toEqual([]);
});
