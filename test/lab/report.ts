/** What the lab wrote, as Markdown tables: the NAT matrix, and what was measured. Refuses to know how, and which faults there are. */
import { describe } from './figures.ts';
import { NATS } from './network/nat.ts';
import type { Result } from './run.ts';
import type { Browsers } from './scenario.ts';

const MARK = { passed: '✓', failed: '✗ FAILED', skipped: '–' } as const;
const COLUMNS: Browsers[] = ['Chromium', 'Chromium × Firefox'];
const MATRIX = 'NAT matrix';

/** Kind by kind, how two people behind them reach each other; where Firefox differs, it says so. */
export function natMatrix(results: readonly Result[], suffix: 'with a relay' | 'without a relay'): string[] {
  const routes = new Map<string, Map<Browsers, string>>();
  for (const { title, browsers, figures } of results) {
    if (!title.includes(MATRIX) || !title.includes(`, ${suffix}`)) continue;
    for (const { label, good } of figures) {
      const [, kinds = '', route = ''] = /^(.* × .*): (.*)$/.exec(label) ?? [];
      const known = routes.get(kinds) ?? new Map<Browsers, string>();
      // Two alike are played by themselves too; what went wrong anywhere is what is shown.
      if (!known.get(browsers)?.endsWith('FAILED')) known.set(browsers, good ? route : `${route} FAILED`);
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

/** A line for each scenario but the matrix: what was measured with each pair of browsers. */
export function figureTable(results: readonly Result[]): string[] {
  const names = [...new Set(results.filter(({ title }) => !title.includes(MATRIX)).map(nameOf))];
  names.sort((one, other) => firstFault(one) - firstFault(other));
  const lines = names.map((name) => {
    const cells = COLUMNS.map((browsers) => {
      const result = results.find((each) => nameOf(each) === name && belongsTo(each, browsers));
      return result ? `${MARK[result.result]} ${figuresOf(result)}` : '';
    });
    return `| ${[name.replace(/^\[([\d, ]+)\]/, '$1:'), ...cells].join(' | ')} |`;
  });
  return [
    `| fault, and how it was played | ${COLUMNS.join(' | ')} |`,
    `|${'---|'.repeat(1 + COLUMNS.length)}`,
    ...lines,
  ];
}

/** What no browser took part in is shown with the first column. */
function belongsTo(result: Result, column: Browsers): boolean {
  return result.browsers === column || (result.browsers === 'none' && column === COLUMNS[0]);
}

/** Only figures with a unit: what merely held is said by the mark. */
function figuresOf({ figures }: Result): string {
  return figures
    .filter(({ unit, good }) => unit !== 'yes' || !good)
    .map(describe)
    .join('; ')
    .replaceAll('|', '\\|');
}

function nameOf({ title, browsers }: Result): string {
  return title.replace(` (${browsers})`, '');
}

function firstFault(name: string): number {
  return Number(/^\[(\d+)/.exec(name)?.[1] ?? 1_000);
}
