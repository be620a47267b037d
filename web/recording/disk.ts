/**
 * Bytes to the origin-private file system, from a worker: what is settled is with the system, so that a killed tab loses nothing
 * of it. A disk that is full is reported once, and a reserve given back lets the file be closed properly.
 * Refuses to know what the bytes are.
 */

/** Of lib.webworker; pages have no such handle. */
export interface SyncHandle {
  read(into: Uint8Array<ArrayBuffer>, options: { at: number }): number;
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

/**
 * Handles of files that were deleted with the site's data, kept for good: Chromium 156 never returns from closing one, and
 * deletes whatever the site has written since when one is let go, be it collected or gone with its worker.
 */
const lost: SyncHandle[] = [];

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
const LAST_BYTES = 4_000_000;
/** More than a minute of a meeting: from "the disk is nearly full" to its end. */
const WARNING_BYTES = 20_000_000;
const RESERVE_PIECE = 1_000_000;
export const RESERVE_NAME = 'reserve';

/** What a reserve gave back: the recording goes on with it, or is closed with it. */
export type Given = 'more' | 'last' | 'nothing';

/**
 * Space taken while there is some, given back when the disk is full. No browser says how much is free: Chromium 156 estimates
 * a GiB more than is used on a disk of 120 MB. So a disk that will be full soon is noticed by what can be written.
 */
export class Reserve {
  #handle: SyncHandle | undefined;
  #size = 0;
  #grows = true;

  /** False where there is no room even for it; then it has nothing to give. */
  async take(folder: FileSystemDirectoryHandle): Promise<boolean> {
    try {
      this.#handle = await openSync(folder, RESERVE_NAME);
    } catch {
      return false;
    }
    while (this.#size < LAST_BYTES) {
      if (this.#add()) continue;
      this.#cut(0);
      this.#grows = false;
      return false;
    }
    return true;
  }

  /** A piece more, until it is whole. False, once, where the disk has no room for it. */
  grow(): boolean {
    if (!this.#grows || this.#size >= LAST_BYTES + WARNING_BYTES) return true;
    this.#grows = this.#add();
    return this.#grows;
  }

  release(): Given {
    this.#grows = false;
    if (this.#size === 0) return 'nothing';
    const given = this.#size > LAST_BYTES ? 'more' : 'last';
    return this.#cut(given === 'more' ? LAST_BYTES : 0) ? given : 'nothing';
  }

  /** Its file was deleted. */
  forget(): void {
    if (this.#handle) lost.push(this.#handle);
    this.#handle = undefined;
    this.#size = 0;
    this.#grows = false;
  }

  close(): void {
    if (this.#size > 0) this.#cut(0);
    this.#handle?.close();
    this.#handle = undefined;
  }

  #add(): boolean {
    try {
      const written = this.#handle?.write(new Uint8Array(RESERVE_PIECE), { at: this.#size }) ?? 0;
      this.#size += written;
      return written === RESERVE_PIECE;
    } catch {
      return false;
    }
  }

  #cut(size: number): boolean {
    this.#size = size;
    try {
      this.#handle?.truncate(size);
      this.#handle?.flush();
      return this.#handle !== undefined;
    } catch {
      return false;
    }
  }
}

export interface DiskFileOptions {
  readonly handle: SyncHandle;
  /** Gives space back after a write that failed. */
  onFull(): Given;
  /** Once, with the first write that failed. */
  onProblem(problem: DiskProblem): void;
}

/** Bytes copied at once. */
const COPY_PIECE = 1_000_000;
/**
 * Bytes gathered until they are written: a quarter of a second of a meeting. Every write asks the browser's own process: with one for
 * each packet, 75 a second, the engine spent 23 % of its time in them on two busy cores (Chromium 156).
 */
const GATHERED = 65_536;

export class DiskFile {
  readonly #options: DiskFileOptions;
  #handle: SyncHandle;
  #size = 0;
  #state: 'good' | 'on-reserve' | 'dead' | 'closed' = 'good';
  readonly #gathered = new Uint8Array(GATHERED);
  /** Of what is gathered: where it belongs in the file, and how many bytes. */
  #from = 0;
  #filled = 0;

  constructor(options: DiskFileOptions) {
    this.#options = options;
    this.#handle = options.handle;
  }

  get size(): number {
    return Math.max(this.#size, this.#from + this.#filled);
  }

  /** False once something could not be written: what is in the file until then is good, its end is missing. */
  get complete(): boolean {
    return this.#state !== 'dead';
  }

  /** Gathers; what follows upon what was written last is written with it. Never throws. */
  write(data: Uint8Array<ArrayBuffer>, at: number): void {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    if (at !== this.#from + this.#filled || this.#filled + data.byteLength > GATHERED) this.settle();
    if (data.byteLength > GATHERED) return this.#write(data, at);
    if (this.#filled === 0) this.#from = at;
    this.#gathered.set(data, this.#filled);
    this.#filled += data.byteLength;
  }

  /** Hands over to the system what is gathered. To be called a few times a second. */
  settle(): void {
    const filled = this.#filled;
    if (filled === 0) return;
    this.#filled = 0;
    this.#write(this.#gathered.subarray(0, filled), this.#from);
    this.#from = 0;
  }

  flush(): void {
    this.settle();
    if (this.#state === 'dead' || this.#state === 'closed') return;
    try {
      this.#handle.flush();
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
      this.#handle.close();
    } catch {
      // The file went away under its handle; there is nothing left to close.
    }
    if (complete) this.#state = 'closed';
  }

  /** Goes on in another file, with all that was written. The old one was deleted, but can still be read by its handle. */
  moveTo(handle: SyncHandle): void {
    const from = this.#handle;
    lost.push(from);
    this.#handle = handle;
    const size = this.#size;
    for (let at = 0; at < size; at += COPY_PIECE) {
      const piece = new Uint8Array(Math.min(COPY_PIECE, size - at));
      from.read(piece, { at });
      this.#write(piece, at);
    }
    this.flush();
  }

  /** A recording that cannot go on has to be closed, not aborted. */
  #write(data: Uint8Array<ArrayBuffer>, at: number): void {
    if (this.#state === 'dead' || this.#state === 'closed') return;
    let problem: DiskProblem | undefined;
    try {
      this.#put(data, at);
    } catch (error) {
      problem = problemOf(error);
    }
    if (problem === undefined || (problem === 'disk-full' && this.#retried(data, at))) return;
    const told = this.#state === 'on-reserve';
    this.#state = 'dead';
    if (!told) this.#options.onProblem(problem);
  }

  /** With what the reserve has left to give. */
  #retried(data: Uint8Array<ArrayBuffer>, at: number): boolean {
    for (let given = this.#options.onFull(); given !== 'nothing'; given = this.#options.onFull()) {
      try {
        this.#put(data, at);
      } catch {
        continue;
      }
      if (given === 'last') {
        this.#state = 'on-reserve';
        this.#options.onProblem('disk-full');
      }
      return true;
    }
    return false;
  }

  #put(data: Uint8Array<ArrayBuffer>, at: number): void {
    const written = this.#handle.write(data, { at });
    if (written < data.byteLength) throw new DOMException('short write', 'QuotaExceededError');
    this.#size = Math.max(this.#size, at + written);
  }
}

/** Chromium throws QuotaExceededError for a full disk and for a used up quota alike. */
function problemOf(error: unknown): DiskProblem {
  return error instanceof Error && error.name === 'QuotaExceededError' ? 'disk-full' : 'write-failed';
}
