/**
 * Call: being in one room. The composition root: commands go down from the screens to self and the network, facts come up from
 * them into participants, chat and notices, and only this class sees both. It wires; what it would have to *do* is theirs.
 */
import { CLOSE } from '../worker/protocol.ts';
import { Chat } from './chat.svelte.ts';
import { Coach } from './coach/coach.svelte.ts';
import * as m from './i18n/generated/messages.js';
import { SLOTS } from './mesh/peer.ts';
import { Network } from './network.ts';
import { Notices, type NoticeAction } from './notices.svelte.ts';
import { Participant } from './participant.svelte.ts';
import { Participants } from './participants.svelte.ts';
import { loadPreferences, savePreferences } from './preferences.ts';
import { stateOf } from './presence.ts';
import type { CallMessage, State } from './protocol.ts';
import { Recording } from './recording.svelte.ts';
import { DECIDED, refusalOf, type Refusal } from './refusal.ts';
import { levelOf } from './speaking.ts';
import { RoomWatch, type RoomState } from './room/watch.ts';
import type { Link } from './seal/link.ts';
import { Self } from './self.svelte.ts';

export type { Refusal, RoomState };

export class Call {
  /** The whole link, for "Copy link" and the QR code. */
  readonly link: string;
  readonly self: Self;
  readonly chat: Chat;
  readonly coach: Coach;
  readonly notices = new Notices();
  readonly recording: Recording;
  stage = $state<'preview' | 'in' | 'left' | 'refused'>('preview');
  refusal = $state<Refusal>();
  room = $state<RoomState>('idle');
  pinned = $state<string>();
  /** When I came in, and how long I was in once I have left; milliseconds. */
  startedAt = $state<number>();
  leftAfter = $state<number>();
  /** People that the room takes. */
  capacity = $state(0);
  /** A configured TURN provider did not answer: direct connections only, for now. */
  relayUnavailable = $state(false);
  relayConfigured = $state(false);
  #hideAddress = $state(loadPreferences().hideAddress);
  #people = $state.raw(new Participants(new Participant('', 'self'), () => 0));

  readonly #link: Link;
  readonly #ending = new AbortController();
  #network: Network | undefined;
  #entering: Promise<void> | undefined;
  readonly #watch = new RoomWatch((state) => (this.room = state));
  #revision = 0;
  #hand: number | null = null;

