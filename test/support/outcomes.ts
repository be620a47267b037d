/** Name and outcome of every test of a report, whoever wrote it. Refuses to know what a name means. */
import type { Result } from '../lab/run.ts';
import type { Browsers } from '../lab/scenario.ts';

export interface Outcome {
  readonly name: string;
  readonly result: 'passed' | 'failed' | 'skipped';
}

interface VitestReport {
  testResults: { assertionResults: { fullName: string; status: string }[] }[];
}

interface PlaywrightSuite {
  specs?: { title: string; tests: { status: string }[] }[];
  suites?: PlaywrightSuite[];
}

export function outcomesOfVitest(report: VitestReport | undefined): Outcome[] {
  return (report?.testResults ?? []).flatMap(({ assertionResults }) =>
    assertionResults.map(({ fullName, status }) => ({ name: fullName, result: resultOf(status) })),
  );
}

/** Its suites stand in each other. A test that passed only when tried again counts as failed. */
export function outcomesOfPlaywright(report: PlaywrightSuite | undefined): Outcome[] {
  return [
    ...(report?.suites ?? []).flatMap(outcomesOfPlaywright),
    ...(report?.specs ?? []).flatMap(({ title, tests }) =>
      tests.map(({ status }) => ({ name: title, result: resultOf(status) })),
    ),
  ];
}

export function outcomesOfLab(results: readonly Result[], pair: Browsers): Outcome[] {
  return results.filter(({ browsers }) => browsers === pair).map(({ title, result }) => ({ name: title, result }));
}

function resultOf(status: string): Outcome['result'] {
  if (status === 'passed' || status === 'expected') return 'passed';
  return ['skipped', 'pending', 'todo', 'disabled'].includes(status) ? 'skipped' : 'failed';
}
