/**
 * `npm run faults`: what stands between the README's marks, as Markdown, made of what the last `npm test` and `npm run lab` wrote:
 * the faults by where they are provoked, the NAT matrix, what the lab measured. With `--write` the README gets it; where a report
 * is missing that is refused. A test that provokes the fault N of the list of faults has [N] in its name. Refuses to judge the tests.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { figureTable, natMatrix } from '../lab/report.ts';
import type { Result } from '../lab/run.ts';
import { root } from './install.mjs';
import { outcomesOfLab, outcomesOfPlaywright, outcomesOfVitest, type Outcome } from './outcomes.ts';
import { reports } from './steps.mjs';

const [BEGIN, END] = ['<!-- faults:begin -->', '<!-- faults:end -->'];

const missing: string[] = [];
const lab: Result[] = read(join(root, 'test-results', 'lab.json'), 'npm run lab') ?? [];
const places: Record<string, Outcome[]> = {
  pure: outcomesOfVitest(read(join(reports, 'unit.json'), 'npm test')),
  workerd: [...outcomesOfVitest(read(join(reports, 'edge.json'), 'npm test')), ...outcomesOfLab(lab, 'none')],
  Chromium: outcomesOfPlaywright(read(join(reports, 'e2e.json'), 'npm test')),
  'network (Chromium)': outcomesOfLab(lab, 'Chromium'),
  'network (Chromium × Firefox)': outcomesOfLab(lab, 'Chromium × Firefox'),
};
const text = [...faultTable(), ...networks()].join('\n');
for (const message of missing) console.error(message);
if (process.argv.includes('--write')) await write();
else console.log(text);

/** What a run has written; undefined, and said in the end, where `command` has not run. */
function read(path: string, command: string) {
  if (existsSync(path)) return JSON.parse(readFileSync(path, 'utf8'));
  missing.push(`There is no ${path}: ${command}`);
  return undefined;
}

function faultTable(): string[] {
  const faults = new Map<number, { name: string; counts: Map<string, { passed: number; failed: number }> }>();
  for (const [place, outcomes] of Object.entries(places)) {
    for (const { name, result } of outcomes) {
      if (result === 'skipped') continue;
      for (const number of faultsIn(name)) {
        const fault = faults.get(number) ?? { name: '', counts: new Map() };
        const known = fault.counts.get(place);
        const counts = known ?? { passed: 0, failed: 0 };
        // The first test of the last place: the later the place, the nearer it is to what a person sees.
        if (!known) fault.name = withoutNumbers(name);
        counts[result] += 1;
        fault.counts.set(place, counts);
        faults.set(number, fault);
      }
    }
  }
  const columns = Object.keys(places);
  const rows = [...faults].sort(([one], [other]) => one - other);
  const lines = rows.map(([number, { name, counts }]) => {
    const cells = columns.map((place) => cell(counts.get(place)));
    return `| ${[number, name.replaceAll('|', '\\|'), ...cells].join(' | ')} |`;
  });
  const passing = rows.filter(([, { counts }]) => [...counts.values()].every(({ failed }) => failed === 0));
  const inBrowsers = passing.filter(([, { counts }]) => columns.slice(2).some((place) => counts.has(place)));
  const inFirefox = passing.filter(([, { counts }]) => counts.has('network (Chromium × Firefox)'));
  const failing = rows.length - passing.length;
  return [
    'Every fault below is provoked by tests: as pure logic, in real workerd, in Chromium with real connections, and by `npm run lab`',
    '(Linux, root) in browsers whose network breaks. The numbers are of tests that passed.',
    '`npm test && npm run lab && npm run faults -- --write` has written this.',
    '',
    `<details><summary>${passing.length} faults by where they are provoked: ${inBrowsers.length} in real browsers, ` +
      `${inFirefox.length} between Chromium and Firefox${failing > 0 ? `; ${failing} more FAILED` : ''}</summary>`,
    '',
    `| fault | one of its tests | ${columns.join(' | ')} |`,
    `|${'---|'.repeat(2 + columns.length)}`,
    ...lines,
    '',
    '</details>',
    '',
  ];
}

function networks(): string[] {
  if (lab.length === 0) return [];
  return [
    'How two people reach each other, by what kind of router each is behind: as they are both told in the end, in every pair of browsers',
    'played. "Through a third" is a person of the same call who reaches both; "explained" is a sentence that names whom one cannot reach.',
    '',
    ...natMatrix(lab, 'with a relay'),
    '',
    ...natMatrix(lab, 'without a relay'),
    '',
    '<details><summary>What was measured while the network broke</summary>',
    '',
    ...figureTable(lab),
    '',
    '</details>',
  ];
}

function withoutNumbers(name: string): string {
  return name.replace(/^.*?(\[[\d, ]+\]\s*)+/, '').replace(/ \(Chromium( × Firefox)?\)$/, '');
}

/** `[34] [35]` of a test, `[34, 35]` of a scenario; each number once. */
function faultsIn(name: string): Set<number> {
  const numbers = [...name.matchAll(/\[(\d+(?:, \d+)*)\]/g)].flatMap(([, list = '']) => list.split(', ').map(Number));
  return new Set(numbers);
}

function cell(counts: { passed: number; failed: number } | undefined): string {
  if (!counts) return '';
  const { passed, failed } = counts;
  return [...(passed > 0 ? [passed] : []), ...(failed > 0 ? [`**${failed} FAILED**`] : [])].join(', ');
}

async function write(): Promise<void> {
  const path = join(root, 'README.md');
  const before = readFileSync(path, 'utf8');
  const [begin, end] = [before.indexOf(BEGIN), before.indexOf(END)];
  if (missing.length > 0 || begin < 0 || end < begin) {
    console.error('The README is left as it is.');
    process.exit(1);
  }
  const after = `${before.slice(0, begin)}${BEGIN}\n\n${text}\n\n${before.slice(end)}`;
  writeFileSync(path, await format(after, { ...(await resolveConfig(path)), filepath: path }));
}