  constructor(link: Link) {
    this.#link = link;
    this.link = link.url;
    this.self = new Self({
      onTrack: (kind, track) => {
        this.#network?.mesh.setTrack(kind, track ?? null);
        this.me.show(this.self.tracks);
      },
      onState: () => this.#announce(),
      onNotice: ({ text, ...options }) => this.notices.say(text, options),
    });
    this.chat = new Chat({
      me: () => ({ sid: this.me.sid, name: this.me.name }),
      nameOf: (sid) => this.#people.find(sid)?.name ?? '',
      broadcast: (message) => this.#network?.mesh.tell(message) ?? false,
      send: (sid, message) => this.#network?.mesh.send(sid, message),
    });
    this.recording = new Recording(this, () => this.#announce());
    this.coach = new Coach(this, {
      loudness: (sid) => this.#network?.mesh.loudness(sid) ?? 0,
      send: (sid, message) => this.#network?.mesh.send(sid, message),
    });
  }

  get me(): Participant {
    return this.#people.me;
  }

  /** Everyone who is in, me first. */
  get participants(): Participant[] {
    return this.#people.in;
  }

  get previewing(): number {
    return this.#people.previewing;
  }

  get presenters(): Participant[] {
    return this.#people.presenters;
  }

  get speaker(): Participant | undefined {
    return this.#people.speaker;
  }

  /** My connections go through the relay only, so that nobody in the meeting learns my address. */
  get hideAddress(): boolean {
    return this.#hideAddress;
  }

  set hideAddress(hide: boolean) {
    this.#hideAddress = hide;
    savePreferences({ hideAddress: hide });
    this.#network?.reroute();
  }

  /** Opens the room in pre-join. To be called after a gesture, or where the devices are granted already: never on load. */
  enter(): Promise<void> {
    this.#entering ??= this.#open();
    return this.#entering;
  }

  join(): void {
    if (this.stage !== 'preview') return;
    this.stage = 'in';
    this.startedAt = Date.now();
    void this.enter();
    this.#announce();
    for (const { sid, self } of this.participants) if (!self) this.#meet(sid);
  }

  leave(): void {
    if (this.stage === 'left' || this.stage === 'refused') return;
    this.leftAfter = this.startedAt === undefined ? 0 : Date.now() - this.startedAt;
    this.stage = 'left';
    this.#end();
  }

  toggleMicrophone(): void {
    void this.self.toggleMicrophone();
  }

  toggleCamera(): void {
    void this.self.toggleCamera();
  }

  toggleScreen(): void {
    void this.self.toggleScreen();
  }

  toggleHand(): void {
    this.#hand = this.#hand === null ? Date.now() : null;
    this.#announce();
  }

  react(emoji: string): void {
    this.me.react(emoji);
    this.#network?.mesh.tell({ type: 'reaction', emoji });
  }

  retryRoom(): void {
    this.#network?.nudge();
  }

  close(): void {
    this.#end();
  }

  async #open(): Promise<void> {
    this.room = 'connecting';
    const network = await Network.open({
      link: this.#link,
      origin: location.origin,
      addressHidden: () => this.#hideAddress,
      greeting: () => [this.#state()],
      onMessage: (sid, message) => this.#onMessage(sid, message),
      onTracks: (sid, tracks) => this.#people.of(sid).show(tracks),
      onThrough: (sid, via) => (this.#people.of(sid).through = via),
      onHeard: (sid, heard) => (this.#people.of(sid).hearsMe = heard),
      onConnection: (sid, connection) => (this.#people.of(sid).direct = connection),
      onRoute: (sid, route) => (this.#people.of(sid).relayed = route === 'relayed'),
      onChannel: (sid) => this.#onChannel(sid),
      onGone: (sid) => this.#people.remove(sid),
      onMismatch: (sid) => (this.#people.of(sid).mismatch = true),
      onRoom: (state) => {
        this.#watch.signaling(state);
        if (state === 'open') this.chat.delivered();
      },
      onCapacity: (capacity) => (this.capacity = capacity),
      onRelay: (relay) => {
        this.relayConfigured = relay !== 'none';
        this.relayUnavailable = relay === 'unavailable';
      },
      onRefused: (code, reason) => this.#onRefused(code, reason),
      onReplaced: () => this.#onRefused(CLOSE.replaced, ''),
      onElsewhere: () => this.notices.say(m.tab_elsewhere(), { seconds: Infinity, action: this.#switchHere() }),
    });
    if (this.#ending.signal.aborted) {
      network.leave();
      return;
    }
    this.#network = network;
    window.addEventListener('pagehide', () => this.leave(), { signal: this.#ending.signal });
    this.#adoptMe(network);
  }

  #switchHere(): NoticeAction {
    return { label: m.tab_switch(), run: () => this.#network?.takeOver() };
  }

  /** Now that my sid is known, the tile that stood for me gets it. */
  #adoptMe(network: Network): void {
    this.#people.close();
    const hear = ({ self, sid }: Participant) => (self ? this.self.level() : levelOf(network.mesh.loudness(sid)));
    this.#people = new Participants(new Participant(network.sid, 'self'), hear);
    this.me.apply(this.#state());
    this.me.show(this.self.tracks);
    for (const slot of SLOTS) network.mesh.setTrack(slot, this.self.tracks[slot] ?? null);
  }

  #onMessage(sid: string, message: CallMessage): void {
    const participant = this.#people.of(sid);
    switch (message.type) {
      case 'state':
        participant.apply(message);
        if (this.stage === 'in' && participant.stage === 'in') this.#meet(sid);
        else this.#network?.mesh.setAudience(sid, 'out');
        return;
      case 'chat':
        if (participant.stage === 'in') this.chat.receive(sid, message);
        return;
      case 'history-request':
        if (this.stage === 'in' && participant.stage === 'in') this.chat.tell(sid);
        return;
      case 'history':
        this.chat.learn(sid, message.lines);
        return;
      case 'reaction':
        participant.react(message.emoji);
        return;
      case 'echo':
        this.coach.echoed();
        return;
      default:
        message satisfies never;
    }
  }

  /** Both of us are in: they are sent my media, and the first of them is asked for the chat. */
  #meet(sid: string): void {
    this.#network?.mesh.setAudience(sid, 'in', this.#people.of(sid).pictures);
    const first = this.participants.find(({ self }) => !self);
    if (first && (first.joinedAt ?? Infinity) < (this.startedAt ?? 0)) this.chat.catchUp(first.sid);
  }

  #onChannel(sid: string): void {
    this.#network?.mesh.send(sid, this.#state());
    if (this.stage === 'in' && this.#people.of(sid).stage === 'in') this.chat.repeat(sid);
    if (this.#network?.mesh.reachesAll()) this.chat.delivered();
  }

  /** In a call only what people decided ends it: a room that is full or newer, or calls me hasty, is merely out of reach. */
  #onRefused(code: number, reason: string): void {
    const refusal = refusalOf(code, reason);
    if (this.stage === 'in' && this.participants.length > 1 && !DECIDED.includes(refusal)) {
      this.#watch.refused(refusal === 'version' ? undefined : () => this.#network?.reopen());
      if (refusal === 'version') this.notices.say(m.room_newer(), { seconds: 30 });
      return;
    }
    this.refusal = refusal;
    this.stage = 'refused';
    this.#end();
  }

  #state(): State {
    this.#revision += 1;
    const joinedAt = this.stage === 'in' ? this.startedAt : undefined;
    return stateOf({
      self: this.self,
      hand: this.#hand,
      recording: this.recording.since,
      joinedAt,
      revision: this.#revision,
    });
  }

  #announce(): void {
    const state = this.#state();
    this.me.apply(state);
    this.#network?.mesh.setTrack('microphone', this.self.microphoneTrack ?? null);
    if (this.stage === 'in') this.#network?.mesh.broadcast(state);
  }

  #end(): void {
    if (this.#ending.signal.aborted) return;
    this.#ending.abort();
    this.recording.finish();
    this.#watch.close();
    this.#network?.leave();
    this.coach.close();
    this.self.close();
    this.#people.close();
  }
}
