/**
 * Who is in the room: read from and written to the sockets' attachments, which are the room's only memory.
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

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  accept(socket: WebSocket, entry: Entry): void {
    this.#ctx.acceptWebSocket(socket);
    this.write(socket, entry);
  }

  /** One write and one read cost 1 and 2.4 µs in workerd: no copy in memory that could differ. */
  write(socket: WebSocket, entry: Entry): void {
    socket.serializeAttachment(entry);
  }

  entryOf(socket: WebSocket): Entry {
    // Written by `accept` before any event of the socket can arrive, and by nobody else.
    return socket.deserializeAttachment() as Entry;
  }

  /** The epoch of this life of the room, where any socket remembers it. */
  epoch(): string | undefined {
    return this.#all()[0]?.entry.epoch;
  }

  /** Every socket that can be written to, entered or not. */
  open(): Seat[] {
    return this.#all().filter(({ socket, entry }) => entry.state !== 'gone' && socket.readyState === WebSocket.OPEN);
  }

  /** Everyone who is in, in the order of entering. */
  participants(): Seat<Entered>[] {
    return this.open()
      .filter(isEntered)
      .sort((one, other) => one.entry.order - other.entry.order);
  }

  /** The seat of `sid`, also while its socket is closing: until then nobody has been told that it left. */
  seatOf(sid: string): Seat<Entered> | undefined {
    return this.#all()
      .filter(isEntered)
      .find(({ entry }) => entry.sid === sid);
  }

  /** The order of whoever enters next. */
  nextOrder(): number {
    return 1 + Math.max(0, ...this.#all().map(({ entry }) => (entry.state === 'entered' ? entry.order : 0)));
  }

  #all(): Seat[] {
    return this.#ctx.getWebSockets().map((socket) => ({ socket, entry: this.entryOf(socket) }));
  }
}

function isEntered(seat: Seat): seat is Seat<Entered> {
  return seat.entry.state === 'entered';
}
