import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Recorder, type RecorderParts } from '../../../web/recording/recorder.ts';
import type { SessionOptions } from '../../../web/recording/session.ts';
import type { KeptRecording, RecorderState, RecordingProblem, RecordingSource } from '../../../web/recording/states.ts';

const raw: KeptRecording = {
  id: 'x',
  startedAt: 0,
  duration: 8,
  bytes: 800,
  mode: 'meeting',
  whole: false,
  files: [],
};
const whole: KeptRecording = { ...raw, whole: true };

let states: RecorderState[];
let problems: RecordingProblem[];
let sources: RecordingSource[];
let sessions: { options: SessionOptions; update: ReturnType<typeof vi.fn>; stop: () => void; close: () => void }[];
let parts: { [Part in keyof RecorderParts]: ReturnType<typeof vi.fn<RecorderParts[Part]>> };
let recorder: Recorder;

beforeEach(() => {
  states = [];
  problems = [];
  sources = [];
  sessions = [];
  parts = {
    open: vi.fn((options) => {
      const session = { options, update: vi.fn(), stop: vi.fn(), close: vi.fn() };
      sessions.push(session);
      return session;
    }),
    rewrite: vi.fn(() => Promise.resolve(whole)),
    describe: vi.fn(() => Promise.resolve(whole)),
    hold: vi.fn(() => Promise.resolve(true)),
    letGo: vi.fn(),
    spaceLeft: vi.fn(() => Promise.resolve<number | undefined>(10_000_000_000)),
    now: vi.fn(() => 1_000_000),
  };
  recorder = new Recorder(
    { sources: () => sources, onState: (state) => states.push(state), onProblem: (problem) => problems.push(problem) },
    parts,
  );
});

const settle = async () => {
  for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
};

/** From the press until `readyAt` devices and encoders are opened: of that time nothing is recorded. */
async function recording({ readyAt = 1_000_000 } = {}) {
  recorder.start({ mode: 'meeting' });
  await settle();
  const session = sessions.at(-1);
  if (!session) throw new Error('no session');
  parts.now.mockReturnValue(readyAt);
  session.options.events.onReady(true);
  return session;
}

const kinds = () => states.map(({ kind }) => kind);

describe('a recording', () => {
  it('starts, tells size and level and space, stops and is done', async () => {
    const session = await recording({ readyAt: 1_001_000 });
    session.options.events.onPulse({ bytes: 500, level: 0.3, skipped: 0 });
    await settle();
    session.options.events.onPulse({ bytes: 900, level: 0.4, skipped: 0 });
    expect(recorder.state).toEqual({
      kind: 'recording',
      mode: 'meeting',
      since: 1_001_000,
      bytes: 900,
      level: 0.4,
      spaceLeft: 10_000_000_000,
    });
    const stopped = recorder.stop();
    expect(session.stop).toHaveBeenCalledOnce();
    session.options.events.onClosed('stopped', true);
    await stopped;
    expect(recorder.state).toEqual({ kind: 'done', end: 'stopped', recording: whole });
    expect(session.close).toHaveBeenCalledOnce();
    expect(kinds()).toEqual(['starting', 'recording', 'recording', 'recording', 'finalising', 'done']);
    expect(parts.rewrite).not.toHaveBeenCalled();
  });

  it('follows people at every pulse and when told', async () => {
    const session = await recording();
    session.options.events.onPulse({ bytes: 0, level: 0, skipped: 0 });
    recorder.sourcesChanged();
    expect(session.update).toHaveBeenCalledTimes(2);
  });

  it('that is stopped before it began stops as soon as it has', async () => {
    recorder.start({ mode: 'meeting' });
    const stopped = recorder.stop();
    await settle();
    const [session] = sessions;
    session?.options.events.onReady(true);
    expect(session?.stop).toHaveBeenCalledOnce();
    session?.options.events.onClosed('stopped', true);
    await stopped;
    expect(recorder.state.kind).toBe('done');
  });

  it('keeps its lock until it is dismissed, so that no other tab offers it', async () => {
    const session = await recording();
    void recorder.stop();
    session.options.events.onClosed('stopped', true);
    await settle();
    expect(parts.letGo).not.toHaveBeenCalled();
    recorder.dismiss();
    expect(parts.letGo).toHaveBeenCalledOnce();
    expect(recorder.state.kind).toBe('idle');
  });

  it('can be followed by another; a second start while one runs is nothing', async () => {
    const session = await recording();
    recorder.start({ mode: 'audio' });
    await settle();
    expect(sessions.length).toBe(1);
    void recorder.stop();
    session.options.events.onClosed('stopped', true);
    await settle();
    recorder.start({ mode: 'audio' });
    await settle();
    expect(sessions.length).toBe(2);
    expect(sessions[1]?.options.opening).toMatchObject({ mode: 'audio', format: 'webm' });
  });

  it('goes on where locks are refused', async () => {
    parts.hold.mockRejectedValue(new Error('SecurityError'));
    await recording();
    expect(recorder.state.kind).toBe('recording');
  });
});

