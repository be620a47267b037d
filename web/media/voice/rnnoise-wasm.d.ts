/** @jitsi/rnnoise-wasm ships no types. Only what rnnoise.ts calls. */
declare module '@jitsi/rnnoise-wasm/dist/rnnoise.js' {
  import type { RnnoiseModule } from './rnnoise.ts';
  interface Options {
    instantiateWasm(
      imports: WebAssembly.Imports,
      receive: (instance: WebAssembly.Instance) => void,
    ): WebAssembly.Exports;
  }
  export default function createRnnoise(options: Options): Promise<RnnoiseModule>;
}
