import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { SIDECAR_NAME, type Sidecar } from '../../../web/recording/sidecar.ts';
import { describe as describeRecording, discard, interruptedRecordings } from '../../../web/recording/store.ts';

type Folder = Map<string, Folder | File>;

const AT = 1_790_000_000_000;
const HOUR = 3_600_000;

let recordings: Folder;
let locks: string[];

/** As much of the origin-private file system as the store uses. */
function handleOf(folder: Folder): unknown {
  return {
    kind: 'directory',
    async *entries() {
      for (const [name, entry] of folder) yield [name, entry instanceof Map ? handleOf(entry) : fileHandle(entry)];
    },
    getDirectoryHandle: async (name: string) => {
      const entry = folder.get(name);
      if (!(entry instanceof Map)) throw new DOMException(name, 'NotFoundError');
      return handleOf(entry);
    },
    getFileHandle: async (name: string) => {
      const entry = folder.get(name);
      if (!(entry instanceof File)) throw new DOMException(name, 'NotFoundError');
      return fileHandle(entry);
    },
    removeEntry: async (name: string) => {
      if (!folder.delete(name)) throw new DOMException(name, 'NotFoundError');
    },
  };
}

const fileHandle = (file: File) => ({ kind: 'file', getFile: async () => file });
const media = (bytes: number, lastModified: number) => new File([new Uint8Array(bytes)], 'x', { lastModified });

function add(id: string, sidecar: Partial<Sidecar> | string, files: Record<string, File>) {
  const base = { version: 1, id, startedAt: AT, mode: 'meeting', format: 'webm', whole: false, files: [] };
  const text = typeof sidecar === 'string' ? sidecar : JSON.stringify({ ...base, ...sidecar });
  recordings.set(id, new Map([[SIDECAR_NAME, new File([text], SIDECAR_NAME)], ...Object.entries(files)]));
}

beforeEach(() => {
  recordings = new Map();
  locks = [];
  vi.stubGlobal('navigator', {
    storage: { getDirectory: async () => handleOf(new Map([['recordings', recordings]])) },
    locks: { query: async () => ({ held: locks.map((name) => ({ name })) }) },
  });
  vi.useFakeTimers({ now: AT + 2 * HOUR });
});

afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

it('77: lists what a killed tab left, with its time, its length so far and its size', async () => {
  add(
    `${AT}-a`,
    { files: [{ file: '0.webm', kind: 'meeting', name: '', offset: 0 }] },
    { '0.webm': media(1_000, AT + 38 * 60_000) },
  );
  expect(await interruptedRecordings()).toMatchObject([
    { id: `${AT}-a`, startedAt: AT, duration: 38 * 60, bytes: 1_000, whole: false, mode: 'meeting' },
  ]);
});

it('does not list what another tab records or offers', async () => {
  add(`${AT}-a`, { files: [{ file: '0.webm', kind: 'meeting', name: '', offset: 0 }] }, { '0.webm': media(9, AT) });
  locks = [`snug-recording:${AT}-a`];
  expect(await interruptedRecordings()).toEqual([]);
});

it('lists whole recordings that were not saved, newest first', async () => {
  const files = [{ file: '0.webm', kind: 'meeting', name: '', offset: 0, duration: 60 }] as const;
  add('1-a', { startedAt: 1, whole: true, files }, { '0.webm': media(9, AT) });
  add('2-b', { startedAt: 2, whole: true, files }, { '0.webm': media(9, AT) });
  const kept = await interruptedRecordings();
  expect(kept.map(({ id, whole, duration }) => [id, whole, duration])).toEqual([
    ['2-b', true, 60],
    ['1-a', true, 60],
  ]);
});

it('finds the files where the sidecar was cut off', async () => {
  add(`${AT}-a`, '{"version":1,"id', { '0.webm': media(500, AT + 60_000), reserve: media(4_000, AT) });
  expect(await interruptedRecordings()).toMatchObject([{ startedAt: AT, bytes: 500, duration: 60, whole: false }]);
});

it('counts a late joiner’s file from where it begins', async () => {
  const files = [
    { file: '0.webm', kind: 'person', name: 'Ana', offset: 0, duration: 30 },
    { file: '1.webm', kind: 'person', name: 'Bob', offset: 20, duration: 25 },
  ] as const;
  add('1-a', { mode: 'tracks', whole: true, files }, { '0.webm': media(5, AT), '1.webm': media(7, AT) });
  const { recording } = await describeRecording('1-a');
  expect(recording).toMatchObject({ duration: 45, bytes: 12 });
  expect(recording.files.map(({ offset }) => offset)).toEqual([0, 20]);
});

it('deletes what holds nothing, and what was downloaded a day ago', async () => {
  const files = [{ file: '0.webm', kind: 'meeting', name: '', offset: 0 }] as const;
  add('1-empty', { files }, {});
  add('2-fresh', { files, downloadedAt: AT + HOUR }, { '0.webm': media(9, AT) });
  add('3-old', { files, downloadedAt: AT - 24 * HOUR }, { '0.webm': media(9, AT) });
  expect(await interruptedRecordings()).toEqual([]);
  expect([...recordings.keys()]).toEqual(['2-fresh']);
});

it('discards, also what is gone already', async () => {
  add('1-a', {}, {});
  await discard('1-a');
  await discard('1-a');
  expect([...recordings.keys()]).toEqual([]);
});

it('lists nothing where the browser keeps no private files', async () => {
  vi.stubGlobal('navigator', {
    storage: { getDirectory: () => Promise.reject(new DOMException('', 'SecurityError')) },
  });
  expect(await interruptedRecordings()).toEqual([]);
});
