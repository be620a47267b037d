/**
 * Four ways to say "somebody speaks", fed alike: ours, ours without WebAssembly, Jitsi's over the same RNNoise, and a
 * loudness threshold. Knows one 10 ms frame at a time; refuses to know which recording it is.
 */
import { readFileSync } from 'node:fs';
import { Decision } from '../../../web/media/voice/decision.ts';
import { EnergyDecision } from '../../../web/media/voice/energy.ts';
import { Features } from '../../../web/media/voice/features.ts';
import { FRAME, Rnnoise } from '../../../web/media/voice/rnnoise.ts';

export const RULES = ['ours', 'ours, basic', 'Jitsi', 'loudness'] as const;
export type Rule = (typeof RULES)[number];

const WASM = new URL('../../../node_modules/@jitsi/rnnoise-wasm/dist/rnnoise.wasm', import.meta.url);

/** Percent of one core that RNNoise alone, and all of ours, take in real time. Processor time, so that others' load does not count. */
export async function cost(samples: Int16Array): Promise<{ rnnoise: number; all: number }> {
  const rnnoise = await Rnnoise.load(readFileSync(WASM));
  const features = new Features();
  const decision = new Decision();
  const percent = (listen: (frame: Float32Array) => void): number => {
    const before = process.cpuUsage();
    for (let at = 0; at + FRAME <= samples.length; at += FRAME)
      listen(Float32Array.from(samples.subarray(at, at + FRAME)));
    const { user, system } = process.cpuUsage(before);
    return ((user + system) / 10_000 / samples.length) * 48_000;
  };
  const all = (frame: Float32Array): void => {
    decision.push(features.push(frame, rnnoise.probability(frame)));
  };
  // Once for the compiler, which optimises what runs often.
  percent(all);
  const figures = { rnnoise: percent((frame) => rnnoise.probability(frame)), all: percent(all) };
  rnnoise.close();
  return figures;
}

export class Listener {
  readonly #rnnoise: Rnnoise;
  readonly #features = new Features();
  readonly #decision = new Decision();
  readonly #energy = new EnergyDecision();
  readonly #jitsi = new Jitsi();

  private constructor(rnnoise: Rnnoise) {
    this.#rnnoise = rnnoise;
  }

  static async create(): Promise<Listener> {
    return new Listener(await Rnnoise.load(readFileSync(WASM)));
  }

  close(): void {
    this.#rnnoise.close();
  }

  /** `samples`: 480 at int16 scale. Which rules say "voice" now. */
  push(samples: Float32Array): Record<Rule, boolean> {
    const probability = this.#rnnoise.probability(samples);
    const ours = this.#decision.push(this.#features.push(samples, probability));
    let energy = 0;
    for (const sample of samples) energy += sample * sample;
    const rms = Math.sqrt(energy / FRAME) / 32768;
    return {
      ours,
      'ours, basic': this.#energy.push(20 * Math.log10(rms + 1e-5)),
      Jitsi: this.#jitsi.push(probability),
      loudness: rms > 0.1,
    };
  }
}

/** jitsi-meet's VADTalkMutedDetection: a probability over 0.9 opens 700 ms; it fires when their mean is over 0.6. */
class Jitsi {
  #sum = 0;
  #count = 0;

  push(probability: number): boolean {
    if (this.#count === 0 && probability <= 0.9) return false;
    this.#sum += probability;
    if (++this.#count < 70) return false;
    const fires = this.#sum / this.#count > 0.6;
    this.#sum = 0;
    this.#count = 0;
    return fires;
  }
}
