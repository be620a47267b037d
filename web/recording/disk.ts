/**
 * Bytes to the origin-private file system, from a worker: every write is with the system when it returns, so that a killed
 * tab loses nothing of it. A disk that is full is reported once, and a reserve given back lets the file be closed properly.
 * Refuses to know what the bytes are.
 */

/** Of lib.webworker; pages have no such handle. */
export interface SyncHandle {
  write(data: Uint8Array<ArrayBuffer>, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

interface SyncFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(): Promise<SyncHandle>;
}

const hasSyncAccess = (handle: FileSystemFileHandle): handle is SyncFileHandle => 'createSyncAccessHandle' in handle;

export type DiskProblem = 'disk-full' | 'write-failed';

/** Opens `name`, which is made where it is not there. */
export async function openSync(folder: FileSystemDirectoryHandle, name: string): Promise<SyncHandle> {
  const handle = await folder.getFileHandle(name, { create: true });
  if (!hasSyncAccess(handle)) throw new DOMException('no FileSystemSyncAccessHandle', 'NotSupportedError');
  return await handle.createSyncAccessHandle();
}

/** Small text in one go, in place of what was there. */
export async function writeText(folder: FileSystemDirectoryHandle, name: string, text: string): Promise<void> {
  const handle = await openSync(folder, name);
  try {
    const bytes = new TextEncoder().encode(text);
    // Cut only afterwards: on a full disk the write fails and the old text stays.
    handle.write(bytes, { at: 0 });
    handle.truncate(bytes.byteLength);
    handle.flush();
  } finally {
    handle.close();
  }
}

/** Enough for the index of a day (20 bytes a second) and the data that encoders still hold. */
const RESERVE_BYTES = 4_000_000;
export const RESERVE_NAME = 'reserve';

/** Space taken at the start of a recording and given back when the disk is full. */
export class Reserve {
  #handle: SyncHandle | undefined;

  /** Without a reserve where there is hardly room for the recording itself. */
  async take(folder: FileSystemDirectoryHandle): Promise<void> {
    try {
      const { quota = 0, usage = 0 } = await navigator.storage.estimate();
      if (quota - usage < 4 * RESERVE_BYTES) return;
      this.#handle = await openSync(folder, RESERVE_NAME);
      const piece = new Uint8Array(RESERVE_BYTES / 4);
      for (let at = 0; at < RESERVE_BYTES; at += piece.length) this.#handle.write(piece, { at });
    } catch {
      this.#handle?.close();
      this.#handle = undefined;
    }
  }

  /** True where there was something to give back. */
  release(): boolean {
    const handle = this.#handle;
    this.#handle = undefined;
    if (!handle) return false;
    try {
      handle.truncate(0);
      handle.flush();
      return true;
    } catch {
      return false;
    } finally {
      handle.close();
    }
  }
}

export interface DiskFileOptions {
  readonly handle: SyncHandle;
  /** Gives space back after a write that failed; false where there is none. */
  onFull(): boolean;
  /** Once, with the first write that failed. */
  onProblem(problem: DiskProblem): void;
}

export class DiskFile {
  #options: DiskFileOptions;
  #size = 0;
  #state: 'good' | 'on-reserve' | 'dead' | 'closed' = 'good';

  constructor(options: DiskFileOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#size;
  }

  /** False once something could not be written: what is in the file until then is good, its end is missing. */
  get complete(): boolean {
    return this.#state !== 'dead';
  }

  /** Never throws: a recording that cannot go on has to be closed, not aborted. */
  write(data: Uint8Array<ArrayBuffer>, at: number): void {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    try {
      this.#put(data, at);
    } catch (error) {
      const problem = problemOf(error);
      const told = this.#state === 'on-reserve';
      this.#state = problem === 'disk-full' && !told && this.#options.onFull() ? 'on-reserve' : 'dead';
      if (this.#state === 'on-reserve') this.#retry(data, at);
      if (!told) this.#options.onProblem(problem);
    }
  }

  flush(): void {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    try {
      this.#options.handle.flush();
    } catch (error) {
      this.#state = 'dead';
      this.#options.onProblem(problemOf(error));
    }
  }

  close(): void {
    if (this.#state === 'closed') return;
    if (this.#state !== 'dead') this.flush();
    const complete = this.complete;
    try {
      this.#options.handle.close();
    } catch {
      // The file went away under its handle; there is nothing left to close.
    }
    if (complete) this.#state = 'closed';
  }

  #retry(data: Uint8Array<ArrayBuffer>, at: number): void {
    try {
      this.#put(data, at);
    } catch {
      this.#state = 'dead';
    }
  }

  #put(data: Uint8Array<ArrayBuffer>, at: number): void {
    const written = this.#options.handle.write(data, { at });
    if (written < data.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    this.#size = Math.max(this.#size, at + written);
  }
}

/** Chromium throws QuotaExceededError for a full disk and for a used up quota alike. */
function problemOf(error: unknown): DiskProblem {
  return error instanceof Error && error.name === 'QuotaExceededError' ? 'disk-full' : 'write-failed';
}
