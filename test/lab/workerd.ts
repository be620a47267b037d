/**
 * The room in raw workerd, without wrangler's proxy in front, from the bundle that a deploy would upload. Refuses to know who comes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run, withNode24 } from '../support/install.mjs';
import { freePort } from '../support/serve.ts';

const PROGRAM = join(
  root,
  'node_modules',
  '@cloudflare',
  `workerd-linux-${process.arch === 'arm64' ? 'arm64' : '64'}`,
  'bin',
  'workerd',
);
const RAISED = 1_000;
const lab = join(root, '.wrangler', 'lab');
const folder = join(lab, 'worker');

export type Variables = Readonly<Record<string, string>>;

/**
 * The command that serves the lab's page and the Worker as deployed at `address` (host:port), with the `variables` of its
 * environment. Needs the page (server.ts).
 */
export async function workerdCommand(address: string, variables: Variables): Promise<string[]> {
  await bundle();
  return command({ address, variables, name: 'page' });
}

/** For hundreds: the sockets and people that a room takes are raised, for the product's own limits are lower than what is measured. */
export class Workerd {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<Workerd> {
    const file = await bundle();
    const raised = readFileSync(file, 'utf8').replace(/\bsockets: \d+,/, `sockets: ${RAISED},`);
    if (!raised.includes(`sockets: ${RAISED},`)) throw new Error('the limit of sockets is not where it was');
    writeFileSync(file, raised);
    const port = await freePort();
    const variables = { STUN_URLS: '', MAX_PARTICIPANTS: String(RAISED) };
    const [program = '', ...words] = command({ address: `127.0.0.1:${port}`, variables, name: 'crowd' });
    const child = spawn(program, words, { stdio: ['ignore', 'inherit', 'inherit'] });
    const workerd = new Workerd(`http://127.0.0.1:${port}`, child);
    for (let tries = 0; tries < 100; tries += 1) {
      const health = await fetch(`${workerd.url}/api/health`).catch(() => undefined);
      if (health?.ok) return workerd;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    workerd.close();
    throw new Error('workerd did not start');
  }

  close(): void {
    this.#process.kill('SIGKILL');
  }
}

/** What a deploy would upload. */
async function bundle(): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const deploy = ['deploy', '--dry-run', '--config', join(lab, 'wrangler.toml'), '--outdir', folder];
  const { code, output } = await run([...withNode24('wrangler/bin/wrangler.js'), ...deploy]);
  if (code !== 0) throw new Error(`The Worker does not build:\n${output}`);
  copyFileSync(join(import.meta.dirname, 'front.mjs'), join(folder, 'front.mjs'));
  return join(folder, 'index.js');
}

function command({ address, variables, name }: { address: string; variables: Variables; name: string }): string[] {
  const path = join(folder, `${name}.capnp`);
  writeFileSync(path, configuration(address, variables));
  return [PROGRAM, 'serve', path];
}

function configuration(address: string, variables: Variables): string {
  const texts = Object.entries(variables).map(([name, text]) => `(name = "${name}", text = "${text}"),`);
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .room), (name = "site", disk = (path = "${join(lab, 'site')}"))],
  sockets = [(name = "http", address = "${address}", http = (), service = "main")],
);
const room :Workerd.Worker = (
  modules = [
    (name = "front.mjs", esModule = embed "front.mjs"),
    (name = "index.js", esModule = embed "index.js"),
  ],
  compatibilityDate = ${setting('date')},
  compatibilityFlags = ${setting('flags')},
  durableObjectNamespaces = [(className = "Room", uniqueKey = "room", enableSql = true)],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "ROOMS", durableObjectNamespace = "Room"),
    (name = "SITE", service = "site"),
    ${texts.join('\n    ')}
  ],
);
`;
}

/** `compatibility_date` or `compatibility_flags` as it is deployed: TOML and Cap'n Proto write texts and lists alike. */
function setting(name: 'date' | 'flags'): string {
  const value = new RegExp(`^compatibility_${name} = (.+)$`, 'm').exec(
    readFileSync(join(root, 'wrangler.toml'), 'utf8'),
  )?.[1];
  if (value === undefined) throw new Error(`wrangler.toml says no compatibility_${name}`);
  return value;
}
