/**
 * The trained part of the decision: a recurrent network of the size of RNNoise's own voice output, run on features.ts.
 * Pure arithmetic over weights.ts; refuses to know what the numbers mean.
 */
import { FEATURES } from './features.ts';
import { HIDDEN, SCALES, WEIGHTS } from './weights.ts';

export class Network {
  readonly #inputs: Layer;
  readonly #fromInput: Layer;
  readonly #fromState: Layer;
  readonly #output: Layer;
  readonly #projected = new Float32Array(HIDDEN);
  readonly #gates = new Float32Array(3 * HIDDEN);
  readonly #recurrent = new Float32Array(3 * HIDDEN);
  readonly #state = new Float32Array(HIDDEN);
  readonly #score = new Float32Array(1);

  constructor() {
    const read = reader();
    this.#inputs = new Layer(read, FEATURES, HIDDEN);
    this.#fromInput = new Layer(read, HIDDEN, 3 * HIDDEN);
    this.#fromState = new Layer(read, HIDDEN, 3 * HIDDEN);
    this.#output = new Layer(read, HIDDEN, 1);
  }

  /** `features`: the mean of two frames of features.ts. Returns log odds of voice now, given all before. */
  push(features: Float32Array): number {
    const projected = this.#projected;
    this.#inputs.apply(features, projected);
    for (let i = 0; i < HIDDEN; i++) projected[i] = Math.tanh(projected[i]!);
    // A gated recurrent unit with PyTorch's order of gates: reset, update, new.
    const gates = this.#gates;
    const recurrent = this.#recurrent;
    const state = this.#state;
    this.#fromInput.apply(projected, gates);
    this.#fromState.apply(state, recurrent);
    for (let i = 0; i < HIDDEN; i++) {
      const reset = sigmoid(gates[i]! + recurrent[i]!);
      const update = sigmoid(gates[HIDDEN + i]! + recurrent[HIDDEN + i]!);
      const fresh = Math.tanh(gates[2 * HIDDEN + i]! + reset * recurrent[2 * HIDDEN + i]!);
      state[i] = (1 - update) * fresh + update * state[i]!;
    }
    this.#output.apply(state, this.#score);
    return this.#score[0]!;
  }

  reset(): void {
    this.#state.fill(0);
  }
}

class Layer {
  readonly #weights: Float32Array;
  readonly #bias: Float32Array;
  readonly #inputs: number;
  readonly #outputs: number;

  constructor(read: (count: number) => Float32Array, inputs: number, outputs: number) {
    this.#weights = read(inputs * outputs);
    this.#bias = read(outputs);
    this.#inputs = inputs;
    this.#outputs = outputs;
  }

  apply(from: Float32Array, to: Float32Array): void {
    for (let row = 0, at = 0; row < this.#outputs; row++) {
      let sum = this.#bias[row]!;
      for (let column = 0; column < this.#inputs; column++, at++) sum += this.#weights[at]! * from[column]!;
      to[row] = sum;
    }
  }
}

/** Hands out the tables in order, each with its own scale. */
function reader(): (count: number) => Float32Array {
  const bytes = decode(WEIGHTS);
  const numbers = new DataView(bytes.buffer);
  let at = 0;
  let table = 0;
  return (count) => {
    const scale = SCALES[table++]!;
    return Float32Array.from({ length: count }, () => {
      at += 2;
      return numbers.getInt16(at - 2, true) * scale;
    });
  };
}

/** Base64: an AudioWorklet has no atob. */
function decode(text: string): Uint8Array<ArrayBuffer> {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = Uint8Array.from(text, (digit) => Math.max(0, digits.indexOf(digit)));
  const bytes = new Uint8Array((text.length / 4) * 3);
  for (let from = 0, to = 0; from < text.length; from += 4, to += 3) {
    const three = (values[from]! << 18) | (values[from + 1]! << 12) | (values[from + 2]! << 6) | values[from + 3]!;
    bytes[to] = three >> 16;
    bytes[to + 1] = three >> 8;
    bytes[to + 2] = three;
  }
  return bytes;
}

function sigmoid(value: number): number {
  return 1 / (1 + Math.exp(-value));
}
