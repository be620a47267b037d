/**
 * The product under test: the lab's page and the Worker, by `wrangler dev` or in raw workerd, in a place of the lab's internet.
 * Knows how to build, start, kill and restart it; refuses to know who asks it what.
 */
import type { ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, run, withNode24 } from '../support/install.mjs';
import { Agent } from './network/agent.ts';
import type { Place } from './network/internet.ts';
import { workerdCommand, type Variables } from './workerd.ts';

export const PORT = 8787;
/** Where the place has an IPv6 address: `wrangler dev` listens on IPv4 only. */
const PORT6 = 8788;
/** Milliseconds. Starting takes 2 s on two idle cores. */
const START_TIMEOUT = 60_000;

const folder = join(root, '.wrangler', 'lab');

/** `workerd` is what a deploy runs on, without the proxy that `wrangler dev` has in front of it. */
export type Program = 'wrangler dev' | 'workerd';

/** Builds the page and the texts it imports, once for all scenarios. */
export async function buildSite(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const texts = await run(['npm', 'run', '--silent', 'i18n']);
  const vite = withNode24('vite/bin/vite.js');
  const page = await run([...vite, 'build', join(import.meta.dirname, 'site'), '--logLevel', 'warn']);
  if (texts.code !== 0 || page.code !== 0)
    throw new Error(`The lab's page does not build:\n${texts.output}${page.output}`);
  const config = readFileSync(join(root, 'wrangler.toml'), 'utf8')
    .replace(/^\[build\]\n(?:(?!\[).*\n)*/m, '')
    .replace('main = "', 'main = "../../')
    .replace('directory = "./dist"', 'directory = "./site"');
  writeFileSync(join(folder, 'wrangler.toml'), config);
}

export class Server {
  readonly place: Place;
  readonly #variables: Variables;
  readonly #program: Program;
  readonly #agent: Agent;
  readonly #state = join(folder, `state-${process.pid}`);
  #process: ChildProcess | undefined;
  #log = '';

  private constructor(place: Place, variables: Variables, program: Program) {
    this.place = place;
    this.#variables = variables;
    this.#program = program;
    this.#agent = new Agent(place.namespace);
  }

  /** At port PORT of `place`; at PORT6 for whoever has IPv6 alone. */
  static async start(place: Place, variables: Variables, program: Program = 'wrangler dev'): Promise<Server> {
    const server = new Server(place, { STUN_URLS: '', ...variables }, program);
    await server.restart();
    if (place.address6 !== undefined) await server.#agent.forward({ port: PORT6 }, { host: '127.0.0.1', port: PORT });
    return server;
  }

  /** Where someone at `place` reaches it. */
  addressFor(place: Place): { host: string; port: number } {
    const { addresses, address6 } = this.place;
    return place.addresses.length > 0
      ? { host: addresses[0] ?? '', port: PORT }
      : { host: address6 ?? '', port: PORT6 };
  }

  /** SIGKILL to it, and to the workerd of a wrangler: every socket drops, nothing is said. */
  async kill(): Promise<void> {
    const child = this.#process;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    process.kill(-child.pid, 'SIGKILL');
    await ended;
  }

  /** When it first answered again, milliseconds since the epoch. */
  async restart(): Promise<number> {
    await this.kill();
    const command = this.#program === 'workerd' ? workerdCommand(`0.0.0.0:${PORT}`, this.#variables) : this.#dev();
    const child = this.place.namespace.spawn(await command, {
      cwd: root,
      env: environment({ NO_COLOR: '1' }),
      stdio: ['ignore', 'pipe', 'pipe'],
      // A group of its own: its workerd is killed with it.
      detached: true,
    });
    this.#process = child;
    child.stdout?.on('data', (chunk) => (this.#log += String(chunk)));
    child.stderr?.on('data', (chunk) => (this.#log += String(chunk)));
    try {
      return await this.#agent.probe('127.0.0.1', PORT, START_TIMEOUT);
    } catch (error) {
      throw new Error(`${this.#program} did not start:\n${this.#log}`, { cause: error });
    }
  }

  #dev(): string[] {
    const variables = Object.entries(this.#variables).flatMap(([name, value]) => ['--var', `${name}:${value}`]);
    const where = ['--ip', '0.0.0.0', '--port', String(PORT), '--inspector-port', '0', '--persist-to', this.#state];
    const config = ['--config', join(folder, 'wrangler.toml')];
    return [...withNode24('wrangler/bin/wrangler.js'), 'dev', ...config, ...where, ...variables];
  }

  async close(): Promise<void> {
    await this.kill();
    this.#agent.close();
    rmSync(this.#state, { recursive: true, force: true });
  }
}
