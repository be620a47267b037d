/**
 * The two of us: keys, connection and recovery of one pair, for as long as the page lives. A connection can be replaced and a
 * tile can go, the pair stays: its frame counters must never start again under the same keys.
 *
 * One `send` chooses the path: the data channel while it is live, else the room, else it waits for whichever opens first.
 * Refuses to know other pairs, the roster and what the messages mean beyond descriptions, candidates and pings.
 */
import * as v from 'valibot';
import { PeerMessagesText, type Description, type MeshMessage, type PeerMessage } from '../protocol.ts';
import type { PairSeal } from '../seal/pair.ts';
import { verdictOn } from './epochs.ts';
import type { Remedy } from './heard.ts';
import type { VideoLimit } from './limits.ts';
import { Outbox } from './outbox.ts';
import { Peer, SLOTS, type PeerOptions, type Slot } from './peer.ts';
import { Recovery } from './recovery.ts';
import { Restarts } from './restarts.ts';
import type { Path } from './routes.ts';
import { Vitals, type VitalsOptions } from './vitals.ts';

export type ConnectionState = ReturnType<Recovery['shown']>;

export interface PairOptions extends Pick<VitalsOptions, 'onRoute' | 'onHeard'> {
  readonly sid: string;
  readonly me: string;
  readonly seal: PairSeal;
  readonly fingerprint: Uint8Array;
  /** The configuration for a connection made now. */
  configuration: (path: Path) => RTCConfiguration;
  now: () => number;
  /** What a first description brings along: who I am. */
  greeting: () => PeerMessage[];
  /** Hands a box to the room; false where its socket is not open. */
  relay: (box: string) => boolean;
  onMessage: (message: MeshMessage) => void;
  onTracks: (tracks: Record<Slot, MediaStreamTrack>) => void;
  onConnection: (state: ConnectionState) => void;
  /** A channel of a new connection opened: what was sent into the old one may be lost. */
  onChannel: () => void;
  /** Nothing comes from them: the room's socket may be dead as well. */
  onDoubt: () => void;
  onGone: () => void;
  onMismatch: () => void;
}

export class Pair {
  readonly sid: string;
  readonly #options: PairOptions;
  readonly recovery: Recovery;
  readonly #vitals: Vitals;
  readonly #restarts: Restarts;
  readonly #polite: boolean;
  readonly #waiting = new Outbox();
  readonly #tracks: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  #peer: Peer | undefined;
  #epoch = 0;
  #shown: ConnectionState = 'connecting';
  #limit: VideoLimit | undefined;
  #greeted = false;
  #lastAnswered = 0;
  #offered: (() => void) | undefined;

