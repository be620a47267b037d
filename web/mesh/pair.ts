/**
 * The two of us: keys, connection and recovery of one pair, for as long as the page lives. A connection can be replaced and a
 * tile can go, the pair stays: its frame counters must never start again under the same keys.
 *
 * Refuses to know other pairs, the roster and what the messages mean beyond descriptions, candidates and pings.
 */
import * as v from 'valibot';
import { PeerMessagesText, type MeshMessage, type PeerMessage } from '../protocol.ts';
import { Arrivals } from './arrivals.ts';
import { Connections } from './connections.ts';
import { Delivery, type DeliveryOptions } from './delivery.ts';
import { Descriptions } from './descriptions.ts';
import type { Remedy } from './heard.ts';
import type { VideoLimit } from './limits.ts';
import { Peer, type PeerOptions, type Slot } from './peer.ts';
import { Recovery } from './recovery.ts';
import { TIMES } from './recovery-times.ts';
import { Restarts } from './restarts.ts';
import type { Path } from './routes.ts';
import { Vitals, type VitalsOptions } from './vitals.ts';

export type ConnectionState = ReturnType<Recovery['shown']>;
/** How a message came: by our own channel, or in a box that others have handed on. */
export type MessagePath = 'channel' | 'box';

export interface PairOptions
  extends Pick<VitalsOptions, 'onRoute' | 'onHeard' | 'rush'>, Pick<DeliveryOptions, 'seal' | 'greeting' | 'relay'> {
  readonly sid: string;
  readonly me: string;
  readonly fingerprint: Uint8Array;
  /** The configuration for a connection made now. */
  configuration: (path: Path) => RTCConfiguration;
  now: () => number;
  onMessage: (message: MeshMessage, path: MessagePath) => void;
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
  readonly #delivery: Delivery;
  readonly #connections: Connections;
  readonly #descriptions: Descriptions;
  readonly #polite: boolean;
  readonly #arrivals = new Arrivals(() => this.peer);
  #shown: ConnectionState = 'connecting';
  #offered: (() => void) | undefined;

  constructor(options: PairOptions) {
    this.sid = options.sid;
    this.#options = options;
    this.#polite = options.me < options.sid;
    this.#connections = new Connections({
      peerOptions: (path) => ({ ...this.#peerOptions(path), onText: (text) => this.#read(text, 'channel') }),
      onSignal: (message, connection) => void this.#delivery.signal(message, connection).then(this.#offered),
      onState: () => this.#show(),
      onUp: () => this.recovery.up(options.now()),
      onTracks: options.onTracks,
      onSucceeded: () => this.recovery.contact(options.now(), 'message'),
      onOpen: () => this.#channelOpened(),
      onBroken: () => this.recovery.broken(options.now()),
      now: options.now,
    });
    this.#delivery = new Delivery({ ...options, peer: () => this.peer, live: () => this.#isLive });
    this.#vitals = new Vitals({
      ...options,
      peer: () => this.peer,
      silent: () => !this.#connections.sent('microphone'),
      onPacket: (now) => this.recovery.contact(now, 'media'),
    });
    this.#restarts = new Restarts({
      driver: !this.#polite,
      peer: () => this.peer,
      age: () => this.#connections.age(),
      configuration: () => options.configuration('any'),
      ask: (epoch) => void this.#delivery.signal({ type: 'restart', epoch }, 'current'),
      rebuild: () => this.#offer('any'),
      now: options.now,
    });
    this.#descriptions = new Descriptions({
      polite: this.#polite,
      connections: this.#connections,
      recovery: () => this.recovery,
      offer: () => this.#offer('any'),
      onAnswering: () => this.#delivery.restart(),
      onBehind: () => this.#restarts.behind(),
      now: options.now,
    });
    this.recovery = new Recovery({
      driver: !this.#polite,
      now: options.now(),
      effects: {
        resend: () => void (this.peer?.initiator && this.peer.resend()),
        restart: () => void this.#restart(),
        rebuild: (path) => this.#offer(path),
        gone: () => this.close(),
        probe: () => (this.#arrivals.begin(), this.#vitals.ping(), this.#report(), options.onDoubt()),
        pictures: (wanted) => this.peer?.setPictures(wanted),
      },
    });
  }

  get peer(): Peer | undefined {
    return this.#connections.current;
  }

  get #isLive(): boolean {
    return this.recovery.state.name === 'live';
  }

  /** One of us says that they do not hear the other. */
  get #isDoubted(): boolean {
    return !this.#isLive || this.#vitals.unheard;
  }

  get hasChannel(): boolean {
    return this.peer?.channelOpen === true;
  }

  /** Of their microphone as it arrives, linear, 1 = full scale. */
  get loudness(): number {
    return this.#vitals.loudness;
  }

  /** Makes the first offer; resolves when it has been handed over for sending. The newcomer calls it. */
  offer(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#offered = resolve;
    this.#offer('any');
    return promise;
  }

  send(...messages: PeerMessage[]): void {
    this.#delivery.send(...messages);
  }

  /** A box of this pair came, by the room or by a third. Who is gone comes back by the room alone. */
  async receive(box: string, by: 'room' | 'third' = 'room'): Promise<void> {
    const text = await this.#options.seal.open(box);
    if (text !== undefined && (by === 'room' || this.recovery.state.name !== 'gone')) this.#read(text, 'box');
  }

  /** The room's socket has opened: what waited for a path has one. */
  roomOpened(): void {
    this.#delivery.flush();
    this.recovery.nudge(this.#options.now());
  }

  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#connections.setTrack(slot, track);
    // Told at once: the end of a voice would look like the end of the path.
    if (slot === 'microphone') this.#vitals.ping();
  }

  setLimit(limit: VideoLimit): void {
    this.#connections.setLimit(limit);
  }

  /** The relay's credentials are new: a relayed connection must take them up before the old ones end, whoever restarts it. */
  renew(): void {
    this.peer?.configure(this.#options.configuration('any'));
    if (this.#vitals.route === 'relayed') this.#restarts.restart();
  }

  /** A connection beside this one, to the same person; see forwarding.ts. */
  makePeer(handlers: Pick<PeerOptions, 'initiator' | 'onSignal' | 'onState' | 'onTracks' | 'onBroken'>): Peer {
    return new Peer({
      ...this.#peerOptions('any'),
      epoch: 0,
      onText: () => undefined,
      onChannel: () => undefined,
      ...handlers,
    });
  }

  tick(now: number): void {
    const reached = this.recovery.outOfReach(now) < TIMES.wordHolds;
    const sending = this.#connections.sent('microphone') && reached ? 'sending' : 'not-sending';
    const remedy = this.#vitals.tick(now, sending);
    if (remedy) this.#remedy(remedy);
    // It may have been in doubt for a moment only: no opening of a path will follow that could send what waits.
    if (this.hasChannel && this.#isLive) this.#delivery.flush();
    this.recovery.tick(now);
    this.#connections.tick(this.#isDoubted ? 'silent' : 'live');
    this.#show();
  }

  /** Goodbye, and the end of the connection. */
  leave(): void {
    this.send({ type: 'leave' });
    this.close();
  }

  /** What every connection to them is made with. */
  #peerOptions(path: Path) {
    const { configuration, fingerprint, onMismatch } = this.#options;
    return { configuration: configuration(path), polite: this.#polite, fingerprint, onMismatch };
  }

  /** Unless what is silent is only late. */
  async #restart(): Promise<void> {
    const late = await this.#arrivals.any();
    if (this.recovery.state.name !== 'restarting') return;
    if (late) this.recovery.contact(this.#options.now(), 'message');
    else {
      this.#report();
      if (this.#restarts.restart() === 'offered') this.#connections.succeed();
    }
  }

  #offer(path: Path): void {
    this.#delivery.restart();
    this.#connections.offer(path);
  }

  /** The end of the connection. The pair can have another, and is given tracks again once they say that they are in. */
  close(): void {
    this.#connections.close();
    this.#delivery.clear();
    this.#options.onGone();
  }

  /** Where only their direction is dead they hear me well; and what is not acknowledged holds up the channel. */
  #report(): void {
    if (!this.#isLive && this.peer?.answered) this.send({ type: 'heard', audio: false });
  }

  #remedy(remedy: Remedy): void {
    if (remedy === 'restart') this.#restarts.restart();
    else if (remedy === 'rebuild') this.#offer('any');
    else for (const track of [null, this.#connections.sent('microphone')]) this.peer?.setTrack('microphone', track);
  }

  #channelOpened(): void {
    this.recovery.contact(this.#options.now(), 'open');
    this.#show();
    this.#delivery.flush();
    this.#options.onChannel();
  }

  #show(): void {
    const shown = this.recovery.shown(this.#options.now());
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onConnection(shown);
  }

  #read(text: string, path: MessagePath): void {
    const parsed = v.safeParse(PeerMessagesText, text);
    // Another version's message, or nonsense: whoever sent it is verified, what they mean is unknown. Nothing follows from it.
    if (!parsed.success) return;
    if (path === 'channel') this.recovery.contact(this.#options.now(), 'message');
    else this.recovery.there(this.#options.now());
    for (const message of parsed.output) this.#handle(message, path);
  }

  #handle(message: PeerMessage, path: MessagePath): void {
    switch (message.type) {
      case 'description':
        this.#descriptions.receive(message);
        return;
      case 'candidates':
        void this.#connections.at(message.epoch)?.receiveCandidates(message);
        return;
      case 'restart':
        // Whoever comes back has entered again before they ask; what was still on its way brings nobody back.
        if (this.recovery.state.name === 'gone') return;
        if (this.#restarts.asked(message.epoch) === 'offered' && this.#isDoubted) this.#connections.succeed();
        // What I offered beside it a moment ago may have gone where they were out of reach; the channel delivers wishes of then.
        else if (path === 'box') this.#connections.resend();
        return;
      case 'ping':
        this.recovery.expect(message.silent ? 'pongs' : 'media');
        this.#vitals.expect(message.silent ? 'nothing' : 'sound');
        this.peer?.send(JSON.stringify([{ type: 'pong', id: message.id } satisfies PeerMessage]));
        return;
      case 'pong':
        return;
      case 'heard':
        if (this.#vitals.reported(message.audio) === 'again') this.peer?.setPictures('renewed');
        return;
      case 'leave':
        this.recovery.left();
        return;
      default:
        // What was still on its way does not bring anybody back.
        if (this.recovery.state.name !== 'gone') this.#options.onMessage(message, path);
    }
  }
}
