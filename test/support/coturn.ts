/**
 * A real TURN server on the loopback interface: Debian's coturn with the REST shared secret.
 * Knows nothing of rooms and browsers.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { freePort } from './serve.ts';

const SECRET = 'a-secret-of-the-tests';

export class Coturn {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #port: number;
  /** Everything it has printed. */
  log = '';

  private constructor(port: number) {
    this.#port = port;
    this.#folder = mkdtempSync(join(tmpdir(), 'snug-turn-'));
    const options = ['--use-auth-secret', `--static-auth-secret=${SECRET}`, '--realm=snug.test', '--fingerprint'];
    const where = ['--listening-ip=127.0.0.1', '--relay-ip=127.0.0.1', `--listening-port=${port}`];
    const quiet = ['--allow-loopback-peers', '--no-tls', '--no-dtls', '--no-cli', '--log-file=stdout', '--simple-log'];
    const files = [`--pidfile=${join(this.#folder, 'pid')}`, `--userdb=${join(this.#folder, 'db')}`];
    this.#process = spawn('turnserver', ['-n', ...options, ...where, ...quiet, ...files, '--verbose'], {
      cwd: this.#folder,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#process.stdout?.on('data', (chunk) => (this.log += String(chunk)));
    this.#process.stderr?.on('data', (chunk) => (this.log += String(chunk)));
    this.#process.on('error', (error) => (this.log += error.message));
  }

  static async start(): Promise<Coturn> {
    const coturn = new Coturn(await freePort());
    for (let tries = 0; tries < 100; tries += 1) {
      if (/UDP listener opened/.test(coturn.log)) return coturn;
      await wait(50);
    }
    await coturn.stop();
    throw new Error(`turnserver did not start:\n${coturn.log}`);
  }

  /** The room's variables that make it give out credentials of this server; with another `secret`, worthless ones. */
  variables({ secret = SECRET } = {}): { TURN_URLS: string; TURN_SECRET: string } {
    return { TURN_URLS: `turn:127.0.0.1:${this.#port}?transport=udp`, TURN_SECRET: secret };
  }

  async stop(): Promise<void> {
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.kill('SIGKILL')) await ended;
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
