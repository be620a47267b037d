/**
 * Repair without a relay: two people who cannot connect are carried by a third who reaches both.
 *
 * Who misses someone asks, one after the other, those whom they reach: "forward Bo to me". Whoever reaches Bo opens a second,
 * one-way connection to the asker and sends on it what arrives from Bo, as tracks: audio, and a video of at most 180 lines,
 * because it is decoded and encoded once more on a person's own machine. Both sides of a broken pair ask for themselves.
 * The connection is one of two people who know each other's keys and fingerprints: nobody new sees or hears anything, for
 * the forwarder is in the meeting anyway. The broken pair goes on trying, and a direct connection ends the forwarding.
 *
 * As tracks and not as encoded frames, because a transform would have to be set before a sender first sends, on every sender
 * of every pair, for a case that may never come. Refuses to know recovery, tiles and the room.
 */
import type { PeerMessage } from '../protocol.ts';
import { limitVideo } from './encodings.ts';
import type { Peer, PeerOptions, Slot } from './peer.ts';

/** Milliseconds for someone who was asked to make a picture or a sound arrive before the next one is asked. */
const PATIENCE = 6_000;
/** What is carried, and how much of it: bits a second, lines, frames a second. */
const CARRIED = ['microphone', 'camera'] as const satisfies readonly Slot[];
const SMALL_VIDEO = { maxBitrate: 150_000, maxHeight: 180, maxFramerate: 15 };

export type Tracks = Record<Slot, MediaStreamTrack>;
type Handlers = Pick<PeerOptions, 'initiator' | 'onSignal' | 'onState' | 'onTracks' | 'onBroken'>;

export interface ForwardingOptions {
  /** Those whom I reach now. */
  reached: () => readonly string[];
  /** What arrives from `sid` now, where it does. */
  tracksOf: (sid: string) => Tracks | undefined;
  /** A connection beside the pair's own, with the same certificate and the same fingerprint to expect. */
  makePeer: (sid: string, handlers: Handlers) => Peer | undefined;
  send: (sid: string, message: PeerMessage) => void;
  /** `of` is carried by `via`, and arrives as `tracks`; undefined where nobody carries them any more. */
  onThrough: (of: string, through: { via: string; tracks: Tracks } | undefined) => void;
  now: () => number;
}

/** Someone whom I cannot reach: who was asked for them, and what came of it. */
interface Wanted {
  asked: string[];
  via: string | undefined;
  since: number;
  peer: Peer | undefined;
}

