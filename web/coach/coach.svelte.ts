/**
 * The coach: everything that keeps people from talking to nobody, wired to what I have and to the others. Reactive.
 * What is decided is decided in the pure files beside this one; this one asks, listens and remembers what is not wanted.
 * Never speaks about me to others, but for `echo`, which tells somebody about their own loudspeaker.
 */
import { untrack } from 'svelte';
import * as m from '../i18n/generated/messages.js';
import type { Device } from '../media/devices.ts';
import type { VoiceEngine } from '../media/voice/detector.ts';
import type { Notices } from '../notices.svelte.ts';
import type { Participant } from '../participant.svelte.ts';
import { loadPreferences, savePreferences } from '../preferences.ts';
import type { PeerMessage } from '../protocol.ts';
import type { Self } from '../self.svelte.ts';
import { levelOf } from '../speaking.ts';
import { Ear } from './ear.ts';
import { EchoWatch } from './echo-watch.ts';
import { InputSigns, type Sign } from './input-signs.ts';
import { MuteCoach } from './mute-coach.ts';
import { OtherMicrophones } from './other-microphones.ts';
import type { Topic } from './topics.ts';

export type Trouble = { topic: 'system' | 'silent' | 'noisy' } | { topic: 'wrong'; device: Device };

/** What of a call the coach looks at; reactive. */
export interface Coached {
  readonly self: Self;
  readonly stage: 'preview' | 'in' | 'left' | 'refused';
  /** Everyone who is in, me too. */
  readonly participants: readonly Participant[];
  readonly notices: Pick<Notices, 'say'>;
}

export interface CoachOptions {
  /** Of someone's microphone as it arrives, linear, 1 = full scale. */
  loudness: (sid: string) => number;
  send: (sid: string, message: PeerMessage) => void;
}

/** Milliseconds between two looks at levels and clocks. */
const LOOK = 100;
/** Milliseconds from one word about my loudspeaker to the next, whoever says it. */
const ECHO_INTERVAL = 60_000;

export class Coach {
  /** I speak, and am muted. */
  mutedSpeech = $state(false);
  /** How voices are found: `energy` is basic detection, without WebAssembly. */
  engine = $state<VoiceEngine>('off');
  /** A voice has been heard in this microphone. */
  heard = $state(false);
  #off = $state.raw<readonly string[]>(loadPreferences().coachOff);
  #sign = $state<Sign>('fine');
  #spokenInto = $state.raw<Device>();
  /** What was dismissed, until it is over. */
  #waved = $state<Topic>();

  readonly #call: Coached;
  readonly #options: CoachOptions;
  readonly #muteCoach = new MuteCoach();
  readonly #ear = new Ear((active) => this.#onVoice(active));
  readonly #others: OtherMicrophones;
  readonly #echoes: EchoWatch;
  readonly #stop: () => void;
  #awaited: (() => void) | undefined;
  #stage: Coached['stage'] = 'preview';
  #heardIn: MediaStreamTrack | undefined;
  #lastEcho = -Infinity;

