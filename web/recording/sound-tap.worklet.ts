/**
 * In the audio thread: gathers one sound line into batches and posts them to the engine's worker, past the page.
 * Refuses to know what is in the line. Built as a file of its own (`?worker&url`).
 */
import type { SoundBatch } from './messages.ts';

// Of AudioWorkletGlobalScope, which lib.dom leaves out.
declare const currentFrame: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options: TapInit) => AudioWorkletProcessor): void;

interface TapInit {
  readonly processorOptions: { readonly channels: number };
}

/** 40 ms at 48 kHz: one batch a picture. */
const BATCH = 1920;

registerProcessor(
  'sound-tap',
  class extends AudioWorkletProcessor {
    #to: MessagePort | undefined;
    #channels: number;
    #planes: Float32Array<ArrayBuffer>[];
    #filled = 0;
    #frame = 0;

    constructor({ processorOptions }: TapInit) {
      super();
      this.#channels = processorOptions.channels;
      this.#planes = this.#empty();
      this.port.onmessage = ({ data }: MessageEvent<MessagePort>) => (this.#to = data);
    }

    process([input]: Float32Array[][], [output]: Float32Array[][]): boolean {
      // Nothing connected: no channels, but the output still says how long a quantum is.
      const quantum = input?.[0]?.length ?? output?.[0]?.length ?? 128;
      if (this.#filled === 0) this.#frame = currentFrame;
      this.#planes.forEach((plane, channel) => {
        const samples = input?.[channel] ?? input?.[0];
        if (samples) plane.set(samples, this.#filled);
      });
      this.#filled += quantum;
      if (this.#filled + quantum > BATCH) this.#post();
      return true;
    }

    #post(): void {
      const planes = this.#filled === BATCH ? this.#planes : this.#planes.map((plane) => plane.slice(0, this.#filled));
      const batch: SoundBatch = { planes, frame: this.#frame, madeAt: Date.now() };
      this.#to?.postMessage(
        batch,
        planes.map(({ buffer }) => buffer),
      );
      this.#planes = this.#empty();
      this.#filled = 0;
    }

    #empty(): Float32Array<ArrayBuffer>[] {
      return Array.from({ length: this.#channels }, () => new Float32Array(BATCH));
    }
  },
);