export class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #wanted = new Map<string, Wanted>();
  /** What I carry, by "of to". */
  readonly #carried = new Map<string, { of: string; to: string; peer: Peer }>();

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  /** I do not reach `of`. */
  need(of: string): void {
    if (this.#wanted.has(of)) return;
    this.#wanted.set(of, { asked: [], via: undefined, since: this.#options.now(), peer: undefined });
    this.#askNext(of);
  }

  /** I reach `of` again, or they have gone: nobody need carry them to me. */
  restored(of: string): void {
    const wanted = this.#wanted.get(of);
    if (!wanted) return;
    this.#wanted.delete(of);
    this.#drop(of, wanted);
  }

  /** `sid` has gone: what they carried, and what I carried of or to them, ends. */
  gone(sid: string): void {
    this.restored(sid);
    for (const [of, wanted] of this.#wanted) if (wanted.via === sid) this.#askNext(of);
    for (const [key, { of, to, peer }] of this.#carried) {
      if (of !== sid && to !== sid) continue;
      peer.close();
      this.#carried.delete(key);
    }
  }

  receive(from: string, message: Extract<PeerMessage, { type: 'forward' | 'forwarded' }>): void {
    const { of } = message;
    if (message.type === 'forward') {
      if (message.wish === 'wanted') this.#carry(of, from);
      else if (message.wish === 'over') this.#stopCarrying(of, from);
      else if (this.#wanted.get(of)?.via === from) this.#askNext(of);
      return;
    }
    const { signal } = message;
    const carried = this.#carried.get(keyOf(of, from))?.peer;
    const peer = carried ?? this.#receiving(of, from, signal.type);
    if (signal.type === 'description') void peer?.receive(signal);
    else void peer?.receiveCandidates(signal);
  }

  /** The connection that carries `sid` to me. */
  peerOf(sid: string): Peer | undefined {
    return this.#wanted.get(sid)?.peer;
  }

  tick(): void {
    const now = this.#options.now();
    for (const [of, wanted] of this.#wanted) {
      const up = wanted.peer?.connection.connectionState === 'connected';
      if (up) wanted.since = now;
      else if (now - wanted.since >= PATIENCE) this.#askNext(of);
    }
  }

  close(): void {
    for (const { peer } of this.#wanted.values()) peer?.close();
    for (const { peer } of this.#carried.values()) peer.close();
    this.#wanted.clear();
    this.#carried.clear();
  }

  #askNext(of: string): void {
    const { reached, send, now } = this.#options;
    const wanted = this.#wanted.get(of);
    if (!wanted) return;
    this.#drop(of, wanted);
    const others = [...reached()].filter((sid) => sid !== of).sort();
    const next = others.find((sid) => !wanted.asked.includes(sid));
    // Everyone was asked: after a while the first may be able to.
    wanted.asked = next === undefined ? [] : [...wanted.asked, next];
    wanted.via = next;
    wanted.since = now();
    if (next !== undefined) send(next, { type: 'forward', of, wish: 'wanted' });
  }

  #drop(of: string, wanted: Wanted): void {
    if (wanted.via === undefined) return;
    this.#options.send(wanted.via, { type: 'forward', of, wish: 'over' });
    if (wanted.peer) this.#options.onThrough(of, undefined);
    wanted.peer?.close();
    wanted.peer = undefined;
    wanted.via = undefined;
  }

  #receiving(of: string, from: string, signal: 'description' | 'candidates'): Peer | undefined {
    const wanted = this.#wanted.get(of);
    // Nobody carries to me whom I have not asked.
    if (wanted?.via !== from) return undefined;
    if (wanted.peer || signal === 'candidates') return wanted.peer;
    wanted.peer = this.#makePeer(of, from, 'answerer', (tracks) => this.#options.onThrough(of, { via: from, tracks }));
    return wanted.peer;
  }

  #carry(of: string, to: string): void {
    const { tracksOf, send } = this.#options;
    const key = keyOf(of, to);
    this.#stopCarrying(of, to);
    const tracks = tracksOf(of);
    const peer = tracks && this.#makePeer(of, to, 'initiator');
    if (!tracks || !peer) {
      send(to, { type: 'forward', of, wish: 'refused' });
      return;
    }
    for (const slot of CARRIED) peer.setTrack(slot, tracks[slot]);
    this.#carried.set(key, { of, to, peer });
  }

  #stopCarrying(of: string, to: string): void {
    this.#carried.get(keyOf(of, to))?.peer.close();
    this.#carried.delete(keyOf(of, to));
  }

  #makePeer(of: string, other: string, role: 'initiator' | 'answerer', onTracks?: (tracks: Tracks) => void) {
    const { makePeer, send } = this.#options;
    const peer: Peer | undefined = makePeer(other, {
      initiator: role === 'initiator',
      onSignal: (signal) => send(other, { type: 'forwarded', of, signal }),
      onTracks: (tracks) => onTracks?.(tracks),
      onState: () => {
        const sender =
          role === 'initiator' && peer?.connection.connectionState === 'connected' && peer.sender('camera');
        if (sender) void limitVideo(sender, SMALL_VIDEO);
      },
      onBroken: () => (role === 'initiator' ? this.#stopCarrying(of, other) : this.#askNext(of)),
    });
    return peer;
  }
}

function keyOf(of: string, to: string): string {
  return `${of} ${to}`;
}
