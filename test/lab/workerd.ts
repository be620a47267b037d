/**
 * The room in raw workerd, without wrangler's proxy in front, from the bundle that a deploy would upload; the number of sockets and
 * people a room takes is raised in it, for the product's own limit is lower than what is measured. Refuses to know who comes.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
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

export class Workerd {
  readonly url: string;
  readonly #process: ChildProcess;

  private constructor(url: string, process: ChildProcess) {
    this.url = url;
    this.#process = process;
  }

  static async start(): Promise<Workerd> {
    const folder = join(root, '.wrangler', 'lab', 'worker');
    mkdirSync(folder, { recursive: true });
    const config = join(root, '.wrangler', 'lab', 'wrangler.toml');
    const deploy = ['deploy', '--dry-run', '--config', config, '--outdir', folder];
    const { code, output } = await run([...withNode24('wrangler/bin/wrangler.js'), ...deploy]);
    if (code !== 0) throw new Error(`The Worker does not build:\n${output}`);
    const bundle = join(folder, 'index.js');
    const raised = readFileSync(bundle, 'utf8').replace(/\bsockets: \d+,/, `sockets: ${RAISED},`);
    if (!raised.includes(`sockets: ${RAISED},`)) throw new Error('the limit of sockets is not where it was');
    writeFileSync(bundle, raised);
    const port = await freePort();
    writeFileSync(join(folder, 'lab.capnp'), configuration(port));
    const child = spawn(PROGRAM, ['serve', join(folder, 'lab.capnp')], { stdio: ['ignore', 'inherit', 'inherit'] });
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

function configuration(port: number): string {
  return `using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (
  services = [(name = "main", worker = .room)],
  sockets = [(name = "http", address = "127.0.0.1:${port}", http = (), service = "main")],
);
const room :Workerd.Worker = (
  modules = [(name = "index.js", esModule = embed "index.js")],
  compatibilityDate = ${setting('date')},
  compatibilityFlags = ${setting('flags')},
  durableObjectNamespaces = [(className = "Room", uniqueKey = "room", enableSql = true)],
  durableObjectStorage = (inMemory = void),
  bindings = [
    (name = "ROOMS", durableObjectNamespace = "Room"),
    (name = "STUN_URLS", text = ""),
    (name = "MAX_PARTICIPANTS", text = "${RAISED}"),
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
