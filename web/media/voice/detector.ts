/**
 * Says when somebody speaks into a microphone, whether or not anything is sent. Loads its audio thread and RNNoise (104 kB
 * gzip) at the first start(), works on this device only, keeps no sound. Refuses to know about mute, calls and screens.
 */
import wasmUrl from '@jitsi/rnnoise-wasm/dist/rnnoise.wasm?url';
import workletUrl from './worklet.ts?worker&url';

/** `rnnoise`: the full detector. `energy`: basic detection, because WebAssembly is forbidden. */
export type VoiceEngine = 'off' | 'starting' | 'rnnoise' | 'energy' | 'unavailable';

/**
 * `suspended`: the AudioContext does not run (no gesture yet, or no audio device: Firefox without a sound server); it may
 * still start later, and then voices are reported. `unsupported`: no AudioWorklet. `failed`: its file did not load.
 */
export type VoiceUnavailable = 'suspended' | 'unsupported' | 'failed';

export interface VoiceCallbacks {
  /** True when somebody began to speak, false about a second after they stopped. */
  onVoice(active: boolean): void;
  /** At most once per start(). The call goes on without. */
  onUnavailable(reason: VoiceUnavailable): void;
}

export type ToWorklet =
  | { type: 'load'; wasm: ArrayBuffer | undefined }
  | { type: 'reset'; run: number }
  | { type: 'far-end'; level: number }
  | { type: 'close' };

export type FromWorklet =
  { type: 'ready'; engine: 'rnnoise' | 'energy' } | { type: 'voice'; run: number; active: boolean };

/** M9: longer than a context takes to start on a slow phone, shorter than anybody waits. */
const RUN_LIMIT_MS = 2_000;
/** For 104 kB over a bad line, once the context runs. */
const LOAD_LIMIT_MS = 15_000;

export class VoiceDetector {
  readonly #callbacks: VoiceCallbacks;
  #context: AudioContext | undefined;
  #node: AudioWorkletNode | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #limit: ReturnType<typeof setTimeout> | undefined;
  #engine: VoiceEngine = 'off';
  #loaded: 'rnnoise' | 'energy' | undefined;
  #active = false;
  /** Changes with every start and stop: what an older one still awaits is void. */
  #run = 0;

  constructor(callbacks: VoiceCallbacks) {
    this.#callbacks = callbacks;
  }

  /** For diagnostics. */
  get engine(): VoiceEngine {
    return this.#engine;
  }

  /** Listens to `track`, which stays the caller's. Never throws, never blocks: failures come as onUnavailable. */
  start(track: MediaStreamTrack): void {
    this.stop();
    const run = ++this.#run;
    this.#engine = 'starting';
    this.#limit = setTimeout(() => this.#overdue(run), RUN_LIMIT_MS);
    this.#listen(track, run).catch(() => {
      if (run !== this.#run) return;
      this.#release();
      this.#fail('AudioWorkletNode' in globalThis ? 'failed' : 'unsupported');
    });
  }

  /** Nothing is heard and no processor time used until the next start(), which is then quick: all stays loaded. */
  stop(): void {
    this.#run++;
    clearTimeout(this.#limit);
    this.#source?.disconnect();
    this.#source = undefined;
    this.#engine = 'off';
    this.#voice('quiet');
    // Rejects when the context is closed already: nothing is lost.
    this.#context?.suspend().catch(() => undefined);
  }

  /** How loud the loudspeaker plays now, root mean square, 0 … 1; 10–20 times a second while anything plays. */
  farEnd(level: number): void {
    this.#post({ type: 'far-end', level });
  }

  close(): void {
    this.stop();
    this.#release();
  }

  async #listen(track: MediaStreamTrack, run: number): Promise<void> {
    const [context, source] = this.#connect(new MediaStream([track]));
    context.onstatechange = () => this.#settle();
    // Not awaited: without a gesture or a device the promise stays open for ever; statechange tells.
    context.resume().catch(() => undefined);
    const node = this.#node ?? (await this.#load(context));
    if (run !== this.#run) return;
    this.#post({ type: 'reset', run });
    this.#source = source;
    source.connect(node);
    this.#settle();
  }

  /** At 48 kHz; at the microphone's own rate where the browser (Firefox) connects no other, and the audio thread resamples. */
  #connect(stream: MediaStream): [AudioContext, MediaStreamAudioSourceNode] {
    try {
      const context = (this.#context ??= new AudioContext({ sampleRate: 48000 }));
      return [context, context.createMediaStreamSource(stream)];
    } catch {
      this.#release();
      const context = (this.#context = new AudioContext());
      return [context, context.createMediaStreamSource(stream)];
    }
  }

  async #load(context: AudioContext): Promise<AudioWorkletNode> {
    const [wasm] = await Promise.all([fetchWasm(), context.audioWorklet.addModule(workletUrl)]);
    if (this.#context !== context) throw new Error('closed while loading');
    // Another start() may have finished while this one waited.
    if (this.#node !== undefined) return this.#node;
    const node = new AudioWorkletNode(context, 'voice', { numberOfInputs: 1, numberOfOutputs: 0, channelCount: 1 });
    node.port.onmessage = ({ data }: MessageEvent<FromWorklet>) => this.#told(data);
    this.#node = node;
    this.#post({ type: 'load', wasm });
    return node;
  }

  #told(message: FromWorklet): void {
    if (message.type === 'ready') {
      this.#loaded = message.engine;
      this.#settle();
    } else if (this.#source !== undefined && message.run === this.#run) {
      this.#voice(message.active ? 'voice' : 'quiet');
    }
  }

  /** Running and loaded: it listens, however late. */
  #settle(): void {
    if (this.#source === undefined || this.#loaded === undefined || this.#context?.state !== 'running') return;
    clearTimeout(this.#limit);
    this.#engine = this.#loaded;
  }

  #overdue(run: number): void {
    if (run !== this.#run) return;
    if (this.#context?.state !== 'running') this.#fail('suspended');
    else this.#limit = setTimeout(() => this.#fail('failed'), LOAD_LIMIT_MS);
  }

  #fail(reason: VoiceUnavailable): void {
    clearTimeout(this.#limit);
    this.#engine = 'unavailable';
    this.#callbacks.onUnavailable(reason);
  }

  #voice(now: 'voice' | 'quiet'): void {
    const active = now === 'voice';
    if (active === this.#active) return;
    this.#active = active;
    this.#callbacks.onVoice(active);
  }

  #post(message: ToWorklet): void {
    this.#node?.port.postMessage(message);
  }

  #release(): void {
    this.#post({ type: 'close' });
    this.#node = undefined;
    this.#loaded = undefined;
    if (this.#context !== undefined) this.#context.onstatechange = null;
    this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }
}

/** Undefined when it cannot be had: basic detection does without. */
async function fetchWasm(): Promise<ArrayBuffer | undefined> {
  try {
    const answer = await fetch(wasmUrl);
    return answer.ok ? await answer.arrayBuffer() : undefined;
  } catch {
    return undefined;
  }
}
