/**
 * `npm run faults`: after `npm test`, the table of faults that tests provoke, as Markdown for the README. A test that provokes
 * the fault N of the list of faults has [N] in its name; where it ran is where it is listed. Refuses to judge the tests.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { reports } from './steps.mjs';

const read = (name) =>
  existsSync(join(reports, name)) ? JSON.parse(readFileSync(join(reports, name), 'utf8')) : undefined;

/** Name and outcome of every test of a vitest report. */
const vitest = (report) =>
  (report?.testResults ?? []).flatMap((file) =>
    file.assertionResults.map(({ fullName, status }) => ({ name: fullName, passed: status === 'passed' })),
  );

/** The same of a Playwright report, whose suites stand in each other. */
const playwright = (suites) =>
  (suites ?? []).flatMap((suite) => [
    ...playwright(suite.suites),
    ...(suite.specs ?? []).map(({ title, ok }) => ({ name: title, passed: ok })),
  ]);

const places = [
  ['pure', vitest(read('unit.json'))],
  ['workerd', vitest(read('edge.json'))],
  ['Chromium', playwright(read('e2e.json')?.suites)],
];

const rows = new Map();
for (const [place, tests] of places) {
  for (const { name, passed } of tests) {
    for (const [, number] of name.matchAll(/\[(\d+)\]/g)) {
      const row = rows.get(Number(number)) ?? {};
      const counts = (row[place] ??= { passed: 0, failed: 0 });
      counts[passed ? 'passed' : 'failed'] += 1;
      row.name ??= name.replace(/^.*?\[\d+\]\s*/, '');
      if (place === 'Chromium') row.name = name.replace(/^.*?\[\d+\]\s*/, '');
      rows.set(Number(number), row);
    }
  }
}

const cell = (counts) => (counts ? (counts.failed > 0 ? `${counts.failed} failed` : String(counts.passed)) : '');
console.log('| fault | one of its tests | pure | workerd | Chromium |');
console.log('| --- | --- | --- | --- | --- |');
for (const [number, row] of [...rows].sort(([a], [b]) => a - b)) {
  console.log(`| ${number} | ${row.name} | ${cell(row.pure)} | ${cell(row.workerd)} | ${cell(row.Chromium)} |`);
}
console.log(`\n${rows.size} faults; the numbers are of tests that passed.`);
