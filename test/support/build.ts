/**
 * Playwright's global setup: builds the page and the Worker once, by the command that deploys them and with no secret set,
 * and keeps what it printed for the tests that ask.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, run, withNode24 } from './install.mjs';

const folder = join(root, '.wrangler', 'tests');
const printed = join(folder, 'deploy.txt');

/** What `wrangler deploy --dry-run` printed when this run began. */
export function deployOutput(): string {
  return readFileSync(printed, 'utf8');
}

export default async function build(): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const wrangler = withNode24('wrangler/bin/wrangler.js');
  const { code, output } = await run([...wrangler, 'deploy', '--dry-run', '--outdir', join(folder, 'worker')], {
    env: environment({ NO_COLOR: '1' }),
  });
  writeFileSync(printed, output);
  if (code !== 0) throw new Error(`wrangler deploy --dry-run failed:\n${output.slice(0, 5_000)}`);
}
