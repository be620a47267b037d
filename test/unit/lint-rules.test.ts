/** The lint configuration itself: each rule that architecture.md leans on reports a fault when it is given one. */
import { ESLint } from 'eslint';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');
const eslint = new ESLint({ cwd: root });

/** Names of the rules that `code` breaks as the file `path`, which exists: typed rules need it in a project. */
async function broken(path: string, code: string): Promise<string[]> {
  const [result] = await eslint.lintText(code, { filePath: join(root, path) });
  return (result?.messages ?? []).map((message) => message.ruleId ?? message.message);
}

/** Milliseconds: a project's first text makes ESLint load its plugins and TypeScript all of it, seconds on an idle machine. */
const FIRST = 60_000;
beforeAll(async () => {
  for (const first of ['worker/protocol.ts', 'web/protocol.ts', 'web/ui/Any.svelte']) await broken(first, '');
}, FIRST);

const PATHS = 'import-x/no-restricted-paths';
const PACKAGES = 'no-restricted-imports';

describe('who may import whom', () => {
  test.each([
    ['worker/protocol.ts', './admission.ts', PATHS],
    ['worker/protocol.ts', 'hono', PACKAGES],
    ['worker/admission.ts', '../web/protocol.ts', PATHS],
    ['web/protocol.ts', './seal/link.ts', PATHS],
    ['web/protocol.ts', 'svelte', PACKAGES],
    ['web/seal/link.ts', '../mesh/peer.ts', PATHS],
    ['web/mesh/peer.ts', '../grid.ts', PATHS],
    ['web/mesh/peer.ts', 'svelte', PACKAGES],
    ['web/mesh/peer.ts', 'hono', PACKAGES],
  ])('%s may not import %s', async (file, imported, rule) => {
    expect(await broken(file, `import '${imported}';\n`)).toContain(rule);
  });

  test.each([
    ['worker/protocol.ts', 'valibot'],
    ['worker/admission.ts', './protocol.ts'],
    ['web/seal/link.ts', '../../worker/admission.ts'],
    ['web/mesh/peer.ts', '../seal/link.ts'],
    ['web/mesh/peer.ts', './negotiation.ts'],
  ])('%s may import %s', async (file, imported) => {
    expect(await broken(file, `import '${imported}';\n`)).toEqual([]);
  });

  test('the mesh opens no socket and takes no device', async () => {
    const code = `new WebSocket('');\nvoid navigator.mediaDevices.getUserMedia();\n`;
    const rules = await broken('web/mesh/peer.ts', code);
    expect(rules).toContain('no-restricted-globals');
    expect(rules).toContain('no-restricted-properties');
  });
});

describe('how code reads', () => {
  test.each([
    ['@typescript-eslint/no-floating-promises', `Promise.resolve();`],
    [
      '@typescript-eslint/return-await',
      `export async function f() { try { return Promise.resolve(1); } catch { return 0; } }`,
    ],
    [
      '@typescript-eslint/switch-exhaustiveness-check',
      `export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } return 0; }`,
    ],
    ['@typescript-eslint/no-explicit-any', `export const x: any = 1;`],
  ])('%s is reported', async (rule, code) => {
    expect(await broken('web/seal/link.ts', `${code}\n`)).toContain(rule);
  });

  test('{@html} is reported', async () => {
    const rules = await broken('web/ui/Any.svelte', `<script lang="ts">let x = '';</script>\n{@html x}\n`);
    expect(rules).toContain('svelte/no-at-html-tags');
  });

  test('300 lines pass, 301 are reported, in scripts and in components', async () => {
    expect(await broken('web/seal/link.ts', '\n'.repeat(300))).not.toContain('max-lines');
    expect(await broken('web/seal/link.ts', '\n'.repeat(301))).toContain('max-lines');
    expect(await broken('web/ui/Any.svelte', `<p>Long</p>\n${'\n'.repeat(300)}`)).toContain('max-lines');
  });

  test('no style sheet has more than 300 lines', () => {
    const sheets = readdirSync(join(root, 'web'), { recursive: true, encoding: 'utf8' }).filter((path) =>
      path.endsWith('.css'),
    );
    const long = sheets.filter((path) => readFileSync(join(root, 'web', path), 'utf8').split('\n').length > 301);
    expect(long).toEqual([]);
  });
});
