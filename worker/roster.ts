/**
 * Who is in the room: read from the sockets' attachments when the room wakes, written to them with every change.
 * They are its only memory: what is kept beside them is a copy, and a room that starts anew from them goes on the same.
 * An attachment holds at most 16,384 bytes; an entry is a hello (≤ 4,096) and under 500 bytes beside it.
 * Refuses to know messages, proofs, close codes and time's passing.
 */
import type { RosterEntry } from './protocol.ts';
import type { Meter } from './rate-limit.ts';

interface Known {
  readonly roomId: string;
  /** The same on every socket of one life of the room; survives hibernation through them. */
  readonly epoch: string;
  readonly acceptedAt: number;
  readonly meter: Meter;
}

interface Challenged extends Known {
  readonly state: 'challenged';
  readonly nonce: string;
}

/** Its one `enter` is being checked; the challenge is spent. */
interface Proving extends Known {
  readonly state: 'proving';
}

export interface Entered extends Known, RosterEntry {
  readonly state: 'entered';
  /** Place in the order of entering; a returning sid keeps the place of the socket it replaces. */
  readonly order: number;
  readonly enteredAt: number;
}

/** Ended from the room's side. The socket stays listed until its browser answers, which a dead one never does. */
interface Gone extends Known {
  readonly state: 'gone';
}

export type Entry = Challenged | Proving | Entered | Gone;

/** A socket with what is known of it. */
export interface Seat<Of extends Entry = Entry> {
  readonly socket: WebSocket;
  readonly entry: Of;
}

export class Roster {
  readonly #ctx: DurableObjectState;
  /**
   * What the attachments say of every socket that is not gone: all read when the room wakes, then written through by `write`,
   * for a read costs 2.4 µs and an enter would make a dozen of each. An object that sleeps loses it with everything else.
   */
  readonly #seats = new Map<WebSocket, Seat>();
  /** The epoch of this life of the room, where any socket remembers it. */
  readonly epoch: string | undefined;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
    for (const socket of ctx.getWebSockets()) {
      const entry = attached(socket);
      this.epoch ??= entry.epoch;
      if (entry.state !== 'gone') this.#seats.set(socket, { socket, entry });
    }
  }

  accept(socket: WebSocket, entry: Entry): void {
    this.#ctx.acceptWebSocket(socket);
    this.write(socket, entry);
  }

  write(socket: WebSocket, entry: Entry): void {
    socket.serializeAttachment(entry);
    if (entry.state === 'gone') this.#seats.delete(socket);
    else this.#seats.set(socket, { socket, entry });
  }

  entryOf(socket: WebSocket): Entry {
    return this.#seats.get(socket)?.entry ?? attached(socket);
  }

  /** Every socket that is not gone, entered or not. */
  all(): Seat[] {
    return [...this.#seats.values()];
  }

  /** Everyone who is in and can be written to, in the order of entering. */
  participants(): Seat<Entered>[] {
    return this.all()
      .filter(isEntered)
      .filter(({ socket }) => socket.readyState === WebSocket.OPEN)
      .sort((one, other) => one.entry.order - other.entry.order);
  }

  /** The seat of `sid`, also while its socket is closing: until then nobody has been told that it left. */
  seatOf(sid: string): Seat<Entered> | undefined {
    return this.all()
      .filter(isEntered)
      .find(({ entry }) => entry.sid === sid);
  }

  /** The order of whoever enters next. */
  nextOrder(): number {
    return 1 + Math.max(0, ...this.all().map(({ entry }) => (entry.state === 'entered' ? entry.order : 0)));
  }
}

/** Written by `accept` before any event of the socket can arrive, and by nobody but a `Roster`. */
function attached(socket: WebSocket): Entry {
  return socket.deserializeAttachment() as Entry;
}

function isEntered(seat: Seat): seat is Seat<Entered> {
  return seat.entry.state === 'entered';
}
