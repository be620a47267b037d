/**
 * One microphone, captured once and had twice. The original feeds the meter and every detector; its clone is what is
 * sent and the only thing muted, because muting the original would silence them all. Refuses to know how it is asked
 * for and who receives it.
 */
import { Meter } from './meter.ts';
import type { Suppressor } from './suppressor.ts';
import { DELAY, TalkLine } from './talk-line.ts';

/** A track that the system mutes for less than this was only switched over (a headset's profile change). */
const SILENCED_AFTER_MS = 2_000;
/** Milliseconds that are still sent after the key is up: nobody lets go exactly at the end of a word. */
export const TALK_TAIL = 200;

/** `unavailable`: it could not start or swallowed everything; the plain microphone is sent. */
export type Suppression = 'off' | 'starting' | 'on' | 'unavailable';

export interface MicrophoneEvents {
  /**
   * What is sent: the clone, once for every capture, undefined when there is none. Not for muting. While talking over mute
   * it is the line that holds the last moment.
   */
  onTrack(track: MediaStreamTrack | undefined): void;
  /** Unplugged, or its permission was withdrawn; all is released already. */
  onLost(label: string): void;
  /** The system or the headset delivers silence, or sound again. */
  onSilenced(silenced: boolean): void;
  /** talk() has begun or ended. */
  onTalking(): void;
  /** `suppression` is another than before. */
  onSuppression(): void;
}

export class Microphone {
  #events: MicrophoneEvents;
  #captured: MediaStreamTrack | undefined;
  #sent: MediaStreamTrack | undefined;
  #meter: Meter | undefined;
  #line: TalkLine | undefined;
  #suppressor: Suppressor | undefined;
  #suppression: Suppression = 'off';
  #suppress = false;
  /** Changes with every start and end of suppression: what an older one still awaits is void. */
  #suppressing = 0;
  #muted = false;
  #talk: 'no' | 'plain' | 'delayed' = 'no';
  #tail: ReturnType<typeof setTimeout> | undefined;
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

  /** Not while talking over it. */
  get muted(): boolean {
    return this.#muted && this.#talk === 'no';
  }

  /** Muted, but for as long as a key is held. */
  get talking(): boolean {
    return this.#talk !== 'no';
  }

  get suppression(): Suppression {
    return this.#suppression;
  }

  /** Whether level() means anything: false while no AudioContext runs. */
  get metered(): boolean {
    return this.#meter?.running ?? false;
  }

  /** 0..1, muted or not; 0 without a capture. */
  level(): number {
    return this.#meter?.level() ?? 0;
  }

  /** The largest sample just now, 1 = full scale; 0 exactly only from a device that delivers nothing. */
  peak(): number {
    return this.#meter?.peak() ?? 0;
  }

