/**
 * The steps of the gate, format to edge tests, two at a time, a line each when it ends. Plain JavaScript for Node 18.
 * Knows which command proves what; refuses to decide what a failure means for its caller.
 */
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { environment, root, run, withNode24 } from './install.mjs';

const AT_ONCE = 2;

/** Where the last run of tests has written what passed and failed; `npm run faults` reads it. */
export const reports = join(root, 'reports.local');

const vitest = (name) => [
  ...withNode24('vitest/vitest.mjs'),
  ...['run', '--config', `test/${name}/vitest.config.ts`],
  ...['--reporter=default', '--reporter=json', `--outputFile.json=${join(reports, `${name}.json`)}`],
];
const tsc = (project) => [...withNode24('typescript/bin/tsc'), '-p', project, '--pretty', 'false'];

/** Slowest first, so that the second lane never waits for the last one. */
const STEPS = [
  { name: 'unit tests', command: vitest('unit'), tests: 'unit' },
  { name: 'lint', command: [...withNode24('eslint/bin/eslint.js'), '.', '--max-warnings=0'] },
  { name: 'edge tests', command: vitest('edge'), tests: 'edge' },
  {
    name: 'types of web',
    command: [
      ...withNode24('svelte-check/bin/svelte-check'),
      '--tsconfig',
      './web/tsconfig.json',
      '--fail-on-warnings',
    ],
  },
  { name: 'types of test', command: tsc('test') },
  { name: 'types of worker', command: tsc('worker') },
  { name: 'types of edge tests', command: tsc('test/edge') },
  { name: 'format', command: [...withNode24('prettier/bin/prettier.cjs'), '--check', '--log-level=warn', '.'] },
];

/** Writes what lint, types and tests import but git does not hold: the compiled texts, and an empty place for assets. */
async function prepare() {
  // What an earlier run wrote must not be counted again.
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports);
  mkdirSync(join(root, 'dist'), { recursive: true });
  const texts = await run(['npm', 'run', '--silent', 'i18n'], { env: environment() });
  if (texts.code !== 0) throw new Error(`The texts do not compile:\n${texts.output}`);
}

/**
 * Runs every step. `onStep({name, tests, code, output, seconds})` hears of each as it ends; where it returns false, nothing
 * more is started and what runs is ended.
 */
export async function runSteps(onStep) {
  await prepare();
  const waiting = [...STEPS];
  const cancel = new AbortController();
  const lane = async () => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const began = Date.now();
      const { code, output } = await run(step.command, { env: environment(), signal: cancel.signal });
      if (cancel.signal.aborted) return;
      if (onStep({ ...step, code, output, seconds: (Date.now() - began) / 1000 }) !== false) continue;
      cancel.abort();
      return;
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, lane));
}

/** One line about a step that ended, and all it printed where it failed. */
export function printStep({ name, code, output, seconds }) {
  const mark = code === 0 ? 'ok  ' : 'FAIL';
  console.log(`${mark} ${name.padEnd(20)} ${seconds.toFixed(1).padStart(5)} s`);
  if (code !== 0) console.log(output.trimEnd());
}

/** `{passed, failed, skipped}` of a vitest JSON report; a run that wrote none counts as one failure. */
export function countVitest(name) {
  const path = join(reports, `${name}.json`);
  if (!existsSync(path)) return { passed: 0, failed: 1, skipped: 0 };
  const report = JSON.parse(readFileSync(path, 'utf8'));
  // A file that does not even load has no tests to fail: it is one failure itself.
  const broken = report.testResults.filter((file) => file.status === 'failed' && file.assertionResults.length === 0);
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}
