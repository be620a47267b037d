/**
 * All pairs of one room: who has been introduced, what everyone is sent, and the frames of a join in one message.
 * Gets its transport as a function and hands facts up by callbacks. Refuses to know the socket, the screens and the devices.
 *
 * The roster is advice: it introduces people and says who may be gone, but never ends a connection that is alive.
 */
import type { Frame, LeftReason, RosterEntry } from '../../worker/protocol.ts';
import type { CallMessage, MeshMessage, PeerMessage } from '../protocol.ts';
import { meet, type Me } from '../seal/meet.ts';
import { Audience } from './audience.ts';
import { Detour } from './detour.ts';
import { Forwarding, type Tracks } from './forwarding.ts';
import { cameraLimit } from './limits.ts';
import { LivedTime } from '../lived-time.ts';
import { Pair, type ConnectionState, type MessagePath } from './pair.ts';
import type { Slot } from './peer.ts';
import { configurationOf, type Routes } from './routes.ts';
import { receivedLoudness } from './stats.ts';
import type { Route } from './vitals.ts';

/** Milliseconds that the offers of a join wait for each other before those that are ready leave. */
const OFFERS_TOGETHER = 500;
/** Milliseconds without reaching someone after which somebody else is asked to carry them. */
const CARRY_AFTER = 5_000;

export interface MeshOptions extends Me {
  readonly certificate: RTCCertificate;
  /** Hands frames to the room, all in one message; false where its socket is not open. */
  relay: (frames: Frame[]) => boolean;
  roomOpen: () => boolean;
  /** What everyone must know of me to show me. */
  greeting: () => PeerMessage[];
  onMessage: (sid: string, message: CallMessage) => void;
  onTracks: (sid: string, tracks: Tracks) => void;
  /** Someone is carried to me by a third, `via`; undefined: they come by themselves, or not at all. */
  onThrough: (sid: string, via: string | undefined) => void;
  onConnection: (sid: string, state: ConnectionState) => void;
  onRoute: (sid: string, route: Route) => void;
  /** A channel of a new connection opened: recent messages may have been lost with the old one. */
  onChannel: (sid: string) => void;
  /** Whether someone receives my microphone, as they say. */
  onHeard: (sid: string, heard: boolean) => void;
  /** Nothing comes from somebody: the room's socket may be dead as well. */
  onDoubt: () => void;
  onGone: (sid: string) => void;
  onMismatch: (sid: string) => void;
}

export class Mesh {
  readonly #options: MeshOptions;
  readonly #pairs = new Map<string, Pair>();
  readonly #introductions = new Map<string, Promise<Pair | undefined>>();
  /** Those who are in, once I am in. */
  readonly #audience: Audience;
  /** What arrives of everyone, by themselves and through a third. */
  readonly #direct = new Map<string, Tracks>();
  readonly #carried = new Map<string, Tracks>();
  readonly #forwarding: Forwarding;
  readonly #detour: Detour;
  readonly #time = new LivedTime(() => this.#tick());
  #routes: Routes = { iceServers: [], iceTransportPolicy: 'all' };
  /** Frames that wait for the other offers of a join; undefined where frames leave at once. */
  #held: Frame[] | undefined;
  #closed = false;

