/**
 * The connection of a pair and, for a while, the one that may take its place.
 *
 * Where nothing comes any more, ICE restarts on the connection as it is, and beside it another one is made. Whichever carries
 * something first is right. After an outage it is the old one, at once. After a cut of its path, where another path exists, it
 * is the new one: whatever a restart finds, Chromium 156 stays with the selected candidate pair until nothing has come by it for
 * 2.5 s, and a second more, so that the first picture came after 4 s (p50 at a round trip of 100 ms); a new connection
 * has no old pair to stay with. The old one ends when the new one is up, and the new one's tracks become those of the pair.
 * Refuses to know when that is wanted, and which messages are for it.
 */
import type { Candidates, Description } from '../protocol.ts';
import type { VideoLimit } from './limits.ts';
import { Peer, SLOTS, type PeerOptions, type Slot } from './peer.ts';
import type { Path } from './routes.ts';

/**
 * Milliseconds after which a successor is made anew that has no answer, or that is not up since the answer came: its offer may be
 * lost, its candidates may be old. It may be answered late, when an outage ends, and is then not to be closed on the other side.
 */
const STALE = 3_000;
/** Milliseconds that a successor is given to come up. */
const PATIENCE = 8_000;
/** Milliseconds that a replaced connection is kept, for what waits in its channel, where its path is back as well. */
const LINGER = 3_000;

/**
 * Milliseconds after which its sound is limited: a change of parameters stops the page until its media thread has time. In a rush
 * of eight on two cores that took 10 to 13 each, two in every connection, of which each page still made others; by then it is over
 * (audience.ts).
 */
const LIMIT_SOUND_AFTER = 5_000;

type Tracks = Record<Slot, MediaStreamTrack>;

export interface ConnectionsOptions {
  /** What every connection of this pair is made with. */
  peerOptions: (path: Path) => Pick<PeerOptions, 'configuration' | 'polite' | 'fingerprint' | 'onText' | 'onMismatch'>;
  onSignal: (message: Description | Candidates, connection: 'current' | 'successor') => void;
  /** The state of the connection, or of its successor, changed. */
  onState: () => void;
  /** The connection, not its successor, says that it is up. */
  onUp: () => void;
  onTracks: (tracks: Tracks) => void;
  /** The successor has taken the place of the connection: they are there. */
  onSucceeded: () => void;
  /** The channel of the connection has opened. */
  onOpen: () => void;
  onBroken: () => void;
  now: () => number;
}

interface Made {
  readonly peer: Peer;
  readonly at: number;
  /** When it was first seen to be answered. */
  answeredAt?: number;
  soundLimited?: boolean;
}

