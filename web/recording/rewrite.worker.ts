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
  try {
    const output = new Output({ format: formatOf(format), target: new StreamTarget(streamTo(handle)) });
    const conversion = await Conversion.init({ input, output, showWarnings: false });
    if (!conversion.isValid) throw new Error('no tracks');
    let duration = 0;
    conversion.onProgress = (part, processed) => {
      duration = processed;
      onProgress(part);
    };
    await conversion.execute();
    handle.flush();
    return { ...entry, file: name, duration: entry.duration ?? duration };
  } catch (error) {
    if (error instanceof Error && error.name === 'QuotaExceededError') throw error;
    return undefined;
  } finally {
    handle.close();
    input.dispose();
  }
}

function formatOf(format: Sidecar['format']): WebMOutputFormat | Mp4OutputFormat {
  return format === 'mp4' ? new Mp4OutputFormat({ fastStart: false }) : new WebMOutputFormat();
}

function streamTo(handle: SyncHandle): WritableStream<StreamTargetChunk> {
  return new WritableStream({
    write({ data, position }) {
      if (handle.write(data, { at: position }) < data.byteLength) {
        throw new DOMException('short write', 'QuotaExceededError');
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