  /** Takes a fresh capture over, in the place of the one before. Stays muted if it was. */
  adopt(track: MediaStreamTrack): void {
    this.#release();
    this.#captured = track;
    this.#sent = track.clone();
    this.#sent.enabled = !this.muted;
    this.#meter = new Meter(track);
    const signal = this.#abort.signal;
    track.addEventListener('ended', () => this.#lost(track.label), { signal });
    track.addEventListener('mute', () => this.#watchSilence(track), { signal });
    track.addEventListener('unmute', () => this.#watchSilence(track), { signal });
    this.#watchSilence(track);
    if (this.#muted) this.#listenBack();
    this.#events.onTrack(this.#sent);
    if (this.#suppress) void this.#startSuppressing(track);
  }

  /** Noise is taken out of what is sent, by RNNoise on this device; from the next capture on if there is none now. */
  suppress(noise: 'suppressed' | 'kept'): void {
    this.#suppress = noise === 'suppressed';
    if (!this.#suppress) this.#sendPlain('off');
    else if (this.#captured) void this.#startSuppressing(this.#captured);
  }

  /** Also without a capture: the next one begins muted. */
  mute(): void {
    this.#muted = true;
    this.#endTalk();
    if (this.#sent) this.#sent.enabled = false;
    this.#listenBack();
  }

  unmute(): void {
    this.#muted = false;
    this.#endTalk();
    if (this.#sent) this.#sent.enabled = true;
    this.#closeLine();
  }

  /** Unmuted until hush(), from a moment before now on where Web Audio runs. Does nothing unless muted. */
  talk(): void {
    if (!this.#muted) return;
    clearTimeout(this.#tail);
    if (this.talking) return;
    const delayed = this.#line?.open();
    this.#talk = delayed ? 'delayed' : 'plain';
    if (delayed) this.#events.onTrack(delayed);
    else if (this.#sent) this.#sent.enabled = true;
    this.#events.onTalking();
  }

  /** Muted again, once the last word is out. */
  hush(): void {
    if (!this.talking) return;
    clearTimeout(this.#tail);
    this.#tail = setTimeout(() => this.#endTalk(), TALK_TAIL + (this.#talk === 'delayed' ? DELAY : 0));
  }

  stop(): void {
    if (this.#captured === undefined) return;
    this.#release();
    this.#events.onTrack(undefined);
  }

  async #startSuppressing(captured: MediaStreamTrack): Promise<void> {
    if (this.#suppression === 'starting' || this.#suppression === 'on') return;
    const run = ++this.#suppressing;
    this.#setSuppression('starting');
    try {
      const { Suppressor } = await import('./suppressor.ts');
      const suppressor = await Suppressor.start(captured, () => this.#sendPlain('unavailable'));
      if (run !== this.#suppressing) return suppressor.close();
      this.#suppressor = suppressor;
      this.#send(suppressor.track ?? captured.clone());
      this.#setSuppression('on');
    } catch {
      if (run === this.#suppressing) this.#setSuppression('unavailable');
    }
  }

  #sendPlain(suppression: 'off' | 'unavailable'): void {
    this.#suppressing += 1;
    this.#setSuppression(suppression);
    if (this.#suppressor === undefined) return;
    if (this.#captured) this.#send(this.#captured.clone());
    this.#suppressor.close();
    this.#suppressor = undefined;
  }

  /** In the place of what was sent. */
  #send(track: MediaStreamTrack): void {
    this.#closeLine();
    this.#sent?.stop();
    this.#sent = track;
    track.enabled = !this.muted;
    if (this.#muted) this.#listenBack();
    this.#events.onTrack(track);
  }

  #setSuppression(suppression: Suppression): void {
    if (this.#suppression === suppression) return;
    this.#suppression = suppression;
    this.#events.onSuppression();
  }

  #closeLine(): void {
    this.#line?.close();
    this.#line = undefined;
    // The line is gone: what is left of a held key is sent as it comes.
    if (this.#talk === 'delayed') this.#talk = 'plain';
  }

  #listenBack(): void {
    const tap = this.#suppressor?.tap ?? this.#meter?.tap;
    if (this.#line || !tap) return;
    try {
      this.#line = new TalkLine(tap.context, tap.source);
    } catch {
      // No such nodes: who talks over mute is heard from the key on.
    }
  }

  #endTalk(): void {
    clearTimeout(this.#tail);
    if (!this.talking) return;
    const delayed = this.#talk === 'delayed';
    this.#talk = 'no';
    this.#line?.shut();
    if (this.#sent) this.#sent.enabled = !this.#muted;
    if (delayed && this.#sent) this.#events.onTrack(this.#sent);
    this.#events.onTalking();
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
    this.#closeLine();
    this.#suppressor?.close();
    this.#suppressor = undefined;
    this.#suppressing += 1;
    this.#setSuppression('off');
    this.#meter?.close();
    this.#meter = undefined;
    this.#sent?.stop();
    this.#captured?.stop();
    this.#sent = undefined;
    this.#captured = undefined;
  }
}