  constructor(options: MeshOptions) {
    this.#options = options;
    this.#audience = new Audience({
      send: (sid, slot, track) => this.#pairs.get(sid)?.setTrack(slot, track),
      connecting: (within) => this.#present().filter(({ recovery }) => recovery.isNew(this.#time.now(), within)).length,
      time: this.#time,
    });
    const reached = () => this.#present().flatMap(({ sid, recovery }) => (recovery.state.name === 'live' ? [sid] : []));
    this.#forwarding = new Forwarding({
      reached,
      tracksOf: (sid) => (this.#pairs.get(sid)?.recovery.state.name === 'live' ? this.#direct.get(sid) : undefined),
      // Who only looks in is carried nothing: those whose media it is send them none either.
      makePeer: (sid, handlers) => (this.#audience.has(sid) ? this.#pairs.get(sid)?.makePeer(handlers) : undefined),
      send: (sid, message) => this.send(sid, message),
      onThrough: (sid, through) => {
        if (through) this.#carried.set(sid, through.tracks);
        else this.#carried.delete(sid);
        this.#showTracks(sid);
        options.onThrough(sid, through?.via);
      },
      now: () => this.#time.now(),
    });
    this.#detour = new Detour({
      reached,
      send: (sid, message) => this.#pairs.get(sid)?.peer?.send(JSON.stringify([message])),
      onBox: (from, box) => (this.#pairs.get(from)?.receive(box, 'third') ? 'taken' : 'unknown'),
    });
  }

  /** Where connections may go. Used by those made or restarted from now on. */
  configure(routes: Routes): void {
    this.#routes = routes;
  }

  /** I have entered: an offer to everyone that I do not know yet, in one message; the known are known to be there. */
  async welcome(roster: RosterEntry[]): Promise<void> {
    const present = new Set(roster.map(({ sid }) => sid));
    const now = this.#time.now();
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
    await Promise.race([Promise.allSettled(offers), this.#time.passes(OFFERS_TOGETHER)]);
    const frames = this.#held;
    this.#held = undefined;
    if (frames && frames.length > 0) this.#options.relay(frames);
  }

  /** Someone has entered after me: they will offer. Who is back may not know that I gave them up or do not hear them: I do. */
  async entered(entry: RosterEntry): Promise<void> {
    const pair = await this.#introduce(entry);
    pair?.recovery.roster(this.#time.now(), 'present');
    if (pair?.recovery.returned(this.#time.now())) void pair.offer();
    else if (pair?.recovery.state.name === 'restarting') pair.recovery.nudge(this.#time.now());
  }

  /** The room has lost sight of someone. Only a leave of someone silent is believed at once. */
  left(sid: string, reason: LeftReason): void {
    const recovery = this.#pairs.get(sid)?.recovery;
    if (reason === 'left') recovery?.farewell(this.#time.now());
    else recovery?.roster(this.#time.now(), reason === 'lease' ? 'asleep' : 'absent');
  }

  async frame(from: string, box: string): Promise<void> {
    this.#detour.broughtByRoom(from);
    await (await this.#introductions.get(from))?.receive(box);
  }

  send(sid: string, ...messages: PeerMessage[]): void {
    this.#pairs.get(sid)?.send(...messages);
  }

  /** To everyone who is in, once I am in myself: what is said in a meeting is not for who stands before its door. */
  tell(...messages: PeerMessage[]): boolean {
    for (const sid of this.#audience) this.send(sid, ...messages);
    return this.reachesAll();
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

  /** The routes configured now replace those that are about to end. */
  renew(): void {
    for (const pair of this.#present()) pair.renew();
  }

  /** Every connection is made again over the routes configured now: they must not go on where they went. */
  reroute(): void {
    for (const pair of this.#present()) pair.recovery.rerouted(this.#time.now());
  }

  /** My track in `slot`, for everyone in the audience; null for none. */
  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#audience.setTrack(slot, track);
  }

  /** Whether someone is sent my media; and whether they send pictures, where that is known. */
  setAudience(sid: string, listening: 'in' | 'out', pictures?: 'some' | 'none'): void {
    if (pictures) this.#audience.expect(sid, pictures);
    if (listening === 'in') this.#audience.admit(sid);
    else this.#audience.dismiss(sid);
    for (const pair of this.#pairs.values()) pair.setLimit(cameraLimit(this.#audience.size));
  }

  /** The network or the page has come back. */
  nudge(): void {
    for (const pair of this.#pairs.values()) pair.recovery.nudge(this.#time.now());
  }

  /** Loudness of someone's microphone as it arrives, linear, 1 = full scale. */
  loudness(sid: string): number {
    const carried = this.#forwarding.peerOf(sid)?.receiver('microphone');
    return carried ? receivedLoudness(carried) : (this.#pairs.get(sid)?.loudness ?? 0);
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
    this.#time.stop();
    this.#audience.close();
    this.#forwarding.close();
    for (const pair of this.#pairs.values()) pair.close();
    this.#pairs.clear();
    this.#introductions.clear();
  }

  /** The pair with `entry`, made on first sight; `undefined` where the hello is not of someone who holds the link. */
  #introduce(entry: RosterEntry): Promise<Pair | undefined> {
    const introduction = this.#introductions.get(entry.sid) ?? this.#makePair(entry);
    this.#introductions.set(entry.sid, introduction);
    return introduction;
  }

  async #makePair({ sid, hello }: RosterEntry): Promise<Pair | undefined> {
    const { identity, certificate, onConnection, onRoute, onChannel, onHeard, onDoubt, onMismatch } = this.#options;
    if (sid === identity.sid) return undefined;
    const met = await meet({ sid, hello }, this.#options);
    if (!met || this.#closed) {
      this.#introductions.delete(sid);
      return undefined;
    }
    const pair = new Pair({
      ...met,
      sid,
      me: identity.sid,
      configuration: (path) => configurationOf(this.#routes, path, certificate),
      now: () => this.#time.now(),
      rush: () => this.#audience.rush,
      greeting: this.#options.greeting,
      relay: (box) => this.#relay({ to: sid, box }),
      onMessage: (message, path) => this.#onMessage(sid, message, path),
      onTracks: (tracks) => (this.#direct.set(sid, tracks), this.#showTracks(sid)),
      onConnection: (state) => onConnection(sid, state),
      onRoute: (route) => onRoute(sid, route),
      onChannel: () => onChannel(sid),
      onHeard: (heard) => onHeard(sid, heard),
      onDoubt,
      onGone: () => this.#onGone(sid),
      onMismatch: () => onMismatch(sid),
    });
    this.#pairs.set(sid, pair);
    return pair;
  }

  /** False where the room does not have it: it may arrive by a third all the same. */
  #relay(frame: Frame): boolean {
    const passed = this.#held ? this.#held.push(frame) > 0 : this.#options.relay([frame]);
    if (!passed || this.#detour.brings(frame.to)) this.#detour.send(frame);
    return passed;
  }

  #onMessage(sid: string, message: MeshMessage, path: MessagePath): void {
    if (message.type === 'forward' || message.type === 'forwarded') this.#forwarding.receive(sid, message);
    else if (message.type === 'detour' || message.type === 'detoured') this.#detour.receive(sid, message, path);
    else this.#options.onMessage(sid, message);
  }

  #onGone(sid: string): void {
    this.#audience.forget(sid);
    this.#direct.delete(sid);
    this.#forwarding.gone(sid);
    this.#options.onGone(sid);
  }

  #showTracks(sid: string): void {
    const tracks = this.#carried.get(sid) ?? this.#direct.get(sid);
    if (tracks) this.#options.onTracks(sid, tracks);
  }

  #present(): Pair[] {
    return [...this.#pairs.values()].filter((pair) => pair.recovery.state.name !== 'gone');
  }

  #tick(): void {
    const now = this.#time.now();
    for (const pair of this.#present()) {
      pair.tick(now);
      if (pair.recovery.state.name === 'live') this.#forwarding.restored(pair.sid);
      else if (this.#audience.has(pair.sid) && pair.recovery.outOfReach(now) >= CARRY_AFTER)
        this.#forwarding.need(pair.sid);
    }
    this.#forwarding.tick();
    this.#audience.tick();
  }
}
