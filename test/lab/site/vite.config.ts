/** Builds the lab's page, which is the product's call without its screens. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { join } from 'node:path';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: join(import.meta.dirname, '../../../.wrangler/lab/site'),
    emptyOutDir: true,
    target: 'es2023',
    assetsInlineLimit: 0,
  },
});
