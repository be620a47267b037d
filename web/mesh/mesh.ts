/**
 * All pairs of one room: who has been introduced, what everyone is sent, and the frames of a join in one message.
 * Gets its transport as a function and hands facts up by callbacks. Refuses to know the socket, the screens and the devices.
 *
 * The roster is advice: it introduces people and says who may be gone, but never ends a connection that is alive.
 */
import type { Frame, IceServer, LeftReason, RosterEntry } from '../../worker/protocol.ts';
import type { PeerMessage } from '../protocol.ts';
import { openHello } from '../seal/hello.ts';
import type { Identity } from '../seal/identity.ts';
import { PairSeal, derivePairKeys } from '../seal/pair.ts';
import { Pair, type ConnectionState, type Route } from './pair.ts';
import { SLOTS, type Slot } from './peer.ts';
import { receivedLevel } from './stats.ts';

/** Milliseconds between looks at every pair: a quarter of the shortest time in recovery.ts that matters to a person. */
const TICK = 250;
/** Milliseconds that the offers of a join wait for each other before those that are ready leave. */
const OFFERS_TOGETHER = 500;

export interface MeshOptions {
  readonly identity: Identity;
  readonly certificate: RTCCertificate;
  readonly helloHash: Uint8Array;
  readonly roomId: string;
  readonly helloKey: CryptoKey;
  readonly psk: Uint8Array<ArrayBuffer>;
  /** Hands frames to the room, all in one message; false where its socket is not open. */
  relay: (frames: Frame[]) => boolean;
  roomOpen: () => boolean;
  /** What everyone must know of me to show me. */
  greeting: () => PeerMessage[];
  onMessage: (sid: string, message: PeerMessage) => void;
  onTracks: (sid: string, tracks: Record<Slot, MediaStreamTrack>) => void;
  onConnection: (sid: string, state: ConnectionState) => void;
  onRoute: (sid: string, route: Route) => void;
  /** A channel of a new connection opened: recent messages may have been lost with the old one. */
  onChannel: (sid: string) => void;
  onGone: (sid: string) => void;
  onMismatch: (sid: string) => void;
}

