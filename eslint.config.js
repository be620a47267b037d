/**
 * Lint: what architecture.md says of the code and a machine can check. Who may import whom, 300 lines a file, no floating
 * promises, `return await` in try, exhaustive switches, no `any`, no `{@html}`.
 */
import js from '@eslint/js';
import importX from 'eslint-plugin-import-x';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import ts from 'typescript-eslint';

/** Messages, proofs and bytes as text: what a browser and the room share. */
const SHARED = ['./worker/protocol.ts', './worker/encoding.ts', './worker/admission.ts'];
/** The same for every file: the project service reads all projects again whenever it changes. */
const EXTRA = ['.svelte'];
const SCREENS = ['svelte', 'svelte/**', 'bits-ui', '@lucide/**'];

/**
 * Of this repository, `files` may import only what `allowed` names (folders and files, from the root), and of the packages
 * none of `packages`. The last entry that matches a file counts for it.
 */
function mayImport(files, allowed, packages = []) {
  const folders = ['./web', './worker', './test'].filter((folder) => !allowed.includes(folder));
  const zones = folders.map((from) => ({
    target: './',
    from,
    except: allowed.filter((path) => path.startsWith(`${from}/`)).map((path) => path.replace(from, '.')),
    message: `Allowed here: ${allowed.join(', ') || 'packages only'}.`,
  }));
  return {
    files,
    rules: {
      'import-x/no-restricted-paths': ['error', { basePath: import.meta.dirname, zones }],
      'no-restricted-imports': ['error', { patterns: packages.map((name) => ({ group: [name] })) }],
    },
  };
}

/** A folder of plain TypeScript: itself, both protocols and `more`; no framework, and a socket only where it is the subject. */
function plainFolder(folder, more = [], packages = SCREENS) {
  return mayImport(
    [`web/${folder}/**`],
    [`./web/${folder}`, './web/protocol.ts', ...SHARED, ...more],
    ['hono', 'hono/**', ...packages],
  );
}

const CALL_FILES = ['call', 'self', 'participant', 'chat', 'notices', 'recording', 'kept-recordings'].map(
  (name) => `./web/${name}.svelte.ts`,
);
const UI_MAY = [
  ...CALL_FILES,
  './web/any-kept.ts',
  './web/ui',
  './web/grid.ts',
  './web/preferences.ts',
  './web/host-keys.ts',
  './web/i18n',
  './web/seal/link.ts',
];

export default ts.config(
  { ignores: ['dist/', '.wrangler/', 'web/i18n/generated/', 'test-results/', '**/*.local/'] },
  js.configs.recommended,
  ...ts.configs.recommended,
  ...svelte.configs.recommended,
  { plugins: { 'import-x': importX } },
  {
    rules: {
      'max-lines': ['error', { max: 300 }],
      'no-undef': 'off',
      'prefer-const': 'error',
      // Playwright's fixtures name what they need in a pattern, which may be nothing.
      'no-empty-pattern': ['error', { allowObjectPatternsAsParameters: true }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
      '@typescript-eslint/consistent-type-assertions': [
        'error',
        { assertionStyle: 'as', objectLiteralTypeAssertions: 'never' },
      ],
      '@typescript-eslint/no-empty-object-type': ['error', { allowInterfaces: 'with-single-extends' }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  { files: ['**/*.mjs', '*.js'], languageOptions: { globals: globals.node } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, extraFileExtensions: EXTRA } },
    rules: {
      'svelte/no-at-html-tags': 'error',
      // Most Maps, Sets and Dates of the call are not state, and those of a $derived are made anew.
      'svelte/prefer-svelte-reactivity': 'off',
      // One `let` takes all of $props(), the bindable ones too.
      'prefer-const': ['error', { destructuring: 'all' }],
    },
  },
  {
    // The rules that need types, where the checker is at hand: every TypeScript file.
    files: ['{worker,web,test}/**/*.ts'],
    ignores: ['web/vite.config.ts'],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname, extraFileExtensions: EXTRA },
    },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: false }],
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
    },
  },

  // Who may import whom.
  mayImport(['worker/**'], ['./worker'], SCREENS),
  mayImport(['web/**'], ['./web', ...SHARED], ['hono', 'hono/**']),
  mayImport(['web/ui/**'], UI_MAY, ['hono', 'hono/**']),
  {
    // What a screen shows must not depend on which screen shows it.
    files: ['web/*.ts'],
    ignores: ['web/main.ts'],
    rules: {
      'import-x/no-restricted-paths': [
        'error',
        { basePath: import.meta.dirname, zones: ['./web/ui', './test'].map((from) => ({ target: './web', from })) },
      ],
    },
  },
  plainFolder('seal'),
  plainFolder('mesh', ['./web/seal', './web/lived-time.ts']),
  plainFolder('media'),
  plainFolder('recording', ['./web/grid.ts']),
  plainFolder('room', ['./web/lived-time.ts'], ['svelte', 'svelte/**', 'bits-ui', '@lucide/**']),
  mayImport(['worker/protocol.ts', 'web/protocol.ts'], []),
  {
    files: ['worker/protocol.ts', 'web/protocol.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '^(?!valibot$)', message: 'A protocol imports its schema library only.' }] },
      ],
    },
  },
  {
    // Sockets and devices are given to the mesh, never taken by it.
    files: ['web/mesh/**'],
    rules: {
      'no-restricted-globals': ['error', 'WebSocket', 'EventSource', 'fetch'],
      'no-restricted-properties': [
        'error',
        { property: 'getUserMedia', message: 'Tracks are given to the mesh.' },
        { property: 'getDisplayMedia', message: 'Tracks are given to the mesh.' },
      ],
    },
  },
);
