/**
 * A lock that this machine's other browser jobs share, where `LAB_LOCK` names its file. Given back between scenarios, but not
 * after every short one: whoever waits behind others for each would never end.
 */
import { spawn } from 'node:child_process';

/** Milliseconds for which it is kept at least, where scenarios are still to be played. */
const TURN = 100_000;

export class Lock {
  readonly #file = process.env['LAB_LOCK'];
  #since = 0;
  #release: (() => void) | undefined;

  async take(): Promise<void> {
    if (!this.#file || this.#release) return;
    const holder = spawn('flock', [this.#file, 'sh', '-c', 'echo locked; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
    await new Promise((resolve) => holder.stdout.once('data', resolve));
    this.#since = Date.now();
    this.#release = () => holder.stdin.end();
  }

  /** Between two scenarios. */
  offer(): void {
    if (Date.now() - this.#since < TURN) return;
    this.#release?.();
    this.#release = undefined;
  }
}
