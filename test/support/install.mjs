/**
 * Brings node_modules up to package-lock.json, and gives every script the Node and the tools that are in it.
 * Plain JavaScript for Node 18 and npm alone: it runs before anything is installed. Knows nothing of what is run afterwards.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));
const bin = join(root, 'node_modules', '.bin');

/** Milliseconds since the epoch, or 0 where there is no such file. */
function changedAt(path) {
  return existsSync(path) ? statSync(path).mtimeMs : 0;
}

/** `npm ci` where node_modules is missing or older than package-lock.json; exits the process where that fails. */
export function install() {
  const installed = changedAt(join(root, 'node_modules', '.package-lock.json'));
  if (installed > 0 && installed >= changedAt(join(root, 'package-lock.json'))) return;
  console.log('Installing packages…');
  const npm = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
    shell: process.platform === 'win32',
  });
  if (npm.status !== 0) {
    console.error('npm ci failed: see above.');
    process.exit(1);
  }
}

/**
 * The environment of every tool: the packages' Node 24 first on the path, nothing sent to anybody, no question asked.
 * @param {Record<string, string>} extra
 * @returns {Record<string, string>}
 */
export function environment(extra = {}) {
  const variables = {
    ...process.env,
    WRANGLER_SEND_METRICS: 'false',
    WRANGLER_SEND_ERROR_REPORTS: 'false',
    WRANGLER_NO_SKILLS_UPDATE_PROMPTS: 'true',
    // The room does not use Request.cf, which wrangler dev would fetch from Cloudflare.
    CLOUDFLARE_CF_FETCH_ENABLED: 'false',
    ...extra,
  };
  const name = Object.keys(variables).find((key) => key.toUpperCase() === 'PATH') ?? 'PATH';
  return { ...variables, [name]: `${bin}${delimiter}${variables[name] ?? ''}` };
}

/**
 * Command and first arguments that run the JavaScript file `script` of a package with the packages' Node 24.
 * @param {string} script
 * @returns {[string, string]}
 */
export function withNode24(script) {
  const node = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return [existsSync(node) ? node : process.execPath, join(root, 'node_modules', script)];
}

/**
 * Runs `command` until it ends; what it prints is kept and, if `onOutput` is given, handed over as it comes.
 * @param {string[]} command
 * @param {{env?: NodeJS.ProcessEnv, onOutput?: (text: string) => void, signal?: AbortSignal}} options
 * @returns {Promise<{code: number, output: string}>}
 */
export function run(command, { env = environment(), onOutput, signal } = {}) {
  return new Promise((resolve) => {
    const child = spawn(command[0], command.slice(1), { cwd: root, env, signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (chunk) => {
      output += chunk;
      onOutput?.(String(chunk));
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.on('error', (error) => resolve({ code: 1, output: `${output}${error.message}\n` }));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) install();
