/**
 * The two of us: keys, connection and recovery of one pair, for as long as the page lives. A connection can be replaced and a
 * tile can go, the pair stays: its frame counters must never start again under the same keys.
 *
 * One `send` chooses the path: the data channel while it is live, else the room, else it waits for whichever opens first.
 * Refuses to know other pairs, the roster and what the messages mean beyond descriptions, candidates and pings.
 */
import * as v from 'valibot';
import { PeerMessagesText, type Description, type PeerMessage } from '../protocol.ts';
import type { PairSeal } from '../seal/pair.ts';
import { Outbox } from './outbox.ts';
import { Peer, SLOTS, type Slot } from './peer.ts';
import { Recovery } from './recovery.ts';
import { isRelayed, lastPacket } from './stats.ts';

/** Milliseconds between looks at the route: an RTCStatsReport is dear, and a route changes rarely. */
const ROUTE_INTERVAL = 2_000;

export type ConnectionState = ReturnType<Recovery['shown']>;
export type Route = 'direct' | 'relayed';

export interface PairOptions {
  readonly sid: string;
  readonly me: string;
  readonly seal: PairSeal;
  readonly fingerprint: Uint8Array;
  /** The configuration for a connection made now. */
  configuration: (path: 'any' | 'relay') => RTCConfiguration;
  now: () => number;
  /** What a first description brings along: who I am. */
  greeting: () => PeerMessage[];
  /** Hands a box to the room; false where its socket is not open. */
  relay: (box: string) => boolean;
  onMessage: (message: PeerMessage) => void;
  onTracks: (tracks: Record<Slot, MediaStreamTrack>) => void;
  onConnection: (state: ConnectionState) => void;
  onRoute: (route: Route) => void;
  /** A channel of a new connection opened: what was sent into the old one may be lost. */
  onChannel: () => void;
  onGone: () => void;
  onMismatch: () => void;
}

export class Pair {
  readonly sid: string;
  readonly #options: PairOptions;
  readonly #recovery: Recovery;
  readonly #polite: boolean;
  readonly #waiting = new Outbox();
  readonly #tracks: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  #peer: Peer | undefined;
  #epoch = 0;
  #shown: ConnectionState = 'connecting';
  #pings = 0;
  #lastPing = 0;
  #lastPacket: number | undefined;
  #lastRoute = -Infinity;
  #greeted = false;
  #lastAnswered = 0;
  #offered: (() => void) | undefined;