describe('finalising', () => {
  it('76: a full disk ends it by itself, and what was written is made whole', async () => {
    const session = await recording();
    session.options.events.onEnding('disk-full');
    expect(recorder.state.kind).toBe('finalising');
    parts.rewrite.mockImplementation((_id, { onProgress }) => {
      onProgress?.(0.5);
      return Promise.resolve(whole);
    });
    session.options.events.onClosed('disk-full', false);
    await settle();
    expect(states).toContainEqual({ kind: 'finalising', progress: 0.5 });
    expect(recorder.state).toEqual({ kind: 'done', end: 'disk-full', recording: whole });
  });

  it('that is cancelled keeps the raw file', async () => {
    const session = await recording();
    parts.rewrite.mockImplementation(
      (_id, { signal }) =>
        new Promise((_, reject) => signal?.addEventListener('abort', () => reject(new DOMException('', 'AbortError')))),
    );
    parts.describe.mockResolvedValue(raw);
    const stopped = recorder.stop();
    session.options.events.onClosed('stopped', false);
    await settle();
    expect(recorder.state.kind).toBe('finalising');
    recorder.cancelFinalising();
    await stopped;
    expect(recorder.state).toEqual({ kind: 'done', end: 'stopped', recording: raw });
  });

  it('that finds no space keeps the raw file', async () => {
    const session = await recording();
    parts.rewrite.mockRejectedValue(new Error('failed'));
    parts.describe.mockResolvedValue(raw);
    session.options.events.onClosed('disk-full', false);
    await settle();
    expect(recorder.state).toEqual({ kind: 'done', end: 'disk-full', recording: raw });
  });

  it('says so where nothing is left', async () => {
    const session = await recording();
    parts.rewrite.mockRejectedValue(new Error('failed'));
    parts.describe.mockRejectedValue(new DOMException('', 'NotFoundError'));
    const stopped = recorder.stop();
    session.options.events.onClosed('write-failed', false);
    await stopped;
    expect(recorder.state).toEqual({ kind: 'failed', failure: 'lost' });
    expect(parts.letGo).toHaveBeenCalledOnce();
  });
});

describe('problems', () => {
  it('without sound it records pictures and says so', async () => {
    recorder.start({ mode: 'meeting' });
    await settle();
    sessions[0]?.options.events.onReady(false);
    expect(problems).toEqual(['no-sound']);
    expect(recorder.state.kind).toBe('recording');
  });

  it.each(['no-storage', 'no-encoder', 'no-sound'] as const)('%s ends it before it begins', async (failure) => {
    recorder.start({ mode: 'audio' });
    const stopped = recorder.stop();
    await settle();
    sessions[0]?.options.events.onFailed(failure);
    await stopped;
    expect(recorder.state).toEqual({ kind: 'failed', failure });
    expect(sessions[0]?.close).toHaveBeenCalled();
  });

  it('warns once below 500 MB', async () => {
    parts.spaceLeft.mockResolvedValue(499_999_999);
    const session = await recording();
    for (const second of [1, 2, 20, 30]) {
      parts.now.mockReturnValue(1_000_000 + second * 1000);
      session.options.events.onPulse({ bytes: 1, level: 0, skipped: 0 });
      await settle();
    }
    expect(problems).toEqual(['space-low']);
    expect(parts.spaceLeft).toHaveBeenCalledTimes(3);
  });

  it('does not warn where the browser does not say what is left', async () => {
    parts.spaceLeft.mockResolvedValue(undefined);
    const session = await recording();
    session.options.events.onPulse({ bytes: 1, level: 0, skipped: 0 });
    await settle();
    expect(problems).toEqual([]);
  });

  it('says when the machine is too slow, not when a picture is missing now and then', async () => {
    const session = await recording();
    const pulse = (second: number, skipped: number) => {
      parts.now.mockReturnValue(1_000_000 + second * 1000);
      session.options.events.onPulse({ bytes: 1, level: 0, skipped });
    };
    for (let second = 0; second < 30; second += 1) pulse(second, 2);
    expect(problems).toEqual([]);
    for (let second = 30; second < 45; second += 1) pulse(second, 12);
    expect(problems).toEqual(['too-slow']);
  });
});
