/**
 * One microphone, captured once and had twice. The original feeds the meter and every detector; its clone is what is
 * sent and the only thing muted, because muting the original would silence them all. Refuses to know how it is asked
 * for and who receives it.
 */
import { Meter } from './meter.ts';

/** A track that the system mutes for less than this was only switched over (a headset's profile change). */
const SILENCED_AFTER_MS = 2_000;

export interface MicrophoneEvents {
  /** The sent clone: once for every capture, undefined when there is none. Not for muting. */
  onTrack(track: MediaStreamTrack | undefined): void;
  /** Unplugged, or its permission was withdrawn; all is released already. */
  onLost(label: string): void;
  /** The system or the headset delivers silence, or sound again. */
  onSilenced(silenced: boolean): void;
}

export class Microphone {
  #events: MicrophoneEvents;
  #captured: MediaStreamTrack | undefined;
  #sent: MediaStreamTrack | undefined;
  #meter: Meter | undefined;
  #muted = false;
  #silenced = false;
  #silence: ReturnType<typeof setTimeout> | undefined;
  #abort = new AbortController();

  constructor(events: MicrophoneEvents) {
    this.#events = events;
  }

  /** The original: for detectors, never to be sent. */
  get captured(): MediaStreamTrack | undefined {
    return this.#captured;
  }

  get sent(): MediaStreamTrack | undefined {
    return this.#sent;
  }

  get muted(): boolean {
    return this.#muted;
  }

  /** Whether level() means anything: false while no AudioContext runs. */
  get metered(): boolean {
    return this.#meter?.running ?? false;
  }

  /** 0..1, muted or not; 0 without a capture. */
  level(): number {
    return this.#meter?.level() ?? 0;
  }

  /** Takes a fresh capture over, in the place of the one before. Stays muted if it was. */
  adopt(track: MediaStreamTrack): void {
    this.#release();
    this.#captured = track;
    this.#sent = track.clone();
    this.#sent.enabled = !this.#muted;
    this.#meter = new Meter(track);
    const signal = this.#abort.signal;
    track.addEventListener('ended', () => this.#lost(track.label), { signal });
    track.addEventListener('mute', () => this.#watchSilence(track), { signal });
    track.addEventListener('unmute', () => this.#watchSilence(track), { signal });
    this.#watchSilence(track);
    this.#events.onTrack(this.#sent);
  }

  /** Also without a capture: the next one begins muted. */
  mute(): void {
    this.#muted = true;
    if (this.#sent) this.#sent.enabled = false;
  }

  unmute(): void {
    this.#muted = false;
    if (this.#sent) this.#sent.enabled = true;
  }

  stop(): void {
    if (this.#captured === undefined) return;
    this.#release();
    this.#events.onTrack(undefined);
  }

  #lost(label: string): void {
    this.stop();
    this.#events.onLost(label);
  }

  #watchSilence(track: MediaStreamTrack): void {
    clearTimeout(this.#silence);
    if (track.muted) this.#silence = setTimeout(() => this.#setSilenced(true), SILENCED_AFTER_MS);
    else this.#setSilenced(false);
  }

  #setSilenced(silenced: boolean): void {
    if (this.#silenced === silenced) return;
    this.#silenced = silenced;
    this.#events.onSilenced(silenced);
  }

  #release(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    clearTimeout(this.#silence);
    this.#setSilenced(false);
    this.#meter?.close();
    this.#meter = undefined;
    this.#sent?.stop();
    this.#captured?.stop();
    this.#sent = undefined;
    this.#captured = undefined;
  }
}
