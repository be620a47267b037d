/**
 * `npm start`: installs if need be, then serves the meeting through `wrangler dev` on port 8787, which builds first.
 * Arguments go on to wrangler: `npm start -- --port 8790 --var STUN_URLS: --tunnel`. Knows nothing of what is served.
 */
import { spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { environment, install, root, withNode24 } from './install.mjs';

const DEFAULT_PORT = 8787;
const args = process.argv.slice(2);
const port = Number(argument('--port') ?? DEFAULT_PORT);

await refuseBusyPort();
install();
serve();

/** The value of `--name value` or `--name=value`, or undefined. */
function argument(name) {
  const at = args.findIndex((arg) => arg === name || arg.startsWith(`${name}=`));
  if (at < 0) return undefined;
  return args[at].includes('=') ? args[at].slice(name.length + 1) : args[at + 1];
}

/** True where `host` lets us listen on `port`, or does not exist on this machine. */
function free(host) {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(error.code !== 'EADDRINUSE'));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function refuseBusyPort() {
  const hosts = argument('--ip') ? [argument('--ip')] : ['127.0.0.1', '::1'];
  for (const host of hosts) {
    if (await free(host)) continue;
    console.error(`Port ${port} is in use. Stop what uses it, or choose another: npm start -- --port ${port + 1}`);
    process.exit(1);
  }
}

function serve() {
  const [node, wrangler] = withNode24('wrangler/bin/wrangler.js');
  const given = argument('--port') === undefined ? ['--port', String(DEFAULT_PORT)] : [];
  const child = spawn(node, [wrangler, 'dev', ...given, ...args], {
    cwd: root,
    env: environment(),
    // Without an input wrangler asks nothing and takes its defaults.
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 0 : 1)));
}
