/**
 * `node test/lab/run.ts [--quick] [words …]`: plays every scenario whose title contains one of the words, or all; prints a table,
 * writes test-results/lab.json. `LAB_LOCK` may name a file that is locked while browsers run. Refuses to know any scenario.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/install.mjs';
import { FIREFOX } from './browsers/firefox.ts';
import { describe, type Figure } from './figures.ts';
import { Lock } from './lock.ts';
import { missing, removeAll, removeStale } from './network/namespaces.ts';
import { title, type Browsers, type Scenario } from './scenario.ts';
import { carrying } from './scenarios/carried.ts';
import { families } from './scenarios/families.ts';
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
const scenarios: Scenario[] = [
  ...outages,
  ...rooms,
  ...paths,
  ...nats,
  ...families,
  ...carrying,
  ...relays,
  ...quality,
  ...scale,
];

export interface Result {
  title: string;
  faults: readonly number[];
  browsers: Browsers;
  result: 'passed' | 'failed' | 'skipped';
  /** Seconds. */
  took: number;
  figures: Figure[];
  error?: string;
}

interface Play {
  scenario: Scenario;
  browsers: Browsers;
  title: string;
}

process.on('exit', removeAll);
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => process.exit(1));

const options = process.argv.slice(2);
const words = options.filter((option) => !option.startsWith('--'));
const chosen = scenarios.flatMap((scenario) => {
  const browsers = options.includes('--quick') ? (scenario.quick ?? []) : scenario.browsers;
  const plays = browsers.map((pair) => ({ scenario, browsers: pair, title: title(scenario, pair) }));
  return plays.filter((play) => words.length === 0 || words.some((word) => play.title.includes(word)));
});
const results: Result[] = [];
const lock = new Lock();

const reason = missing();
if (reason === undefined) {
  removeStale();
  await buildSite();
  for (const part of chosen) report(await playOrSkip(part));
} else {
  console.log(`The network lab does not run here: ${reason}.`);
  for (const part of chosen) report({ ...blank(part), result: 'skipped', error: reason });
}
finish();

function blank({ scenario, browsers, title }: Play): Omit<Result, 'result'> {
  return { title, faults: scenario.faults, browsers, took: 0, figures: [] };
}

/** Where Firefox is not installed its part is skipped by name. */
function playOrSkip(part: Play): Promise<Result> {
  if (part.browsers !== 'Chromium × Firefox' || existsSync(FIREFOX)) return play(part);
  return Promise.resolve({ ...blank(part), result: 'skipped', error: `there is no ${FIREFOX}` });
}

async function play(part: Play): Promise<Result> {
  const { scenario, browsers } = part;
  if (browsers !== 'none') await lock.take();
  const began = Date.now();
  const stage = new Stage(browsers);
  let error: string | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  try {
    const limit = scenario.limit ?? LIMIT;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not over after ${limit} ms`)), limit);
    });
    await Promise.race([scenario.play(stage), late]);
  } catch (thrown) {
    error = thrown instanceof Error ? thrown.message : JSON.stringify(thrown);
  }
  clearTimeout(timer);
  const figures = stage.figures.all;
  const result = error === undefined && figures.every(({ good }) => good) ? 'passed' : 'failed';
  if (result === 'failed' || options.includes('--verbose')) await stage.explain();
  await stage.close();
  lock.offer();
  const took = (Date.now() - began) / 1000;
  return { ...blank(part), result, took, figures, ...(error !== undefined && { error }) };
}

function report(result: Result): void {
  results.push(result);
  save();
  const mark = { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result.result];
  console.log(`${mark} ${result.title.padEnd(60)} ${result.took.toFixed(1).padStart(6)} s`);
  for (const figure of result.figures) console.log(`       ${describe(figure)}`);
  if (result.error !== undefined) console.log(`       ${result.error}`);
}

function finish(): void {
  const count = (what: Result['result']) => results.filter(({ result }) => result === what).length;
  console.log(`${count('passed')} passed, ${count('failed')} failed, ${count('skipped')} skipped`);
  process.exit(count('failed') > 0 ? 1 : 0);
}

/** A part that is played again takes the place of what it gave before. */
function save(): void {
  const folder = join(root, 'test-results');
  const path = join(folder, 'lab.json');
  const before: Result[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : [];
  const kept = before.filter((old) => !results.some((result) => result.title === old.title));
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, JSON.stringify([...kept, ...results], null, 2));
}
