/**
 * How loud a track is. An AudioContext may never run (Firefox without an audio device stays `suspended` for ever) or
 * wait for a gesture (autoplay rules, iOS interruptions): the level is 0 then and nothing here waits for it.
 */
/** Samples in one look: 21 ms at 48 kHz, so that 20 looks a second miss little. */
const WINDOW = 1024;
/** Shown as 0 and as 1, in dB of full scale: a quiet room and a near, loud voice. */
const QUIETEST = -60;
const LOUDEST = -10;

export class Meter {
  #context: AudioContext | undefined;
  #source: MediaStreamAudioSourceNode | undefined;
  #analyser: AnalyserNode | undefined;
  #samples = new Float32Array(WINDOW);
  #abort = new AbortController();

  constructor(track: MediaStreamTrack) {
    try {
      this.#context = new AudioContext();
      this.#analyser = new AnalyserNode(this.#context, { fftSize: WINDOW });
      this.#source = new MediaStreamAudioSourceNode(this.#context, { mediaStream: new MediaStream([track]) });
      this.#source.connect(this.#analyser);
    } catch {
      // No audio hardware, or too many contexts: no meter, and the microphone works all the same.
      return;
    }
    this.#resume();
    for (const gesture of ['pointerdown', 'touchend', 'keydown'])
      document.addEventListener(gesture, () => this.#resume(), { capture: true, signal: this.#abort.signal });
  }

  /** Whether level() means anything. */
  get running(): boolean {
    return this.#context?.state === 'running';
  }

  /** 0..1, linear in decibels. */
  level(): number {
    if (!this.running || this.#analyser === undefined) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    let energy = 0;
    for (const sample of this.#samples) energy += sample * sample;
    if (energy === 0) return 0;
    const decibels = 10 * Math.log10(energy / WINDOW);
    return Math.min(1, Math.max(0, (decibels - QUIETEST) / (LOUDEST - QUIETEST)));
  }

  /** The largest sample of the last look, 1 = full scale; exactly 0 from a device that delivers nothing at all. */
  peak(): number {
    if (!this.running || this.#analyser === undefined) return 0;
    this.#analyser.getFloatTimeDomainData(this.#samples);
    return this.#samples.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
  }

  /** Where else the sound may go, in the context that this meter keeps running. */
  get tap(): { readonly context: AudioContext; readonly source: AudioNode } | undefined {
    return this.#context && this.#source && { context: this.#context, source: this.#source };
  }

  close(): void {
    this.#abort.abort();
    this.#source?.disconnect();
    this.#context?.close().catch(() => undefined);
    this.#context = undefined;
  }

  #resume(): void {
    if (this.#context && !this.running) this.#context.resume().catch(() => undefined);
  }
}
