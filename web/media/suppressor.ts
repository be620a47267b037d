/**
 * RNNoise between a microphone and what is sent of it: takes away fans, keys and streets. Loaded (115 kB gzip) when first
 * wanted. Guards itself: a processor that swallows everything is reported, so that nobody is silenced by it. Refuses to know
 * mute and what is sent when it does not run.
 */
import { loadRnnoise, RnnoiseWorkletNode } from '@sapphi-red/web-noise-suppressor';
import wasmUrl from '@sapphi-red/web-noise-suppressor/rnnoise.wasm?url';
import simdUrl from '@sapphi-red/web-noise-suppressor/rnnoise_simd.wasm?url';
import workletUrl from '@sapphi-red/web-noise-suppressor/rnnoiseWorklet.js?url';

/** Milliseconds that a context may take to run, and between two looks of the guard. */
const START_LIMIT = 3_000;
const LOOK = 250;
/** Looks in a row with sound in and none out. Noise is turned down, never to exactly nothing for so long. */
const SWALLOWED = 6;
/** −50 dB of full scale. */
const SOUND = 0.003;

export class Suppressor {
  readonly #context: AudioContext;
  readonly #node: RnnoiseWorkletNode;
  readonly #out: MediaStreamAudioDestinationNode;
  readonly #before: AnalyserNode;
  readonly #after: AnalyserNode;
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #onDead: () => void;
  #swallowed = 0;

  /** Rejects where it cannot run: no WebAssembly, no AudioWorklet, a context that stays suspended, a file that does not load. */
  static async start(track: MediaStreamTrack, onDead: () => void): Promise<Suppressor> {
    // RNNoise knows no other rate than 48 kHz.
    const context = new AudioContext({ sampleRate: 48_000 });
    try {
      const source = context.createMediaStreamSource(new MediaStream([track]));
      const [wasmBinary] = await Promise.all([
        loadRnnoise({ url: wasmUrl, simdUrl }),
        context.audioWorklet.addModule(workletUrl),
        running(context),
      ]);
      const node = new RnnoiseWorkletNode(context, { maxChannels: 2, wasmBinary });
      return new Suppressor(context, { source, node }, onDead);
    } catch (error) {
      context.close().catch(() => undefined);
      throw error;
    }
  }

  private constructor(
    context: AudioContext,
    { source, node }: { source: AudioNode; node: RnnoiseWorkletNode },
    onDead: () => void,
  ) {
    this.#context = context;
    this.#node = node;
    this.#onDead = onDead;
    this.#out = new MediaStreamAudioDestinationNode(this.#context, { channelCount: 1 });
    this.#before = new AnalyserNode(this.#context, { fftSize: 2048 });
    this.#after = new AnalyserNode(this.#context, { fftSize: 2048 });
    source.connect(this.#before);
    source.connect(node).connect(this.#out);
    node.connect(this.#after);
    this.#timer = setInterval(() => this.#guard(), LOOK);
  }

  /** To be sent; ends with close(). */
  get track(): MediaStreamTrack | undefined {
    return this.#out.stream.getAudioTracks()[0];
  }

  /** Where else the cleaned sound may go. */
  get tap(): { readonly context: AudioContext; readonly source: AudioNode } {
    return { context: this.#context, source: this.#node };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#node.destroy();
    this.#context.close().catch(() => undefined);
  }

  #guard(): void {
    const swallowed = peakOf(this.#before) > SOUND && peakOf(this.#after) === 0;
    this.#swallowed = swallowed ? this.#swallowed + 1 : 0;
    if (this.#swallowed >= SWALLOWED || this.#context.state !== 'running') this.#onDead();
  }
}

function peakOf(analyser: AnalyserNode): number {
  const samples = new Float32Array(analyser.fftSize);
  analyser.getFloatTimeDomainData(samples);
  return samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
}

async function running(context: AudioContext): Promise<void> {
  context.resume().catch(() => undefined);
  const deadline = performance.now() + START_LIMIT;
  while (context.state !== 'running') {
    if (performance.now() > deadline) throw new Error('the AudioContext does not run');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
