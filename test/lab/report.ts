/**
 * `node test/lab/report.ts`: the README's tables, in Markdown, from what the lab last wrote: faults by browser, and the NAT matrix.
 * Refuses to know how anything was measured.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../support/install.mjs';
import { describe } from './figures.ts';
import { NATS } from './network/nat.ts';
import type { Result } from './run.ts';
import type { Browsers } from './scenario.ts';

const MARK = { passed: '✓', failed: '✗', skipped: '–' } as const;
const COLUMNS: Browsers[] = ['Chromium', 'Chromium × Firefox'];
const MATRIX = 'NAT matrix';

const path = join(root, 'test-results', 'lab.json');
if (!existsSync(path)) {
  console.error('The lab has not run here: npm run lab');
  process.exit(1);
}
const results: Result[] = JSON.parse(readFileSync(path, 'utf8'));
console.log([...faultTable(), '', ...matrix('with a relay'), '', ...matrix('without a relay')].join('\n'));

/** A line for each scenario: what was measured with each pair of browsers. */
function faultTable(): string[] {
  const names = [...new Set(results.filter(({ title }) => !title.includes(MATRIX)).map(nameOf))];
  names.sort((one, other) => firstFault(one) - firstFault(other));
  const lines = names.map((name) => {
    const cells = COLUMNS.map((browsers) => {
      const result = results.find(
        (each) => nameOf(each) === name && (each.browsers === browsers || each.browsers === 'none'),
      );
      return result ? `${MARK[result.result]} ${figuresOf(result)}` : '';
    });
    const [, numbers = '', words = name] = /^\[([\d, ]+)\] (.*)$/.exec(name) ?? [];
    return `| ${[numbers, words, ...cells].join(' | ')} |`;
  });
  return [`| # | fault | ${COLUMNS.join(' | ')} |`, `|${'---|'.repeat(2 + COLUMNS.length)}`, ...lines];
}

/** Only figures with a unit: what merely held is said by the mark. */
function figuresOf({ figures }: Result): string {
  return figures
    .filter(({ unit, good }) => unit !== 'yes' || !good)
    .map(describe)
    .join('; ');
}

/** Kind by kind, how two people behind them reach each other; where Firefox differs, it says so. */
function matrix(suffix: string): string[] {
  const routes = new Map<string, Map<Browsers, string>>();
  for (const { title, browsers, figures } of results) {
    if (!title.includes(MATRIX) || !title.includes(`, ${suffix}`)) continue;
    for (const { label, good } of figures) {
      const [, kinds = '', route = ''] = /^(.* × .*): (.*)$/.exec(label) ?? [];
      const known = routes.get(kinds) ?? new Map<Browsers, string>();
      // Two alike are played by themselves too; what went wrong anywhere is what is shown.
      if (!known.get(browsers)?.endsWith('✗')) known.set(browsers, good ? route : `${route} ✗`);
      routes.set(kinds, known);
    }
  }
  const cell = (one: string, other: string) => {
    const known = routes.get(`${one} × ${other}`) ?? routes.get(`${other} × ${one}`);
    if (!known) return '';
    const different = [...new Set(known.values())];
    return different.length === 1
      ? different[0]
      : [...known].map(([browsers, route]) => `${route} (${browsers})`).join(', ');
  };
  const lines = NATS.map((one) => `| **${one}** | ${NATS.map((other) => cell(one, other)).join(' | ')} |`);
  return [`| ${suffix} | ${NATS.join(' | ')} |`, `|${'---|'.repeat(1 + NATS.length)}`, ...lines];
}

function nameOf({ title, browsers }: Result): string {
  return title.replace(` (${browsers})`, '');
}

function firstFault(name: string): number {
  return Number(/^\[(\d+)/.exec(name)?.[1] ?? 1_000);
}
