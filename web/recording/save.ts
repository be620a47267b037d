/**
 * A recording out of the browser's private files and into the person's own: through the browser's file picker where there
 * is one, else as a download. Copied as a stream, never into memory; deleted here only once it is there.
 * Refuses to know how it was made.
 */
import { recordingFolder } from './folders.ts';
import { letGo } from './locks.ts';
import { SIDECAR_NAME, titleOf } from './sidecar.ts';
import { repaired } from './repair.ts';
import type { KeptRecording, RecordedFile } from './states.ts';
import { discard, markDownloaded } from './store.ts';

export type SaveResult =
  /** In the person's file; no longer here. */
  | 'saved'
  /** Given to the browser's downloads; still here for a day, because no page can see them end. */
  | 'downloading'
  /** The person closed the picker, or refused it; still here. */
  | 'cancelled'
  /** The browser opens a picker only after a click; still here. */
  | 'needs-click'
  /** Could not be written there (disk full, drive gone); still here. */
  | 'failed';

export interface SaveOptions {
  /** 0..1. */
  onProgress?(progress: number): void;
  readonly signal?: AbortSignal;
}

/** Of the File System Access API, Chromium only. */
interface Pickers {
  showSaveFilePicker(options: {
    suggestedName: string;
    types: { description: string; accept: Record<string, string[]> }[];
  }): Promise<FileSystemFileHandle>;
  showDirectoryPicker(options: { mode: 'readwrite'; id: string }): Promise<FileSystemDirectoryHandle>;
}
const hasPickers = (where: object): where is Pickers => 'showSaveFilePicker' in where && 'showDirectoryPicker' in where;

const TYPES = { webm: 'video/webm', mkv: 'video/x-matroska', mp4: 'video/mp4' } as const;

export async function save(recording: KeptRecording, options: SaveOptions = {}): Promise<SaveResult> {
  if (!hasPickers(window)) return await download(recording);
  try {
    const targets = await pick(window, recording);
    await copyAll(targets, recording, options);
  } catch (error) {
    return refusal(error);
  }
  await discard(recording.id);
  letGo(recording.id);
  return 'saved';
}

interface Target {
  readonly source: Blob;
  readonly handle: FileSystemFileHandle;
}

/** One file: where the person says. Several: a folder of their own there, with the sidecar. */
async function pick(pickers: Pickers, recording: KeptRecording): Promise<Target[]> {
  const [only, second] = recording.files;
  if (!only) return [];
  if (!second) {
    const extension = only.name.endsWith('.mp4') ? 'mp4' : only.name.endsWith('.mkv') ? 'mkv' : 'webm';
    const handle = await pickers.showSaveFilePicker({
      suggestedName: only.name,
      types: [{ description: 'Video', accept: { [TYPES[extension]]: [`.${extension}`] } }],
    });
    return [{ source: await contentOf(recording, only.file), handle }];
  }
  const parent = await pickers.showDirectoryPicker({ mode: 'readwrite', id: 'recordings' });
  const into = await parent.getDirectoryHandle(titleOf(recording), { create: true });
  return await Promise.all(
    [...recording.files, { file: SIDECAR_NAME, name: SIDECAR_NAME }].map(async ({ file, name }) => ({
      source: await contentOf(recording, file),
      handle: await into.getFileHandle(name, { create: true }),
    })),
  );
}

async function copyAll(targets: readonly Target[], recording: KeptRecording, options: SaveOptions): Promise<void> {
  let copied = 0;
  for (const { source, handle } of targets) {
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform(chunk, controller) {
        copied += chunk.byteLength;
        options.onProgress?.(Math.min(1, copied / (recording.bytes || 1)));
        controller.enqueue(chunk);
      },
    });
    const target = await handle.createWritable();
    // pipeTo closes the target at the end and aborts it, leaving what was there before, on a failure.
    await source
      .stream()
      .pipeThrough(counter)
      .pipeTo(target, options.signal ? { signal: options.signal } : {});
  }
}

/** Blobs of private files stay on the disk; the browser copies them by itself. */
async function download(recording: KeptRecording): Promise<SaveResult> {
  const sidecar = { file: SIDECAR_NAME, name: `${titleOf(recording)}.json` };
  const files: Pick<RecordedFile, 'file' | 'name'>[] = [...recording.files];
  for (const { file, name } of files.length > 1 ? [...files, sidecar] : files) {
    const url = URL.createObjectURL(await contentOf(recording, file));
    const anchor = document.createElement('a');
    anchor.href = url;
    anchor.download = name;
    anchor.click();
    // A download that has begun keeps the file itself; this is only its name. A minute for "Where to?" dialogs.
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
  }
  await markDownloaded(recording.id).catch(() => undefined);
  return 'downloading';
}

/** What is not whole is repaired as it is copied: it plays, without a duration. */
async function contentOf(recording: KeptRecording, name: string): Promise<Blob> {
  const folder = await recordingFolder(recording.id);
  const file = await (await folder.getFileHandle(name)).getFile();
  return recording.whole || name === SIDECAR_NAME ? file : ((await repaired(file)) ?? file);
}

function refusal(error: unknown): SaveResult {
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'NotAllowedError') return 'cancelled';
  return name === 'SecurityError' ? 'needs-click' : 'failed';
}