  constructor(options: PairOptions) {
    this.sid = options.sid;
    this.#options = options;
    this.#polite = options.me < options.sid;
    this.#vitals = new Vitals({
      ...options,
      peer: () => this.#peer,
      onPacket: (now) => this.recovery.contact(now, 'media'),
    });
    this.#restarts = new Restarts({
      driver: !this.#polite,
      peer: () => this.#peer,
      configuration: () => options.configuration('any'),
      ask: (epoch) => this.#signal({ type: 'restart', epoch }),
      now: options.now,
    });
    this.recovery = new Recovery({
      driver: !this.#polite,
      now: options.now(),
      effects: {
        resend: () => void (this.#peer?.initiator && this.#peer.resend()),
        restart: () => this.#restarts.restart(),
        rebuild: (path) => this.#connect(this.#epoch + 1, 'initiator', path),
        gone: () => this.close(),
        probe: () => (this.#vitals.ping(), options.onDoubt()),
      },
    });
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  get hasChannel(): boolean {
    return this.#peer?.channelOpen === true;
  }

  /** Makes the first offer; resolves when it has been handed over for sending. The newcomer calls it. */
  offer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#offered = resolve;
    this.#connect(this.#epoch + 1, 'initiator', 'any');
    return promise;
  }

  /** Sends, by whatever path there is. What finds none waits, but for descriptions and candidates: those are made anew. */
  send(...messages: PeerMessage[]): void {
    if (this.#peer?.send(JSON.stringify(messages)) && this.recovery.state.name === 'live') return;
    // In doubt by both: a room whose socket is dead and does not know it loses them, the channel delivers once it is back.
    void this.#sendByRoom(messages);
  }

  /** A box of this pair came through the room. */
  async receive(box: string): Promise<void> {
    const text = await this.#options.seal.open(box);
    if (text !== undefined) this.#read(text, 'room');
  }

  /** The room's socket has opened: what waited for a path has one. */
  roomOpened(): void {
    this.#flush();
    this.recovery.nudge(this.#options.now());
  }

  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks[slot] = track;
    this.#peer?.setTrack(slot, track);
  }

  setLimit(limit: VideoLimit): void {
    this.#limit = limit;
    this.#peer?.setLimit(limit);
  }

  /** The relay's credentials are new: a relayed connection must take them up before the old ones end. */
  renew(): void {
    if (this.#vitals.route === 'relayed') this.#restarts.restart();
  }

  /** A connection beside this one, to the same person; see forwarding.ts. */
  makePeer(handlers: Pick<PeerOptions, 'initiator' | 'onSignal' | 'onState' | 'onTracks' | 'onBroken'>): Peer {
    const { configuration, fingerprint, onMismatch } = this.#options;
    return new Peer({
      configuration: configuration('any'),
      epoch: 0,
      polite: this.#polite,
      fingerprint,
      onText: () => undefined,
      onChannel: () => undefined,
      onMismatch,
      ...handlers,
    });
  }

  tick(now: number): void {
    const sending = this.#tracks.microphone && this.recovery.state.name === 'live' ? 'sending' : 'not-sending';
    const remedy = this.#vitals.tick(now, sending);
    if (remedy) this.#remedy(remedy);
    // It may have been in doubt for a moment only: no opening of a path will follow that could send what waits.
    if (this.hasChannel && this.recovery.state.name === 'live' && !this.#waiting.empty) this.#flush();
    this.recovery.tick(now);
    this.#show();
  }

  /** Goodbye, and the end of the connection. */
  leave(): void {
    this.send({ type: 'leave' });
    this.close();
  }

  #connect(epoch: number, role: 'initiator' | 'answerer', path: Path): void {
    this.#peer?.close();
    this.#epoch = epoch;
    this.#greeted = false;
    this.#lastAnswered = 0;
    const peer: Peer = new Peer({
      configuration: this.#options.configuration(path),
      epoch,
      initiator: role === 'initiator',
      polite: this.#polite,
      fingerprint: this.#options.fingerprint,
      onSignal: (message) => this.#signal(message),
      onText: (text) => this.#read(text, 'channel'),
      onChannel: (state) => state === 'open' && this.#channelOpened(),
      onState: () => this.#show(),
      onTracks: this.#options.onTracks,
      onMismatch: this.#options.onMismatch,
      onBroken: () => this.#peer === peer && this.recovery.broken(this.#options.now()),
    });
    this.#peer = peer;
    for (const slot of SLOTS) peer.setTrack(slot, this.#tracks[slot] ?? null);
    if (this.#limit) peer.setLimit(this.#limit);
  }

  /** The end of the connection. The pair can have another, and is given tracks again once they say that they are in. */
  close(): void {
    this.#peer?.close();
    this.#peer = undefined;
    this.#waiting.clear();
    for (const slot of SLOTS) delete this.#tracks[slot];
    this.#options.onGone();
  }

  #remedy(remedy: Remedy): void {
    if (remedy === 'restart') this.#restarts.restart();
    else if (remedy === 'rebuild') this.#connect(this.#epoch + 1, 'initiator', 'any');
    else {
      this.#peer?.setTrack('microphone', null);
      this.#peer?.setTrack('microphone', this.#tracks.microphone ?? null);
    }
  }

  #channelOpened(): void {
    this.recovery.contact(this.#options.now(), 'message');
    this.#show();
    this.#flush();
    this.#options.onChannel();
  }

  #show(): void {
    const shown = this.recovery.shown(this.#options.now());
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onConnection(shown);
  }

  /** Descriptions and candidates travel by room where the channel is in doubt, and by both where both exist. */
  #signal(message: PeerMessage): void {
    const viaChannel = this.#peer?.send(JSON.stringify([message])) ?? false;
    if (viaChannel && this.recovery.state.name === 'live') return;
    const greeting = message.type === 'description' && !this.#greeted ? this.#options.greeting() : [];
    this.#greeted ||= message.type === 'description';
    void this.#sendByRoom([...greeting, message]).then(this.#offered);
  }

  async #sendByRoom(messages: PeerMessage[]): Promise<void> {
    // What is too long for a frame waits for the channel.
    const box = await this.#options.seal.seal(JSON.stringify(messages)).catch(() => undefined);
    if (box !== undefined && this.#options.relay(box)) return;
    this.#waiting.keep(messages);
  }

  #flush(): void {
    for (const messages of this.#waiting.take()) this.send(...messages);
  }

  #read(text: string, path: 'channel' | 'room'): void {
    const parsed = v.safeParse(PeerMessagesText, text);
    // Another version's message, or nonsense: whoever sent it is verified, what they mean is unknown. Nothing follows from it.
    if (!parsed.success) return;
    if (path === 'channel') this.recovery.contact(this.#options.now(), 'message');
    for (const message of parsed.output) this.#handle(message);
  }

  #handle(message: PeerMessage): void {
    switch (message.type) {
      case 'description':
        this.#receiveDescription(message);
        return;
      case 'candidates':
        if (message.epoch === this.#epoch) void this.#peer?.receiveCandidates(message);
        return;
      case 'restart':
        this.#restarts.asked(message.epoch);
        return;
      case 'ping':
        this.#peer?.send(JSON.stringify([{ type: 'pong', id: message.id } satisfies PeerMessage]));
        return;
      case 'pong':
        return;
      case 'heard':
        this.#vitals.reported(message.audio);
        return;
      case 'leave':
        this.recovery.left();
        return;
      default:
        // What was still on its way does not bring anybody back.
        if (this.recovery.state.name !== 'gone') this.#options.onMessage(message);
    }
  }

  #receiveDescription(message: Description): void {
    const { epoch, offerId, description } = message;
    const offered = description.type === 'offer';
    if (offered) this.recovery.returned(this.#options.now());
    const verdict = verdictOn({ epoch: this.#epoch, peer: this.#peer, polite: this.#polite }, epoch, description.type);
    if (verdict === 'offer') this.#connect(epoch + 1, 'initiator', 'any');
    if (verdict === 'offer' || verdict === 'ignore') return;
    if (verdict === 'answer') this.#connect(epoch, 'answerer', 'any');
    // What comes of an attempt of mine, an answer or the offer that I asked for; by both paths, and counted once.
    if ((!offered || this.#polite) && offerId > this.#lastAnswered) {
      this.#lastAnswered = offerId;
      this.recovery.answered();
    }
    void this.#peer?.receive(message);
  }
}
