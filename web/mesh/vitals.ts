/**
 * Signs of life of one pair: packets that come, pings that go, the route they take, and what the other side says it hears.
 * Refuses to know what follows from them for the connection; it answers with remedies and leaves them to the pair.
 */
import type { PeerMessage } from '../protocol.ts';
import { Buffering } from './buffering.ts';
import { Heard, type Remedy } from './heard.ts';
import type { Peer } from './peer.ts';
import { Regrowth } from './regrowth.ts';
import { isRelayed, lastPacket, packetsReceived, receivedLoudness } from './stats.ts';

/** Milliseconds between pings over the channel, each with a report of what is heard. */
const PING_INTERVAL = 1_000;
/** Milliseconds without a packet of a microphone, of which one comes every 20 ms, after which it is reported as not heard. */
const UNHEARD = 500;
/** Milliseconds without one after which it is no loss of single packets any more. */
const STALL = 250;
/** Milliseconds between looks at the route: an RTCStatsReport is dear, and a route changes rarely. */
const ROUTE_INTERVAL = 2_000;

export type Route = 'direct' | 'relayed';

export interface VitalsOptions {
  peer: () => Peer | undefined;
  now: () => number;
  /** Whether many connections are coming up. */
  rush: () => boolean;
  /** Whether nothing of my microphone is sent. */
  silent: () => boolean;
  /** A packet of their microphone has come. */
  onPacket: (now: number) => void;
  onRoute: (route: Route) => void;
  /** Whether they receive my microphone, as they say. */
  onHeard: (heard: boolean) => void;
}

export class Vitals {
  readonly #options: VitalsOptions;
  readonly #heard = new Heard();
  readonly #buffering = new Buffering();
  readonly #regrowth = new Regrowth();
  #pings = 0;
  #lastPing = 0;
  #lastPacket: number | undefined;
  #lastPacketTime = -Infinity;
  /** Counted only while nothing reaches the loudspeaker. */
  #packets: { receiver: RTCRtpReceiver; count: number } | undefined;
  #lastGrowth = -Infinity;
  #theirs: 'sound' | 'nothing' = 'nothing';
  #lastRoute: number | undefined;
  #routeOf: RTCPeerConnection | undefined;
  #route: Route = 'direct';

  constructor(options: VitalsOptions) {
    this.#options = options;
  }

  /** As last seen. */
  get route(): Route {
    return this.#route;
  }

  /** Of their microphone, linear, 1 = full scale. */
  get loudness(): number {
    const receiver = this.#audible;
    return receiver ? receivedLoudness(receiver) : 0;
  }

  /**
   * What their microphone is read from; undefined where nothing comes, by their own word: a reading stops the page. In a rush of
   * eight on two cores it stopped for 10 to 12 ms, ten times a second for each whose sound came, so that those whose own connections
   * were up first held up all others. Whoever has not been read yet is known by their pings until it is over.
   */
  get #audible(): RTCRtpReceiver | undefined {
    if (this.#theirs === 'nothing' || (this.#lastPacket === undefined && this.#options.rush())) return undefined;
    return this.#options.peer()?.receiver('microphone');
  }

  /** Whether their last report says that they do not hear me. */
  get unheard(): boolean {
    return this.#heard.silent;
  }

  /** To be called a few times a second; `sending` says whether my microphone goes to them over a live connection. */
  tick(now: number, sending: 'sending' | 'not-sending'): Remedy | undefined {
    const { peer, onPacket, onHeard } = this.#options;
    const receiver = this.#audible;
    // One from before a silence is not new after it.
    const packet = receiver ? lastPacket(receiver) : this.#lastPacket;
    // The first sound after a silence is reported at once: they make up for the pictures that I have lost.
    let again = false;
    if (packet !== undefined && packet !== this.#lastPacket) {
      again = now - this.#lastPacketTime >= UNHEARD;
      if (now - this.#lastPacketTime >= STALL) this.#buffering.interrupted();
      this.#lastPacketTime = now;
      onPacket(now);
    }
    this.#lastPacket = packet;
    if (peer()?.channelOpen) {
      if (again || now - this.#lastPing >= PING_INTERVAL) this.ping();
      // Not at once: in the moment in which many connections come up there is better to do.
      this.#lastRoute ??= now;
      const another = this.#routeOf !== undefined && this.#routeOf !== peer()?.connection;
      if (another || now - this.#lastRoute >= ROUTE_INTERVAL) void this.#findRoute(now);
    }
    const remedy = this.#heard.remedy(now, sending);
    onHeard(!this.#heard.unheard(now));
    return remedy;
  }

  /** A ping now, to find out whether anybody is there. */
  ping(): void {
    const now = this.#options.now();
    this.#lastPing = now;
    this.#pings += 1;
    const played = now - this.#lastPacketTime < UNHEARD;
    if (played) this.#packets = undefined;
    else if (this.#theirs === 'sound') void this.#countPackets(now);
    const messages: PeerMessage[] = [
      { type: 'ping', id: this.#pings, silent: this.#options.silent() },
      { type: 'heard', audio: played || now - this.#lastGrowth < 1.5 * PING_INTERVAL },
    ];
    this.#options.peer()?.send(JSON.stringify(messages));
  }

  /** Whether anything of their microphone is on its way, by their own word. */
  expect(theirs: 'sound' | 'nothing'): void {
    if (theirs === this.#theirs) return;
    this.#theirs = theirs;
    this.#packets = undefined;
    // What begins now is not missing yet.
    if (theirs === 'sound') this.#lastGrowth = this.#options.now();
  }

  /** Their report; `again` where they hear me after they did not. */
  reported(audio: boolean): 'again' | undefined {
    return this.#heard.reported(audio, this.#options.now());
  }

  /** Whether packets come that nothing plays: then they do reach me, and no remedy of theirs would help. */
  async #countPackets(now: number): Promise<void> {
    const receiver = this.#options.peer()?.receiver('microphone');
    if (!receiver) return;
    const count = await packetsReceived(receiver);
    if (this.#packets?.receiver === receiver && count > this.#packets.count) this.#lastGrowth = now;
    this.#packets = { receiver, count };
  }

  async #findRoute(now: number): Promise<void> {
    this.#lastRoute = now;
    const connection = this.#options.peer()?.connection;
    if (!connection) return;
    this.#routeOf = connection;
    const microphone = this.#options.peer()?.receiver('microphone');
    if (now - this.#lastPacketTime >= STALL) this.#buffering.interrupted();
    else if (microphone) void this.#buffering.look(microphone);
    const stats = await connection.getStats();
    if (connection !== this.#options.peer()?.connection) return;
    const camera = this.#options.peer()?.sender('camera');
    if (camera) this.#regrowth.look(camera, stats);
    const relayed = isRelayed(stats, connection.currentRemoteDescription?.sdp);
    this.#route = relayed ? 'relayed' : 'direct';
    this.#options.onRoute(this.#route);
  }
}
