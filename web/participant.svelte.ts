/**
 * A person as a tile shows them, reactive. Everything here was said by themselves (`apply`) or seen of their connection.
 * Refuses to know how it came here and what is drawn of it.
 */
import { TEXT_LIMITS, type State } from './protocol.ts';

/** Milliseconds that a reaction floats. */
const REACTION_TIME = 3_000;
/** Reactions of one person shown a second; more are dropped. */
const REACTIONS_PER_SECOND = 5;

export interface Tracks {
  readonly microphone?: MediaStreamTrack | undefined;
  readonly camera?: MediaStreamTrack | undefined;
  readonly screen?: MediaStreamTrack | undefined;
  readonly screenAudio?: MediaStreamTrack | undefined;
}

export class Participant {
  readonly sid: string;
  readonly self: boolean;
  /** Whether they have said who they are: before that nobody is shown, for a hello can be replayed. */
  introduced = $state(false);
  name = $state('');
  microphone = $state<'on' | 'muted' | 'none'>('none');
  camera = $state(false);
  screen = $state(false);
  /** When the hand went up, by their clock; null while it is down. */
  hand = $state<number | null>(null);
  recording = $state<number | null>(null);
  stage = $state<'preview' | 'in'>('preview');
  joinedAt = $state<number | null>(null);
  /** Of the connection between us two. */
  direct = $state<'connecting' | 'live' | 'reconnecting' | 'stuck'>('connecting');
  relayed = $state(false);
  /** The sid of who carries them to me where we cannot connect. */
  through = $state<string>();
  /** Whether they are here: a third who carries them makes up for a connection of our own. */
  readonly connection = $derived(this.through === undefined ? this.direct : 'live');
  /** Whether they receive my microphone, as they say. */
  hearsMe = $state(true);
  /** Their description named another certificate than the one they signed: nothing of it was used. */
  mismatch = $state(false);
  /** Our browsers have no video format in common: the connection has ended their camera's track. */
  unseeable = $state(false);
  speaking = $state(false);
  /** Loudness, 0 to 1. */
  level = $state(0);
  cameraTrack = $state.raw<MediaStreamTrack>();
  microphoneTrack = $state.raw<MediaStreamTrack>();
  screenTrack = $state.raw<MediaStreamTrack>();
  screenAudioTrack = $state.raw<MediaStreamTrack>();
  reaction = $state<{ emoji: string; key: number }>();
  /** How loud I want them, 0 to 1. */
  volume = $state(1);
  #revision = -1;
  #reactionTimes: number[] = [];
  #reactionTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(sid: string, origin: 'self' | 'remote') {
    this.sid = sid;
    this.self = origin === 'self';
    if (this.self) this.direct = 'live';
  }

  /** What they say of themselves. An older state than the last one is dropped: it took a slower path. */
  apply(state: State): void {
    if (state.revision <= this.#revision) return;
    this.#revision = state.revision;
    this.introduced = true;
    this.name = cleanName(state.name);
    this.microphone = state.microphone;
    this.camera = state.camera;
    this.screen = state.screen;
    this.hand = state.hand;
    this.recording = state.recording;
    this.stage = state.stage;
    this.joinedAt = state.joinedAt;
  }

  /** Whether they send any. */
  get pictures(): 'some' | 'none' {
    return this.camera || this.screen ? 'some' : 'none';
  }

  /** The tracks that their tile plays; for me, what I send. */
  show(tracks: Tracks): void {
    this.microphoneTrack = tracks.microphone;
    this.cameraTrack = tracks.camera;
    this.screenTrack = tracks.screen;
    this.screenAudioTrack = tracks.screenAudio;
    tracks.camera?.addEventListener('ended', this.#judge);
    this.#judge();
  }

  readonly #judge = (): void => {
    this.unseeable = !this.self && this.cameraTrack?.readyState === 'ended';
  };

  react(emoji: string): void {
    const now = performance.now();
    this.#reactionTimes = this.#reactionTimes.filter((time) => now - time < 1_000);
    if (this.#reactionTimes.length >= REACTIONS_PER_SECOND) return;
    this.#reactionTimes.push(now);
    this.reaction = { emoji, key: now };
    clearTimeout(this.#reactionTimer);
    this.#reactionTimer = setTimeout(() => (this.reaction = undefined), REACTION_TIME);
  }

  close(): void {
    clearTimeout(this.#reactionTimer);
    this.show({});
  }
}

/**
 * A name without what could disguise it or disturb the line that it stands in: control characters, and the marks that
 * embed, override or isolate the direction of text (Unicode 16, UAX #9).
 */
export function cleanName(name: string): string {
  return name
    .replace(/[\p{Cc}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim()
    .slice(0, TEXT_LIMITS.name);
}
