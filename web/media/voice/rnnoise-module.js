/**
 * Gives @jitsi/rnnoise-wasm the types that it ships without. JavaScript, because that is where TypeScript takes a type on
 * trust from a comment instead of a cast. Knows nothing else.
 */
import create from '@jitsi/rnnoise-wasm/dist/rnnoise.js';

/**
 * @type {(options: {
 *   instantiateWasm(
 *     imports: WebAssembly.Imports,
 *     receive: (instance: WebAssembly.Instance) => void,
 *   ): WebAssembly.Exports;
 * }) => Promise<import('./rnnoise.ts').RnnoiseModule>}
 */
export const createRnnoise = create;
