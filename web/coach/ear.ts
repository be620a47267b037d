/**
 * The one voice detector of a call: loaded when somebody first needs it, listening to one track at a time or to none.
 * Refuses to know what a voice means.
 */
import type { VoiceDetector, VoiceEngine } from '../media/voice/detector.ts';

export class Ear {
  readonly #onVoice: (active: boolean) => void;
  #detector: VoiceDetector | undefined;
  #asked = false;
  #failed = false;
  #track: MediaStreamTrack | undefined;
  #closed = false;

  constructor(onVoice: (active: boolean) => void) {
    this.#onVoice = onVoice;
  }

  get engine(): VoiceEngine {
    if (this.#failed) return 'unavailable';
    return this.#detector?.engine ?? (this.#track ? 'starting' : 'off');
  }

  /** Undefined: to nothing. The same track again changes nothing. */
  listen(track: MediaStreamTrack | undefined): void {
    if (this.#track === track || this.#closed) return;
    this.#track = track;
    if (track === undefined) this.#detector?.stop();
    else if (this.#detector) this.#detector.start(track);
    else if (!this.#asked) void this.#load();
  }

  /** How loud the others are just now, linear, 1 = full scale: a voice from my own loudspeaker is not mine. */
  farEnd(level: number): void {
    this.#detector?.farEnd(level);
  }

  close(): void {
    this.listen(undefined);
    this.#closed = true;
    this.#detector?.close();
  }

  async #load(): Promise<void> {
    this.#asked = true;
    try {
      const { VoiceDetector } = await import('../media/voice/detector.ts');
      if (this.#closed) return;
      this.#detector = new VoiceDetector({ onVoice: this.#onVoice, onUnavailable: () => undefined });
      if (this.#track) this.#detector.start(this.#track);
    } catch {
      // Not reachable, or a newer version has been deployed: the call goes on without.
      this.#failed = true;
    }
  }
}
