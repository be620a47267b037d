/**
 * `node test/lab/run.ts [--quick] [words …]`: plays every scenario whose title contains one of the words, or all; prints a table,
 * writes test-results/lab.json. `LAB_LOCK` may name a file that is locked while browsers run. Refuses to know any scenario.
 */
import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/install.mjs';
import { describe, type Figure } from './figures.ts';
import { missing, removeAll, removeStale } from './network/namespaces.ts';
import { title, type Scenario } from './scenario.ts';
import { nats } from './scenarios/nats.ts';
import { outages } from './scenarios/outages.ts';
import { paths } from './scenarios/paths.ts';
import { quality } from './scenarios/quality.ts';
import { relays } from './scenarios/relays.ts';
import { rooms } from './scenarios/room.ts';
import { scale } from './scenarios/scale.ts';
import { buildSite } from './server.ts';
import { Stage } from './stage.ts';

const LIMIT = 120_000;
const scenarios: Scenario[] = [...outages, ...rooms, ...paths, ...nats, ...relays, ...quality, ...scale];

export interface Result {
  title: string;
  faults: readonly number[];
  browsers: string;
  result: 'passed' | 'failed' | 'skipped';
  /** Seconds. */
  took: number;
  figures: Figure[];
  error?: string;
}

process.on('exit', removeAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

const options = process.argv.slice(2);
const words = options.filter((option) => !option.startsWith('--'));
const chosen = scenarios.filter(
  (scenario) =>
    (!options.includes('--quick') || scenario.quick) &&
    (words.length === 0 || words.some((word) => title(scenario).includes(word))),
);
const results: Result[] = [];

const reason = missing();
if (reason === undefined) {
  removeStale();
  await buildSite();
  for (const scenario of chosen) report(await play(scenario));
} else {
  console.log(`The network lab does not run here: ${reason}.`);
  for (const scenario of chosen) report({ ...blank(scenario), result: 'skipped', error: reason });
}
finish();

function blank(scenario: Scenario): Omit<Result, 'result'> {
  return { title: title(scenario), faults: scenario.faults, browsers: scenario.browsers, took: 0, figures: [] };
}

async function play(scenario: Scenario): Promise<Result> {
  const release = scenario.browsers === 'none' ? () => undefined : await lock();
  const began = Date.now();
  const stage = new Stage();
  let error: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const limit = scenario.limit ?? LIMIT;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${limit} ms`)), limit);
    });
    await Promise.race([scenario.play(stage), late]);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : String(thrown);
  }
  clearTimeout(timer);
  if (error !== undefined || options.includes('--verbose')) await stage.explain();
  await stage.close();
  release();
  const figures = stage.figures.all;
  const result = error === undefined && figures.every(({ good }) => good) ? 'passed' : 'failed';
  const took = (Date.now() - began) / 1000;
  return { ...blank(scenario), result, took, figures, ...(error !== undefined && { error }) };
}

/** Waits for LAB_LOCK; returns its release. */
function lock(): Promise<() => void> {
  const file = process.env['LAB_LOCK'];
  if (!file) return Promise.resolve(() => undefined);
  const holder = spawn('flock', [file, 'sh', '-c', 'echo locked; cat'], { stdio: ['pipe', 'pipe', 'inherit'] });
  return new Promise((resolve) => holder.stdout.once('data', () => resolve(() => holder.stdin.end())));
}

function report(result: Result): void {
  results.push(result);
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result.result];
  console.log(`${mark} ${result.title.padEnd(60)} ${result.took.toFixed(1).padStart(6)} s`);
  for (const figure of result.figures) console.log(`       ${describe(figure)}`);
  if (result.error !== undefined) console.log(`       ${result.error}`);
}

function finish(): void {
  const folder = join(root, 'test-results');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'lab.json'), JSON.stringify(results, null, 2));
  const count = (what: Result['result']) => results.filter(({ result }) => result === what).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  process.exit(count('failed') > 0 ? 1 : 0);
}