export interface Routes {
  iceServers: IceServer[];
  iceTransportPolicy: RTCIceTransportPolicy;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #pairs = new Map<string, Pair>();
  readonly #introductions = new Map<string, Promise<Pair | undefined>>();
  /** Who is sent media: those who are in, once I am in. */
  readonly #audience = new Set<string>();
  readonly #tracks: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  readonly #timer: ReturnType<typeof setInterval>;
  #routes: Routes = { iceServers: [], iceTransportPolicy: 'all' };
  /** Frames that wait for the other offers of a join; undefined where frames leave at once. */
  #held: Frame[] | undefined;
  #closed = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#tick(), TICK);
  }

  /** Where connections may go. Used by those made or restarted from now on. */
  configure(routes: Routes): void {
    this.#routes = routes;
  }

  /** I have entered: an offer to everyone that I do not know yet, in one message; the known are known to be there. */
  async welcome(roster: RosterEntry[]): Promise<void> {
    const present = new Set(roster.map(({ sid }) => sid));
    const now = performance.now();
    for (const pair of this.#pairs.values()) {
      pair.recovery.roster(now, present.has(pair.sid) ? 'present' : 'absent');
      pair.roomOpened();
    }
    this.#held ??= [];
    const offers = roster.map(async (entry) => {
      const known = this.#pairs.get(entry.sid);
      if (known && known.recovery.state.name !== 'gone') return;
      const pair = await this.#introduce(entry);
      pair?.recovery.returned(now);
      await pair?.offer();
    });
    await Promise.race([Promise.allSettled(offers), new Promise((resolve) => setTimeout(resolve, OFFERS_TOGETHER))]);
    const frames = this.#held;
    this.#held = undefined;
    if (frames && frames.length > 0) this.#options.relay(frames);
  }

  /** Someone has entered after me: they will offer. */
  async entered(entry: RosterEntry): Promise<void> {
    const pair = await this.#introduce(entry);
    pair?.recovery.roster(performance.now(), 'present');
    pair?.recovery.returned(performance.now());
  }

  /** The room has lost sight of someone. Only a leave of someone silent is believed at once. */
  left(sid: string, reason: LeftReason): void {
    const pair = this.#pairs.get(sid);
    if (!pair) return;
    if (reason === 'left' && pair.recovery.state.name !== 'live') pair.recovery.left();
    else pair.recovery.roster(performance.now(), 'absent');
  }

  async frame(from: string, box: string): Promise<void> {
    const pair = await this.#introductions.get(from);
    await pair?.receive(box);
  }

  send(sid: string, ...messages: PeerMessage[]): void {
    this.#pairs.get(sid)?.send(...messages);
  }

  /** To everyone who is not gone; false where somebody has no path now and the messages wait for one. */
  broadcast(...messages: PeerMessage[]): boolean {
    const reached = this.reachesAll();
    for (const pair of this.#present()) pair.send(...messages);
    return reached;
  }

  reachesAll(): boolean {
    return this.#options.roomOpen() || this.#present().every((pair) => pair.hasChannel);
  }

  /** Every connection is made again over the routes configured now: they must not go on where they went. */
  reroute(): void {
    for (const pair of this.#present()) pair.recovery.rerouted(performance.now());
  }

  /** My track in `slot`, for everyone in the audience; null for none. */
  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks[slot] = track;
    for (const sid of this.#audience) this.#pairs.get(sid)?.setTrack(slot, track);
  }

  /** Whether someone is sent my media. */
  setAudience(sid: string, listening: 'in' | 'out'): void {
    if (listening === 'in') this.#audience.add(sid);
    else this.#audience.delete(sid);
    for (const slot of SLOTS) {
      this.#pairs.get(sid)?.setTrack(slot, listening === 'in' ? (this.#tracks[slot] ?? null) : null);
    }
  }

  /** The network or the page has come back. */
  nudge(): void {
    for (const pair of this.#pairs.values()) pair.recovery.nudge(performance.now());
  }

  /** Loudness of someone's microphone as it arrives, 0 to 1. */
  level(sid: string): number {
    const receiver = this.#pairs.get(sid)?.peer?.receiver('microphone');
    return receiver ? receivedLevel(receiver) : 0;
  }

  connection(sid: string): RTCPeerConnection | undefined {
    return this.#pairs.get(sid)?.peer?.connection;
  }

  /** Goodbye to everyone, then the end. */
  leave(): void {
    for (const pair of this.#present()) pair.leave();
    this.close();
  }

  close(): void {
    this.#closed = true;
    clearInterval(this.#timer);
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
    this.#introductions.clear();
  }

  /** The pair with `entry`, made on first sight; `undefined` where the hello is not of someone who holds the link. */
  #introduce(entry: RosterEntry): Promise<Pair | undefined> {
    const known = this.#introductions.get(entry.sid);
    if (known) return known;
    const introduction = this.#makePair(entry);
    this.#introductions.set(entry.sid, introduction);
    return introduction;
  }

  async #makePair({ sid, hello: sealed }: RosterEntry): Promise<Pair | undefined> {
    const { identity, helloHash, helloKey, psk, roomId } = this.#options;
    const { onMessage, onTracks, onConnection, onRoute, onChannel, onGone, onMismatch } = this.#options;
    if (sid === identity.sid) return undefined;
    const hello = await openHello(sealed, sid, helloKey);
    // Rejects where the key that they name is no point of the curve.
    const keys = hello && (await derivePairKeys({ identity, helloHash, peer: hello, psk }).catch(() => undefined));
    if (!keys || this.#closed) {
      this.#introductions.delete(sid);
      return undefined;
    }
    const pair = new Pair({
      sid,
      me: identity.sid,
      seal: new PairSeal(keys, { roomId, me: identity.sid, peer: sid }),
      fingerprint: hello.fingerprint,
      configuration: (path) => this.#configuration(path),
      now: () => performance.now(),
      greeting: this.#options.greeting,
      relay: (box) => this.#relay({ to: sid, box }),
      onMessage: (message) => onMessage(sid, message),
      onTracks: (tracks) => onTracks(sid, tracks),
      onConnection: (state) => onConnection(sid, state),
      onRoute: (route) => onRoute(sid, route),
      onChannel: () => onChannel(sid),
      onGone: () => onGone(sid),
      onMismatch: () => onMismatch(sid),
    });
    this.#pairs.set(sid, pair);
    return pair;
  }

  #configuration(path: 'any' | 'relay'): RTCConfiguration {
    const { iceServers, iceTransportPolicy } = this.#routes;
    const relayOnly = iceTransportPolicy === 'relay' || (path === 'relay' && iceServers.some(isRelay));
    return {
      iceServers,
      iceTransportPolicy: relayOnly ? 'relay' : 'all',
      bundlePolicy: 'max-bundle',
      certificates: [this.#options.certificate],
    };
  }

  #relay(frame: Frame): boolean {
    if (!this.#held) return this.#options.relay([frame]);
    this.#held.push(frame);
    return true;
  }

  #present(): Pair[] {
    return [...this.#pairs.values()].filter((pair) => pair.recovery.state.name !== 'gone');
  }

  #tick(): void {
    for (const pair of this.#pairs.values()) pair.tick(performance.now());
  }
}

/** True where `server` is a TURN server. */
export function isRelay({ urls }: IceServer): boolean {
  return [urls].flat().some((url) => /^turns?:/i.test(url));
}
