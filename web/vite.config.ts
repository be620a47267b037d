/** Builds the page into dist/, which wrangler.toml serves as assets. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';

export default defineConfig({
  root: import.meta.dirname,
  plugins: [svelte({ compilerOptions: { runes: true, discloseVersion: false } })],
  build: {
    outDir: '../dist',
    emptyOutDir: true,
    target: 'es2023',
    // light-dark() as it is: rewritten for older browsers it is fixed at :root, and a dark part of a light page stays light.
    cssTarget: ['chrome123', 'firefox120', 'safari17.5'],
    // Inlined assets would be data: URLs, which the Content-Security-Policy forbids.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
