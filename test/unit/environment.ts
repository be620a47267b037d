/**
 * Node as it is, but compiled as for a browser: Svelte's server build, which Vite picks for Node, has no effects.
 * Adds no DOM: what needs one is tested in a browser.
 */
import type { Environment } from 'vitest/runtime';

export default {
  name: 'node-without-ssr',
  viteEnvironment: 'client',
  setup: () => ({ teardown: () => undefined }),
} satisfies Environment;
