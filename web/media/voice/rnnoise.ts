/**
 * RNNoise's voice probability of a 10 ms frame. Knows the WebAssembly module's calls; refuses to know who is asking, where
 * the bytes come from and what is made of the probability.
 */
import { createRnnoise } from './rnnoise-module.js';

/** 10 ms at the only rate that RNNoise was trained for, 48 kHz. */
export const FRAME = 480;

/** What emscripten's module offers of RNNoise (release 0.1; @jitsi/rnnoise-wasm 0.2.1, its README). */
export interface RnnoiseModule {
  readonly HEAPF32: Float32Array;
  _malloc(bytes: number): number;
  _free(pointer: number): void;
  _rnnoise_create(model: number): number;
  _rnnoise_destroy(state: number): void;
  _rnnoise_process_frame(state: number, output: number, input: number): number;
}

export class Rnnoise {
  readonly #module: RnnoiseModule;
  readonly #state: number;
  readonly #buffer: number;

  /**
   * Compiles synchronously: an AudioWorklet has no fetch and Safari cannot post it a compiled module; 112 kB take 2–5 ms.
   * Throws (rejects) where the Content-Security-Policy forbids WebAssembly.
   */
  static async load(wasm: BufferSource): Promise<Rnnoise> {
    const compiled = new WebAssembly.Module(wasm);
    const module = await createRnnoise({
      instantiateWasm: (imports, receive) => {
        const instance = new WebAssembly.Instance(compiled, imports);
        receive(instance);
        return instance.exports;
      },
    });
    return new Rnnoise(module);
  }

  private constructor(module: RnnoiseModule) {
    this.#module = module;
    this.#state = module._rnnoise_create(0);
    this.#buffer = module._malloc(FRAME * Float32Array.BYTES_PER_ELEMENT);
  }

  /** `samples`: 480 at int16 scale (±32768). Returns 0 … 1. */
  probability(samples: Float32Array): number {
    // Read anew each time: the heap's view is replaced when its memory grows.
    this.#module.HEAPF32.set(samples, this.#buffer / Float32Array.BYTES_PER_ELEMENT);
    return this.#module._rnnoise_process_frame(this.#state, this.#buffer, this.#buffer);
  }

  close(): void {
    this.#module._rnnoise_destroy(this.#state);
    this.#module._free(this.#buffer);
  }
}
