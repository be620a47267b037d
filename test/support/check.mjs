/** `npm run check`: format, lint, types, unit and edge tests; no browser. Stops at the first failure with what it printed. */
import { install } from './install.mjs';

const began = Date.now();
install();
const { printStep, runSteps } = await import('./steps.mjs');

await runSteps((step) => {
  printStep(step);
  if (step.code !== 0) process.exitCode = 1;
  return step.code === 0;
});
console.log(`${process.exitCode ? 'Failed' : 'All good'} in ${((Date.now() - began) / 1000).toFixed(1)} s`);
