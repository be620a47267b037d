/**
 * The detector's audio thread: cuts the microphone into 10 ms frames of 48 kHz, asks RNNoise (or, without WebAssembly, the
 * level) and the decision, and posts changes of "voice". Refuses to keep sound: a frame is overwritten by the next.
 */
import { Decision } from './decision.ts';
import { EnergyDecision } from './energy.ts';
import { FarEnd } from './far-end.ts';
import { Features } from './features.ts';
import { FRAME, Rnnoise } from './rnnoise.ts';
import type { FromWorklet, ToWorklet } from './detector.ts';

/** Of the AudioWorkletGlobalScope, which TypeScript's DOM library leaves out. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new () => AudioWorkletProcessor): void;

type Listen = (samples: Float32Array, level: number) => boolean;

class VoiceProcessor extends AudioWorkletProcessor {
  readonly #frame = new Float32Array(FRAME);
  readonly #farEnd = new FarEnd();
  /** Input samples per output sample; 1 unless the browser refused a 48 kHz context. */
  readonly #ratio = sampleRate / 48000;
  #position = 0;
  #last = 0;
  #filled = 0;
  #rnnoise: Rnnoise | undefined;
  #listen: Listen | undefined;
  /** The start() that it listens for. */
  #run = 0;
  #active = false;
  #closed = false;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<ToWorklet>) => {
      if (data.type === 'load') void this.#load(data.wasm);
      else if (data.type === 'reset') this.#begin(data.run);
      else if (data.type === 'far-end') this.#farEnd.level(data.level);
      else this.#close();
    };
  }

  process(inputs: readonly (readonly Float32Array[])[]): boolean {
    const samples = inputs[0]?.[0];
    if (samples !== undefined && this.#listen !== undefined) this.#take(samples);
    return !this.#closed;
  }

  async #load(wasm: ArrayBuffer | undefined): Promise<void> {
    try {
      if (wasm !== undefined) this.#rnnoise = await Rnnoise.load(wasm);
    } catch {
      // The Content-Security-Policy forbids it: basic detection.
    }
    if (this.#closed) this.#rnnoise?.close();
    else this.#begin(this.#run);
    this.#post({ type: 'ready', engine: this.#rnnoise === undefined ? 'energy' : 'rnnoise' });
  }

  #begin(run: number): void {
    this.#run = run;
    this.#active = false;
    this.#filled = 0;
    const rnnoise = this.#rnnoise;
    if (rnnoise === undefined) {
      const decision = new EnergyDecision();
      this.#listen = (_samples, level) => decision.push(level);
      return;
    }
    const features = new Features();
    const decision = new Decision();
    this.#listen = (samples) => decision.push(features.push(samples, rnnoise.probability(samples)));
  }

  /** Linear interpolation to 48 kHz: its images lie above the 7 kHz that the decision looks at. */
  #take(samples: Float32Array): void {
    let position = this.#position;
    for (; position < samples.length; position += this.#ratio) {
      const at = Math.floor(position);
      const before = at === 0 ? this.#last : samples[at - 1]!;
      const part = position - at;
      this.#frame[this.#filled++] = 32768 * (before + (samples[at]! - before) * part);
      if (this.#filled === FRAME) this.#hear();
    }
    this.#position = position - samples.length;
    this.#last = samples[samples.length - 1]!;
  }

  #hear(): void {
    this.#filled = 0;
    let energy = 0;
    for (const sample of this.#frame) energy += sample * sample;
    const level = 10 * Math.log10(energy / FRAME / 32768 ** 2 + 1e-10);
    const voice = this.#listen?.(this.#frame, level) === true;
    const echo = this.#farEnd.push(level);
    const active = voice && (this.#active || !echo);
    if (active === this.#active) return;
    this.#active = active;
    this.#post({ type: 'voice', run: this.#run, active });
  }

  #close(): void {
    this.#closed = true;
    this.#listen = undefined;
    this.#rnnoise?.close();
    this.port.close();
  }

  #post(message: FromWorklet): void {
    this.port.postMessage(message);
  }
}

registerProcessor('voice', VoiceProcessor);