export class Connections {
  readonly #options: ConnectionsOptions;
  readonly #sent: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  #limit: VideoLimit | undefined;
  #current: Made | undefined;
  #successor: Made | undefined;
  #predecessor: Made | undefined;
  /** The highest that was used, here or by them, also by connections that came to nothing. */
  #epoch = 0;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
  }

  get current(): Peer | undefined {
    return this.#current?.peer;
  }

  /** Of the latest connection that is there; where none is, of the last that was. */
  get epoch(): number {
    return (this.#successor ?? this.#current)?.peer.epoch ?? this.#epoch;
  }

  /** The connection of that epoch, where it is there. */
  at(epoch: number): Peer | undefined {
    return [this.#current, this.#successor].find((made) => made?.peer.epoch === epoch)?.peer;
  }

  /** Milliseconds since the current one was made. */
  age(): number {
    return this.#current ? this.#options.now() - this.#current.at : 0;
  }

  /** Another connection, in the place of whatever is there, also of one that was replaced and lingers; mine. */
  offer(path: Path = 'any'): void {
    this.#replace(this.#epoch + 1, 'initiator', path);
  }

  /** A connection to answer their offer with: beside the one that is there, where that was ever up. */
  answer(epoch: number): void {
    if (!this.current?.answered) this.#replace(epoch, 'answerer', 'any');
    else {
      this.#successor?.peer.close();
      this.#successor = this.#make(epoch, 'answerer', 'any');
    }
  }

  /** Another connection beside the one that is there; mine. To be called again while it is wanted. */
  succeed(): void {
    const { now } = this.#options;
    const successor = this.#successor;
    if (successor && now() - (successor.answeredAt ?? successor.at) < STALE) {
      void successor.peer.resend();
      return;
    }
    successor?.peer.close();
    this.#successor = this.#make(this.#epoch + 1, 'initiator', 'any');
  }

  /** The offer of the other connection again, where there is one of mine and it is unanswered. */
  resend(): void {
    void this.#successor?.peer.resend();
  }

  /** What is sent in `slot` from now on, by this connection and all that follow; null for nothing. */
  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#sent[slot] = track;
    for (const made of [this.#current, this.#successor]) made?.peer.setTrack(slot, track);
  }

  sent(slot: Slot): MediaStreamTrack | null {
    return this.#sent[slot] ?? null;
  }

  setLimit(limit: VideoLimit): void {
    this.#limit = limit;
    for (const made of [this.#current, this.#successor]) made?.peer.setLimit(limit);
  }

  /** To be called a few times a second; `live`: both hear each other by the connection as it is. */
  tick(state: 'live' | 'silent'): void {
    const { now } = this.#options;
    const current = this.#current;
    if (current?.peer.channelOpen && !current.soundLimited && now() - current.at >= LIMIT_SOUND_AFTER) {
      current.soundLimited = true;
      current.peer.limitSound();
    }
    if (this.#predecessor && now() - this.#predecessor.at >= LINGER) this.#dropPredecessor();
    const successor = this.#successor;
    if (!successor) return;
    if (successor.peer.answered) successor.answeredAt ??= now();
    const needless = state === 'live' && !successor.peer.answered;
    if (needless || now() - successor.at >= PATIENCE) this.#dropSuccessor();
  }

  /** The end. What is sent is told again to the connection that follows, if ever one does. */
  close(): void {
    this.#closeAll();
    for (const slot of SLOTS) delete this.#sent[slot];
  }

  #closeAll(): void {
    this.#dropSuccessor();
    this.#dropPredecessor();
    this.#current?.peer.close();
    this.#current = undefined;
  }

  #replace(epoch: number, role: 'initiator' | 'answerer', path: Path): void {
    this.#closeAll();
    this.#current = this.#make(epoch, role, path);
    this.#showTracks();
  }

  #stateChanged(epoch: number): void {
    const successor = this.#successor;
    if (successor?.peer.epoch === epoch && successor.peer.connection.connectionState === 'connected') {
      this.#retire();
      this.#current = successor;
      this.#successor = undefined;
      this.#showTracks();
      this.#options.onSucceeded();
      // It may have opened before the connection was said to be up, and was nobody's then.
      if (successor.peer.channelOpen) this.#options.onOpen();
    }
    if (this.#current?.peer.epoch === epoch && this.current?.connection.connectionState === 'connected') {
      this.#options.onUp();
    }
    this.#options.onState();
  }

  #broken(epoch: number): void {
    if (this.#successor?.peer.epoch === epoch) this.#dropSuccessor();
    else if (this.current?.epoch === epoch) this.#options.onBroken();
  }

  #showTracks(): void {
    const tracks = this.#current?.peer.tracks;
    if (tracks) this.#options.onTracks(tracks);
  }

  /** The current one sends nothing more, and ends in a while. */
  #retire(): void {
    this.#dropPredecessor();
    const peer = this.current;
    if (!peer) return;
    for (const slot of SLOTS) peer.setTrack(slot, null);
    this.#predecessor = { peer, at: this.#options.now() };
  }

  #dropPredecessor(): void {
    this.#predecessor?.peer.close();
    this.#predecessor = undefined;
  }

  #dropSuccessor(): void {
    this.#successor?.peer.close();
    this.#successor = undefined;
  }

  #make(epoch: number, role: 'initiator' | 'answerer', path: Path): Made {
    const { peerOptions, now } = this.#options;
    this.#epoch = Math.max(this.#epoch, epoch);
    const peer = new Peer({
      ...peerOptions(path),
      epoch,
      initiator: role === 'initiator',
      // Of an answerer: with the first offer.
      onTracks: () => this.#current?.peer.epoch === epoch && this.#showTracks(),
      onSignal: (message) =>
        this.#options.onSignal(message, this.#successor?.peer.epoch === epoch ? 'successor' : 'current'),
      onState: () => this.#stateChanged(epoch),
      onChannel: (state) => state === 'open' && this.current?.epoch === epoch && this.#options.onOpen(),
      onBroken: () => this.#broken(epoch),
    });
    for (const slot of SLOTS) peer.setTrack(slot, this.sent(slot));
    if (this.#limit) peer.setLimit(this.#limit);
    return { peer, at: now() };
  }
}
