/**
 * The real thing on a free port: `wrangler dev` with the variables of a test, the page being built already.
 * Knows how to start, stop, kill and restart it; refuses to know what is asked of it.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { HEALTH_PATH } from '../../worker/protocol.ts';
import { environment, root, withNode24 } from './install.mjs';

export type Variables = Readonly<Record<string, string>>;

/** A port that nobody listens on, on the loopback interface. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        typeof address === 'object' && address ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

/** Milliseconds until a server must answer. Starting takes 2 s on two cores. */
const START_TIMEOUT = 60_000;
/** Milliseconds it may take to end when asked. */
const STOP_TIMEOUT = 5_000;

export class Server {
  readonly url: string;
  /** Everything it has printed. */
  log = '';
  readonly #port: number;
  readonly #variables: Variables;
  readonly #state = mkdtempSync(join(tmpdir(), 'snug-state-'));
  readonly #configPath: string;
  #process: ChildProcess | undefined;
  readonly #killAtExit = () => this.#signal('SIGKILL');

  private constructor(port: number, variables: Variables) {
    this.#port = port;
    this.#variables = variables;
    this.#configPath = join(root, '.wrangler', `test-${port}.toml`);
    this.url = `http://localhost:${port}`;
  }

  /** Starts one and waits until it answers. No STUN unless `variables` say so: tests ask nobody outside. */
  static async start(variables: Variables = {}): Promise<Server> {
    const server = new Server(await freePort(), { STUN_URLS: '', ...variables });
    process.once('exit', server.#killAtExit);
    await server.#run();
    return server;
  }

  async #run(): Promise<void> {
    const [node, wrangler] = withNode24('wrangler/bin/wrangler.js');
    const variables = Object.entries(this.#variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
    const where = ['--port', String(this.#port), '--inspector-port', '0', '--persist-to', this.#state];
    const child = spawn(node, [wrangler, 'dev', '--config', this.#config(), ...where, ...variables], {
      cwd: root,
      env: environment({ NO_COLOR: '1' }),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: wrangler's workerd is killed with it.
      detached: true,
    });
    this.#process = child;
    child.stdout.on('data', (chunk) => (this.log += String(chunk)));
    child.stderr.on('data', (chunk) => (this.log += String(chunk)));

    const deadline = Date.now() + START_TIMEOUT;
    while (child.exitCode === null && Date.now() < deadline) {
      // Of the Worker: the page's files are served some time before it runs.
      const answered = await fetch(`${this.url}${HEALTH_PATH}`).catch(() => undefined);
      if (answered?.ok) return;
      await wait(100);
    }
    this.kill();
    throw new Error(`wrangler dev did not start:\n${this.log}`);
  }

  /**
   * A copy of wrangler.toml, in a folder git ignores, that serves what has been built instead of building it again. One a
   * server: wrangler starts anew whenever its configuration is written.
   */
  #config(): string {
    const config = readFileSync(join(root, 'wrangler.toml'), 'utf8')
      .replace(/^\[build\]\n(?:(?!\[).*\n)*/m, '')
      .replace('main = "', 'main = "../')
      .replace('directory = "./', 'directory = "../');
    mkdirSync(dirname(this.#configPath), { recursive: true });
    writeFileSync(this.#configPath, config);
    return this.#configPath;
  }

  #signal(signal: NodeJS.Signals): void {
    const pid = this.#process?.pid;
    if (pid === undefined || this.#process?.exitCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // The group is gone already.
    }
  }

  async #ended(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    await new Promise((resolve) => child.once('exit', resolve));
  }

  /** As a crash would: every socket drops, nothing is said. It can be started again on the same port. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  async restart(): Promise<void> {
    this.kill();
    await this.#ended();
    await this.#run();
  }

  async stop(): Promise<void> {
    // Asked politely first, it removes its temporary files.
    this.#signal('SIGTERM');
    await Promise.race([this.#ended(), wait(STOP_TIMEOUT)]);
    this.kill();
    await this.#ended();
    rmSync(this.#configPath, { force: true });
    process.off('exit', this.#killAtExit);
    rmSync(this.#state, { recursive: true, force: true });
  }
}