  constructor(call: Coached, options: CoachOptions) {
    this.#call = call;
    this.#options = options;
    const { self } = call;
    this.#others = new OtherMicrophones({
      devices: () => self.microphones,
      used: () => ({ id: self.microphoneId, label: self.source.captured?.label ?? '' }),
      hears: (track, milliseconds) => this.#hears(track, milliseconds),
      onFound: (device) => (this.#spokenInto = device),
    });
    this.#echoes = new EchoWatch({
      look: () => this.#levels(),
      onEcho: (sid) => options.send(sid, { type: 'echo' }),
    });
    this.#stop = $effect.root(() => {
      $effect(() => this.#followMute());
      $effect(() => this.#followEar());
      $effect(() => this.#followInput());
      $effect(() => this.#followEcho());
    });
  }

  /** What is wrong with my microphone while it is on. */
  get trouble(): Trouble | undefined {
    const { self } = this.#call;
    if (self.microphone !== 'on') return undefined;
    const all: Trouble[] = [];
    if (self.microphoneSilenced) all.push({ topic: 'system' });
    else if (this.#spokenInto) all.push({ topic: 'wrong', device: this.#spokenInto });
    else if (this.#sign !== 'fine') all.push({ topic: this.#sign });
    return all.find(({ topic }) => topic !== this.#waved && this.isOn(topic));
  }

  /** Those who do not receive what I send. */
  get unheardBy(): readonly Participant[] {
    if (this.#call.self.microphone !== 'on' || !this.isOn('unheard')) return [];
    return this.#listeners().filter(({ hearsMe }) => !hearsMe);
  }

  /** While I speak: whether it arrives, as they say themselves. */
  get carried(): 'quiet' | 'all' | 'some' {
    const listeners = this.#listeners();
    const speaking = this.#call.participants.some(({ self, speaking }) => self && speaking);
    if (!speaking || listeners.length === 0 || this.#call.self.microphone !== 'on') return 'quiet';
    return listeners.every(({ hearsMe }) => hearsMe) ? 'all' : 'some';
  }

  isOn(topic: Topic): boolean {
    return !this.#off.includes(topic);
  }

  /** Remembered in this browser. */
  setOn(topic: Topic, on: boolean): void {
    this.#off = on ? this.#off.filter((one) => one !== topic) : [...this.#off, topic];
    savePreferences({ coachOff: this.#off });
  }

  unmute(): void {
    if (this.#call.self.microphone === 'muted') void this.#call.self.toggleMicrophone();
  }

  /** Unmuted for as long as a key is held. */
  talk(): void {
    this.#call.self.source.talk();
  }

  hush(): void {
    this.#call.self.source.hush();
  }

  /** "You're muted" goes, and comes back only after a long silence. */
  dismiss(): void {
    this.#muteCoach.dismiss(performance.now());
    this.#show();
  }

  /** "You're muted" does not come again in this call. */
  silenceForCall(): void {
    this.#muteCoach.silenceForCall();
    this.#show();
  }

  /** The present trouble is known; it comes again when it has been over. */
  wave(): void {
    this.#waved = this.trouble?.topic;
  }

  /** Somebody hears themselves through me. */
  echoed(): void {
    const now = performance.now();
    if (!this.isOn('echo') || now - this.#lastEcho < ECHO_INTERVAL) return;
    this.#lastEcho = now;
    this.#call.notices.say(m.coach_echo(), { kind: 'assertive', seconds: 15 });
  }

  close(): void {
    this.#stop();
    this.#ear.close();
    this.#others.stop();
    this.#echoes.stop();
  }

  #listeners(): readonly Participant[] {
    return this.#call.participants.filter(({ self, connection }) => !self && connection === 'live');
  }

  #followMute(): (() => void) | undefined {
    const stage = this.#call.stage;
    const muted = stage === 'in' && this.#call.self.microphone === 'muted';
    const joined = muted && this.#stage === 'preview';
    this.#stage = stage;
    const now = performance.now();
    if (joined) this.#muteCoach.joinedMuted(now);
    else if (muted) this.#muteCoach.muted(now);
    else this.#muteCoach.unmuted();
    untrack(() => this.#show());
    if (!muted) return undefined;
    const timer = setInterval(() => this.#tick(), LOOK);
    return () => clearInterval(timer);
  }

  #followEar(): (() => void) | undefined {
    const { self, stage } = this.#call;
    // Another capture is another sent track.
    const captured = self.microphoneTrack && self.source.captured;
    if (captured && captured !== this.#heardIn) this.heard = false;
    this.#heardIn = captured ?? this.#heardIn;
    const asked = stage === 'preview' && self.microphone === 'on' && !this.heard;
    const muted = stage === 'in' && self.microphone === 'muted' && this.isOn('muted');
    untrack(() => this.#ear.listen(asked || muted ? captured : undefined));
    if (!asked) return undefined;
    const timer = setInterval(() => (this.engine = this.#ear.engine), LOOK);
    return () => clearInterval(timer);
  }

  #followInput(): (() => void) | undefined {
    const { self, stage } = this.#call;
    if (stage !== 'in' || self.microphone !== 'on' || self.microphoneTrack === undefined) return undefined;
    const signs = new InputSigns();
    const timer = setInterval(() => this.#judge(signs), LOOK);
    return () => {
      clearInterval(timer);
      this.#onSign('fine');
    };
  }

  #followEcho(): void {
    const { self, stage } = this.#call;
    if (stage === 'in' && self.microphone === 'on' && this.#listeners().length > 0) this.#echoes.start();
    else this.#echoes.stop();
  }

  #tick(): void {
    const loudest = Math.max(0, ...this.#listeners().map(({ sid }) => this.#options.loudness(sid)));
    this.#ear.farEnd(loudest);
    this.engine = this.#ear.engine;
    this.#muteCoach.tick(performance.now());
    this.#show();
  }

  #judge(signs: InputSigns): void {
    const { source } = this.#call.self;
    if (!source.metered) return;
    this.#onSign(signs.push({ level: source.level(), peak: source.peak() }, performance.now()));
  }

  #onSign(sign: Sign): void {
    untrack(() => {
      if (this.#sign === sign) return;
      this.#sign = sign;
      this.#waved = undefined;
      this.#spokenInto = undefined;
      if (sign === 'silent' && this.isOn('wrong') && !this.#call.self.microphoneSilenced) this.#others.search();
      else this.#others.stop();
    });
  }

  #onVoice(active: boolean): void {
    if (active) this.heard = true;
    if (active) this.#awaited?.();
    if (this.#call.self.microphone !== 'muted') return;
    this.#muteCoach.voice(active, performance.now());
    this.#show();
  }

  async #hears(track: MediaStreamTrack, milliseconds: number): Promise<boolean> {
    // Only while mine is on and silent: the ear is free.
    this.#ear.listen(track);
    const heard = await new Promise<boolean>((resolve) => {
      this.#awaited = () => resolve(true);
      setTimeout(() => resolve(false), milliseconds);
    });
    this.#awaited = undefined;
    if (this.#call.self.microphone === 'on') this.#ear.listen(undefined);
    return heard;
  }

  #levels(): { mine: number; theirs: ReadonlyMap<string, number> } {
    const speakers = this.#listeners().filter(({ microphone }) => microphone === 'on');
    const theirs = new Map(speakers.map(({ sid }) => [sid, levelOf(this.#options.loudness(sid))]));
    return { mine: this.#call.self.level(), theirs };
  }

  #show(): void {
    this.mutedSpeech = this.#muteCoach.shown && this.isOn('muted');
  }
}
