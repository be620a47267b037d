/**
 * A small disk of its own for a browser's profile, which fills up as a real one does. Needs root, and a system that lets it
 * mount; elsewhere there is none. Refuses to know what a browser does when it is full.
 */
import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Room for a browser's profile and two recordings. */
const SIZE = '150m';
const PIECE = Buffer.alloc(65_536);

export class SmallDisk {
  readonly folder: string;
  readonly #ballast: string;

  /** Undefined where mounting is not permitted. */
  static mount(): SmallDisk | undefined {
    const folder = mkdtempSync(join(tmpdir(), 'snug-disk-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${SIZE},mode=700`, 'tmpfs', folder], { stdio: 'ignore' });
      return new SmallDisk(folder);
    } catch {
      rmdirSync(folder);
      return undefined;
    }
  }

  private constructor(folder: string) {
    this.folder = folder;
    this.#ballast = join(folder, 'ballast');
  }

  /** Leaves so many bytes free, or none at all. */
  fill(leave = 0): void {
    const file = openSync(this.#ballast, 'a');
    try {
      while (leave === 0 || this.free > leave + PIECE.length) writeSync(file, PIECE);
    } catch {
      // Full.
    } finally {
      closeSync(file);
    }
  }

  get free(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** The browser may still be letting go of its files. */
  unmount(): void {
    execFileSync('umount', ['--lazy', this.folder]);
    rmdirSync(this.folder);
  }
}
