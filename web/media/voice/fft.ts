/** The spectrum of real samples: a complex transform of half the size, radix 2, untangled. Knows only its arrays. */
export class Fft {
  readonly #half: number;
  readonly #cos: Float64Array;
  readonly #sin: Float64Array;
  readonly #reversed: Uint32Array;
  readonly #a: Float64Array;
  readonly #b: Float64Array;

  /** `size`: a power of two. */
  constructor(size: number) {
    this.#half = size / 2;
    this.#cos = Float64Array.from({ length: size / 2 }, (_, i) => Math.cos((2 * Math.PI * i) / size));
    this.#sin = Float64Array.from({ length: size / 2 }, (_, i) => Math.sin((2 * Math.PI * i) / size));
    this.#a = new Float64Array(size / 2);
    this.#b = new Float64Array(size / 2);
    const bits = Math.log2(size / 2);
    this.#reversed = Uint32Array.from({ length: size / 2 }, (_, i) => {
      let reversed = 0;
      for (let bit = 0; bit < bits; bit++) reversed |= ((i >> bit) & 1) << (bits - 1 - bit);
      return reversed;
    });
  }

  /** `samples`: size of them. Writes size / 2 + 1 bins. */
  transform(samples: Float64Array, real: Float64Array, imaginary: Float64Array): void {
    const half = this.#half;
    const a = this.#a;
    const b = this.#b;
    for (let i = 0; i < half; i++) {
      const from = 2 * this.#reversed[i]!;
      a[i] = samples[from]!;
      b[i] = samples[from + 1]!;
    }
    this.#butterflies();
    real[0] = a[0]! + b[0]!;
    imaginary[0] = 0;
    real[half] = a[0]! - b[0]!;
    imaginary[half] = 0;
    for (let k = 1; k < half; k++) {
      const evenReal = (a[k]! + a[half - k]!) / 2;
      const evenImaginary = (b[k]! - b[half - k]!) / 2;
      const oddReal = (b[k]! + b[half - k]!) / 2;
      const oddImaginary = (a[half - k]! - a[k]!) / 2;
      const cos = this.#cos[k]!;
      const sin = this.#sin[k]!;
      real[k] = evenReal + cos * oddReal + sin * oddImaginary;
      imaginary[k] = evenImaginary + cos * oddImaginary - sin * oddReal;
    }
  }

  #butterflies(): void {
    const a = this.#a;
    const b = this.#b;
    const size = this.#half;
    for (let half = 1; half < size; half *= 2) {
      // The tables are those of the whole size, twice this transform's.
      const stride = size / half;
      for (let start = 0; start < size; start += 2 * half) {
        for (let k = 0; k < half; k++) {
          const cos = this.#cos[k * stride]!;
          const sin = this.#sin[k * stride]!;
          const i = start + k;
          const j = i + half;
          const re = a[j]! * cos + b[j]! * sin;
          const im = b[j]! * cos - a[j]! * sin;
          a[j] = a[i]! - re;
          b[j] = b[i]! - im;
          a[i] = a[i]! + re;
          b[i] = b[i]! + im;
        }
      }
    }
  }
}
