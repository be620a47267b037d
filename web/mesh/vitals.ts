/**
 * Signs of life of one pair: packets that come, pings that go, the route they take, and what the other side says it hears.
 * Refuses to know what follows from them for the connection; it answers with remedies and leaves them to the pair.
 */
import type { PeerMessage } from '../protocol.ts';
import { Heard, type Remedy } from './heard.ts';
import type { Peer } from './peer.ts';
import { isRelayed, lastPacket } from './stats.ts';

/** Milliseconds between pings over the channel, each with a report of what is heard. */
const PING_INTERVAL = 1_000;
/** Milliseconds between looks at the route: an RTCStatsReport is dear, and a route changes rarely. */
const ROUTE_INTERVAL = 2_000;

export type Route = 'direct' | 'relayed';

export interface VitalsOptions {
  peer: () => Peer | undefined;
  now: () => number;
  /** A packet of their microphone has come. */
  onPacket: (now: number) => void;
  onRoute: (route: Route) => void;
  /** Whether they receive my microphone, as they say. */
  onHeard: (heard: boolean) => void;
}

export class Vitals {
  readonly #options: VitalsOptions;
  readonly #heard = new Heard();
  #pings = 0;
  #lastPing = 0;
  #lastPacket: number | undefined;
  #lastPacketTime = -Infinity;
  #lastRoute = -Infinity;
  #route: Route = 'direct';

  constructor(options: VitalsOptions) {
    this.#options = options;
  }

  /** As last seen. */
  get route(): Route {
    return this.#route;
  }

  /** To be called a few times a second; `sending` says whether my microphone goes to them over a live connection. */
  tick(now: number, sending: 'sending' | 'not-sending'): Remedy | undefined {
    const { peer, onPacket, onHeard } = this.#options;
    const microphone = peer()?.receiver('microphone');
    const packet = microphone && lastPacket(microphone);
    if (packet !== undefined && packet !== this.#lastPacket) {
      this.#lastPacketTime = now;
      onPacket(now);
    }
    this.#lastPacket = packet;
    if (peer()?.channelOpen) {
      if (now - this.#lastPing >= PING_INTERVAL) this.ping();
      if (now - this.#lastRoute >= ROUTE_INTERVAL) void this.#findRoute(now);
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
    const messages: PeerMessage[] = [
      { type: 'ping', id: this.#pings },
      { type: 'heard', audio: now - this.#lastPacketTime < PING_INTERVAL },
    ];
    this.#options.peer()?.send(JSON.stringify(messages));
  }

  /** Their report. */
  reported(audio: boolean): void {
    this.#heard.reported(audio, this.#options.now());
  }

  async #findRoute(now: number): Promise<void> {
    this.#lastRoute = now;
    const connection = this.#options.peer()?.connection;
    if (!connection) return;
    const relayed = await isRelayed(connection);
    if (connection !== this.#options.peer()?.connection) return;
    this.#route = relayed ? 'relayed' : 'direct';
    this.#options.onRoute(this.#route);
  }
}
