/**
 * Recordings kept on this device: which there are, and away with them. One that another tab is recording or offering is not
 * listed: that tab holds its lock, and a killed tab's lock is gone with it. Refuses to know how a recording is made.
 */
import { lockName, recordingFolder, recordingsFolder } from './folders.ts';
import { guessSidecar, parseSidecar, savedNames, SIDECAR_NAME, type Sidecar } from './sidecar.ts';
import type { KeptRecording } from './states.ts';

/** No page can see a download end; after a day it has. */
const DOWNLOADED_KEPT_MS = 86_400_000;
/** What the engine writes; a half-made copy or the reserve is not a recording. */
const MEDIA_NAME = /^\d+\.(webm|mkv|mp4)$/;

/** Kept recordings that no tab is busy with, newest first. Empty where the browser keeps no private files. */
export async function interruptedRecordings(): Promise<KeptRecording[]> {
  try {
    const folder = await recordingsFolder();
    const locked = await lockedNames();
    const kept: KeptRecording[] = [];
    for await (const [id, handle] of folder.entries()) {
      if (handle.kind !== 'directory' || locked.has(lockName(id))) continue;
      const recording = await offered(id);
      if (recording) kept.push(recording);
    }
    return kept.sort((a, b) => b.startedAt - a.startedAt);
  } catch {
    return [];
  }
}

/** As it is on the disk now. Rejects where it is not there. */
export async function describe(id: string): Promise<{ recording: KeptRecording; sidecar: Sidecar }> {
  const folder = await recordingFolder(id);
  const media = new Map<string, File>();
  for await (const [name, handle] of folder.entries()) {
    if (isFile(handle) && MEDIA_NAME.test(name)) media.set(name, await handle.getFile());
  }
  const sidecar = (await readSidecar(folder)) ?? guessSidecar(id, [...media.keys()].sort());
  return { recording: recordingOf(sidecar, media), sidecar };
}

/** Deletes it. It may be gone already. */
export async function discard(id: string): Promise<void> {
  const folder = await recordingsFolder();
  await folder.removeEntry(id, { recursive: true }).catch((error: unknown) => {
    if (!(error instanceof Error && error.name === 'NotFoundError')) throw error;
  });
}

/** The recording is offered no more, and deleted a day later. Where a page cannot write files it is offered again. */
export async function markDownloaded(id: string): Promise<void> {
  const folder = await recordingFolder(id);
  const sidecar = await readSidecar(folder);
  const handle = await folder.getFileHandle(SIDECAR_NAME);
  if (!sidecar || !('createWritable' in handle)) return;
  const stream = await handle.createWritable();
  await stream.write(JSON.stringify({ ...sidecar, downloadedAt: Date.now() }, null, 2));
  await stream.close();
}

function recordingOf(sidecar: Sidecar, media: ReadonlyMap<string, File>): KeptRecording {
  const names = savedNames(sidecar);
  const present = sidecar.files.flatMap((entry) => {
    const file = media.get(entry.file);
    return file ? [{ entry, file }] : [];
  });
  // The last write of an interrupted file is as near to its end as can be said without reading it.
  const ends = present.map(({ entry, file }) =>
    entry.duration === undefined ? (file.lastModified - sidecar.startedAt) / 1000 : entry.offset + entry.duration,
  );
  return {
    id: sidecar.id,
    startedAt: sidecar.startedAt,
    duration: Math.max(0, ...ends),
    bytes: present.reduce((sum, { file }) => sum + file.size, 0),
    mode: sidecar.mode,
    whole: sidecar.whole,
    files: present.map(({ entry, file }) => ({
      file: entry.file,
      name: names.get(entry.file) ?? entry.file,
      bytes: file.size,
      offset: entry.offset,
    })),
  };
}

/** Undefined for what is not worth offering, which is deleted. */
async function offered(id: string): Promise<KeptRecording | undefined> {
  try {
    const { recording, sidecar } = await describe(id);
    const fetched = sidecar.downloadedAt;
    if (fetched === undefined && recording.bytes > 0) return recording;
    if (fetched === undefined || Date.now() - fetched > DOWNLOADED_KEPT_MS) await discard(id);
    return undefined;
  } catch {
    // Another tab deleted it between the listing and now, or holds its files open without a lock.
    return undefined;
  }
}

async function readSidecar(folder: FileSystemDirectoryHandle): Promise<Sidecar | undefined> {
  try {
    const handle = await folder.getFileHandle(SIDECAR_NAME);
    return parseSidecar(await (await handle.getFile()).text());
  } catch {
    return undefined;
  }
}

async function lockedNames(): Promise<Set<string>> {
  const { held = [] } = await navigator.locks.query();
  return new Set(held.map(({ name }) => name ?? ''));
}

const isFile = (handle: FileSystemHandle): handle is FileSystemFileHandle => handle.kind === 'file';
