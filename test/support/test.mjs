/**
 * `npm test`: installs what the tests need, then format, lint, types, unit, edge and browser tests, and the part of
 * the network lab that does not depend on how busy the machine is; all of them whatever fails.
 * The last line is `N passed, N failed`; a failed format, lint or type check counts as one failure.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment, install, run, withNode24 } from './install.mjs';
import { installSystem } from './system.mjs';

install();
installSystem();
const { countVitest, printStep, reports, runSteps } = await import('./steps.mjs');

const total = { passed: 0, failed: 0, skipped: 0 };
function add(counts) {
  for (const key of Object.keys(total)) total[key] += counts[key];
}

try {
  await runSteps((step) => {
    printStep(step);
    const counts = step.tests ? countVitest(step.tests) : { passed: 0, failed: 0, skipped: 0 };
    if (step.code !== 0 && counts.failed === 0) counts.failed = 1;
    add(counts);
    return true;
  });
  await browserTests();
  await networkLab();
} catch (error) {
  console.error(error);
  total.failed += 1;
}
process.exitCode = total.failed > 0 ? 1 : 0;
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
console.log(`${total.passed} passed, ${total.failed} failed${skipped}`);

async function browserTests() {
  const report = join(reports, 'e2e.json');
  const command = [...withNode24('@playwright/test/cli.js'), 'test', '--config', 'test/e2e/playwright.config.ts'];
  const { code } = await run([...command, '--reporter=list,json'], {
    env: environment({ PLAYWRIGHT_JSON_OUTPUT_NAME: report }),
    onOutput: (text) => process.stdout.write(text),
  });
  const stats = existsSync(report) ? JSON.parse(readFileSync(report, 'utf8')).stats : undefined;
  const counts = {
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  };
  if (code !== 0 && counts.failed === 0) counts.failed = 1;
  add(counts);
}

async function networkLab() {
  const [node] = withNode24('');
  const { code, output } = await run([node, 'test/lab/run.ts', '--quick'], {
    onOutput: (text) => process.stdout.write(text),
  });
  const numbers = /(\d+) passed, (\d+) failed, (\d+) skipped\s*$/.exec(output)?.slice(1).map(Number);
  const [passed = 0, failed = 0, skipped = 0] = numbers ?? [];
  add({ passed, failed: code !== 0 && failed === 0 ? 1 : failed, skipped });
}
