/**
 * Makes whole files of raw ones: copies their packets, no encoding, into files with duration and index, or from Matroska
 * into MP4. Reads and writes the private files as streams; the raw ones are deleted once their copies are closed.
 * Refuses to know why they are raw.
 */
import {
  BlobSource,
  Conversion,
  Input,
  MATROSKA,
  MP4,
  Mp4OutputFormat,
  Output,
  StreamTarget,
  WEBM,
  WebMOutputFormat,
  type StreamTargetChunk,
} from 'mediabunny';
import { openSync, writeText, type SyncHandle } from './disk.ts';
import { recordingFolder } from './folders.ts';
import { repaired } from './repair.ts';
import type { FromRewrite, RewriteOrder } from './rewrite.ts';
import { SIDECAR_NAME, type Sidecar, type SidecarFile } from './sidecar.ts';

self.onmessage = ({ data }: MessageEvent<RewriteOrder>) => void rewrite(data.sidecar);

async function rewrite(sidecar: Sidecar): Promise<void> {
  try {
    const folder = await recordingFolder(sidecar.id);
    const raw = await Promise.all(sidecar.files.map(({ file }) => sizeOf(folder, file)));
    const total = raw.reduce((sum, size) => sum + size, 0);
    let before = 0;
    const files: SidecarFile[] = [];
    for (const [index, entry] of sidecar.files.entries()) {
      const size = raw[index] ?? 0;
      const onProgress = (part: number) => tell({ type: 'progress', progress: (before + part * size) / (total || 1) });
      // Nothing could be written into it before the end, or nothing of it can be read: the others are worth saving.
      const file = size > 0 ? await copy(folder, entry, { format: sidecar.format, onProgress }) : undefined;
      if (file) files.push(file);
      before += size;
    }
    if (files.length === 0) throw new Error('nothing to recover');
    await writeText(folder, SIDECAR_NAME, JSON.stringify({ ...sidecar, whole: true, files }, null, 2));
    for (const { file } of sidecar.files) {
      if (!files.some((one) => one.file === file)) await folder.removeEntry(file).catch(() => undefined);
    }
    tell({ type: 'done' });
  } catch {
    tell({ type: 'failed' });
  }
}

interface CopyOptions {
  readonly format: Sidecar['format'];
  onProgress(part: number): void;
}

/** Undefined where the raw file holds nothing that can be read. */
async function copy(
  folder: FileSystemDirectoryHandle,
  entry: SidecarFile,
  { format, onProgress }: CopyOptions,
): Promise<SidecarFile | undefined> {
  const number = Number.parseInt(entry.file, 10);
  // A number of its own: the raw file stays until this one is closed.
  const name = `${number + 1000}.${format}`;
  const raw = await repaired(await (await folder.getFileHandle(entry.file)).getFile());
  if (!raw) return undefined;
  const input = new Input({ source: new BlobSource(raw), formats: [WEBM, MATROSKA] });
  const handle = await openSync(folder, name);
  // A copy that was given up may be there already, and longer.
  handle.truncate(0);
  let full: Error | undefined;
  try {
    const onFull = (error: Error): void => {
      full ??= error;
      conversion.cancel().catch(() => undefined);
    };
    const output = new Output({ format: formatOf(format), target: new StreamTarget(streamTo(handle, onFull)) });
    const conversion = await Conversion.init({ input, output, showWarnings: false });
    if (!conversion.isValid) throw new Error('no tracks');
    conversion.onProgress = (part) => onProgress(part);
    await conversion.execute();
    if (full) throw full;
    handle.flush();
    return { ...entry, file: name, duration: entry.duration ?? (await durationOf(folder, name)) };
  } catch {
    handle.close();
    // Half a copy would keep the last of a full disk.
    await folder.removeEntry(name).catch(() => undefined);
    if (full) throw full;
    return undefined;
  } finally {
    handle.close();
    input.dispose();
  }
}

/** Seconds. */
async function durationOf(folder: FileSystemDirectoryHandle, name: string): Promise<number> {
  const file = await (await folder.getFileHandle(name)).getFile();
  const input = new Input({ source: new BlobSource(file), formats: [WEBM, MATROSKA, MP4] });
  try {
    return await input.computeDuration();
  } finally {
    input.dispose();
  }
}

function formatOf(format: Sidecar['format']): WebMOutputFormat | Mp4OutputFormat {
  return format === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat();
}

/** Never errors: mediabunny closes a stream that did, and nobody hears that rejection. After `onFull` nothing is written. */
function streamTo(handle: SyncHandle, onFull: (error: Error) => void): WritableStream<StreamTargetChunk> {
  let full = false;
  return new WritableStream({
    write({ data, position }) {
      if (full) return;
      try {
        full = handle.write(data, { at: position }) < data.byteLength;
        if (full) onFull(new Error('short write'));
      } catch (error) {
        full = true;
        onFull(error instanceof Error ? error : new Error('write failed'));
      }
    },
  });
}

async function sizeOf(folder: FileSystemDirectoryHandle, name: string): Promise<number> {
  const handle = await folder.getFileHandle(name).catch(() => undefined);
  return handle ? (await handle.getFile()).size : 0;
}

function tell(message: FromRewrite): void {
  self.postMessage(message);
}