  constructor(options: PairOptions) {
    this.sid = options.sid;
    this.#options = options;
    this.#polite = options.me < options.sid;
    this.#recovery = new Recovery({
      driver: !this.#polite,
      now: options.now(),
      effects: {
        resend: () => (this.#peer?.initiator ? void this.#peer.resend() : undefined),
        restart: () => this.#restart(),
        rebuild: (path) => this.#connect(this.#epoch + 1, 'initiator', path),
        gone: () => this.#disconnect(),
        probe: () => this.#ping(),
      },
    });
  }

  get peer(): Peer | undefined {
    return this.#peer;
  }

  get hasChannel(): boolean {
    return this.#peer?.channelOpen ?? false;
  }

  get recovery(): Recovery {
    return this.#recovery;
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
    if (this.#recovery.state.name === 'live' && this.#peer?.send(JSON.stringify(messages))) return;
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
    this.#recovery.nudge(this.#options.now());
  }

  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks[slot] = track;
    this.#peer?.setTrack(slot, track);
  }

  tick(now: number): void {
    const microphone = this.#peer?.receiver('microphone');
    const packet = microphone && lastPacket(microphone);
    if (packet !== undefined && packet !== this.#lastPacket) this.#recovery.contact(now, 'media');
    this.#lastPacket = packet;
    if (this.hasChannel && now - this.#lastPing >= 1_000) this.#ping();
    if (this.hasChannel && now - this.#lastRoute >= ROUTE_INTERVAL) void this.#findRoute(now);
    // It may have been in doubt for a moment only: no opening of a path will follow that could send what waits.
    if (this.hasChannel && this.#recovery.state.name === 'live' && !this.#waiting.empty) this.#flush();
    this.#recovery.tick(now);
    this.#show();
  }

  /** Goodbye, by every path there is, and the end of the connection. */
  leave(): void {
    const goodbye: PeerMessage[] = [{ type: 'leave' }];
    if (!this.#peer?.send(JSON.stringify(goodbye))) void this.#sendByRoom(goodbye);
    this.#disconnect();
  }

  close(): void {
    this.#disconnect();
  }

  #connect(epoch: number, role: 'initiator' | 'answerer', path: 'any' | 'relay'): void {
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
      onBroken: () => this.#peer === peer && this.#recovery.broken(this.#options.now()),
    });
    this.#peer = peer;
    for (const slot of SLOTS) peer.setTrack(slot, this.#tracks[slot] ?? null);
  }

  #disconnect(): void {
    this.#peer?.close();
    this.#peer = undefined;
    this.#waiting.clear();
    this.#options.onGone();
  }

  #restart(): void {
    if (!this.#peer) return;
    // Before the first answer there is nothing to restart.
    if (this.#peer.answered) this.#peer.restart(this.#options.configuration('any'));
    // While an offer is unanswered the browser makes no other, and it, or its answer, may be lost: it goes out again.
    void this.#peer.resend();
  }

  #channelOpened(): void {
    this.#recovery.contact(this.#options.now(), 'message');
    this.#show();
    this.#flush();
    this.#options.onChannel();
  }

  #ping(): void {
    this.#lastPing = this.#options.now();
    this.#pings += 1;
    this.#peer?.send(JSON.stringify([{ type: 'ping', id: this.#pings } satisfies PeerMessage]));
  }

  async #findRoute(now: number): Promise<void> {
    this.#lastRoute = now;
    const connection = this.#peer?.connection;
    if (!connection) return;
    const relayed = await isRelayed(connection);
    if (connection === this.#peer?.connection) this.#options.onRoute(relayed ? 'relayed' : 'direct');
  }

  #show(): void {
    const shown = this.#recovery.shown(this.#options.now());
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#options.onConnection(shown);
  }

  /** Descriptions and candidates travel by room where the channel is in doubt, and by both where both exist. */
  #signal(message: PeerMessage): void {
    const viaChannel = this.#peer?.send(JSON.stringify([message])) ?? false;
    if (viaChannel && this.#recovery.state.name === 'live') return;
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
    if (path === 'channel') this.#recovery.contact(this.#options.now(), 'message');
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
      case 'ping':
        this.#peer?.send(JSON.stringify([{ type: 'pong', id: message.id } satisfies PeerMessage]));
        return;
      case 'pong':
        return;
      case 'leave':
        this.#recovery.left();
        return;
      default:
        this.#options.onMessage(message);
    }
  }

  #receiveDescription(message: Description): void {
    const { epoch, offerId, description } = message;
    const offered = description.type === 'offer';
    if (offered) this.#recovery.returned(this.#options.now());
    if (epoch > this.#epoch) {
      if (!offered) return;
      this.#connect(epoch, 'answerer', 'any');
    } else if (epoch < this.#epoch) {
      return;
    } else if (!this.#peer) {
      // They go on with a connection that I have closed: offer a new one.
      if (offered) this.#connect(epoch + 1, 'initiator', 'any');
      return;
    } else if (offered && this.#peer.initiator && !this.#peer.answered) {
      // Two first offers of one epoch: see the top of peer.ts.
      if (!this.#polite) return;
      this.#connect(epoch, 'answerer', 'any');
    }
    // The same answer comes by both paths, and is one.
    if (!offered && offerId > this.#lastAnswered) {
      this.#lastAnswered = offerId;
      this.#recovery.answered();
    }
    void this.#peer?.receive(message);
  }
}
