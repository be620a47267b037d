/** What a deployment consists of: the build that began this run was made by `wrangler deploy --dry-run`, with no secret set. */
import { deployOutput } from '../support/build.ts';
import { expect, test } from '../support/fixtures.ts';

test('wrangler deploy --dry-run builds everything, and the Worker is under 200 KiB', () => {
  const output = deployOutput();
  expect(output).toContain('--dry-run: exiting now');
  const kibibytes = Number(/Total Upload: ([\d.]+) KiB/.exec(output)?.[1]);
  expect(kibibytes).toBeGreaterThan(1);
  expect(kibibytes).toBeLessThan(200);
});
