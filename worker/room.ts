/**
 * Room, the Durable Object: accepts sockets, lets in who proves the link, carries sealed boxes between them,
 * ends the sockets that are over. Its memory is the sockets' attachments (see Roster), so that hibernation between
 * any two events changes nothing; storage holds only the alarm, and that only after someone has entered.
 * Refuses to know names, descriptions and what is inside a box; and outlives no call: browsers go on without it.
 */
import { DurableObject } from 'cloudflare:workers';
import { admits } from './admission.ts';
import { toBase64Url } from './encoding.ts';
import { policyOf, type Env } from './env.ts';
import { read } from './incoming.ts';
import { CLOSE, LIMITS, PING, PONG, PROTOCOL_VERSION, ROOM_PATH } from './protocol.ts';
import type { Enter, Frame, FromRoom, LeftReason } from './protocol.ts';
import { freshMeter, spend } from './rate-limit.ts';
import { Roster, type Entered, type Entry, type Seat } from './roster.ts';
import { iceServersFor, type Ice } from './turn.ts';

/** Milliseconds from one look for leases that are over to the next, at least: each is paid for. */
const SWEEP_INTERVAL = 1_000;

/** WebSocket close code of RFC 6455: an error of ours; browsers come back. */
const INTERNAL_ERROR = 1011;

/** What a person is told before a final close: one sentence for every proof that fails. */
const REFUSALS = {
  link: { code: CLOSE.refused, reason: 'refused', message: 'This link does not open this room.' },
  version: {
    code: CLOSE.refused,
    reason: 'version',
    message: 'This page and the room are of different versions. Reload the page.',
  },
  full: { code: CLOSE.full, reason: 'full', message: 'This room is full.' },
} as const;

type Refusal = (typeof REFUSALS)[keyof typeof REFUSALS];

/** How a socket ends: the close frame it gets, and what the others hear where it was in. */
interface Ending {
  readonly code: number;
  readonly reason: string;
  readonly left: LeftReason;
}

const LEFT: Ending = { code: CLOSE.left, reason: 'left', left: 'left' };
const LEASE_OVER: Ending = { code: CLOSE.lease, reason: 'lease over', left: 'lease' };
const BROKE_PROTOCOL: Ending = { code: CLOSE.protocol, reason: 'protocol', left: 'lost' };
const TOO_MUCH: Ending = { code: CLOSE.rate, reason: 'rate', left: 'lost' };
const OUR_ERROR: Ending = { code: INTERNAL_ERROR, reason: 'internal error', left: 'lost' };

export class Room extends DurableObject<Env> {
  readonly #roster: Roster;
  readonly #epoch: string;
  /** Settles at the end of this turn, for all who have proven in it. */
  #turn: Promise<void> | undefined;

  constructor(ctx: DurableObjectState, env: Env) {
    super(ctx, env);
    this.#roster = new Roster(ctx);
    this.#epoch = this.#roster.epoch ?? random16();
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
  }

  /** The Worker has checked method, upgrade, origin and path. The challenge travels with the 101. */
  override fetch(request: Request): Response {
    const now = Date.now();
    this.#sweep(now);
    const { 0: browser, 1: socket } = new WebSocketPair();
    if (!this.#hasSeat()) {
      socket.accept();
      refuse(socket, REFUSALS.full);
    } else {
      const nonce = random16();
      const roomId = new URL(request.url).pathname.slice(ROOM_PATH.length);
      const known = { roomId, epoch: this.#epoch, acceptedAt: now, meter: freshMeter(now) };
      this.#roster.accept(socket, { ...known, state: 'challenged', nonce });
      send(socket, { type: 'challenge', nonce });
    }
    return new Response(null, { status: 101, webSocket: browser });
  }

  override async webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    try {
      await this.#receive(socket, data);
    } catch (error) {
      // The name alone: a message may carry what a person sent.
      console.error(`A message failed: ${error instanceof Error ? error.name : 'unknown'}`);
      this.#end([{ socket, entry: this.#roster.entryOf(socket) }], OUR_ERROR);
    }
  }

  /** Must close: without it the browser waits 10 s and sees 1006 (measured in workerd). */
  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    const entry = this.#roster.entryOf(socket);
    // RFC 6455 §7.4.1: 1005, 1006 and 1015 are said about a socket, never on it.
    const sayable = code === 1005 || code === 1006 || code === 1015 ? 1000 : code;
    this.#end([{ socket, entry }], { code: sayable, reason, left: code === CLOSE.left ? 'left' : 'lost' });
  }

  override webSocketError(socket: WebSocket): void {
    this.#end([{ socket, entry: this.#roster.entryOf(socket) }], OUR_ERROR);
  }

  override async alarm(): Promise<void> {
    this.#sweep(Date.now());
    await this.#scheduleSweep();
  }

  async #receive(socket: WebSocket, data: string | ArrayBuffer): Promise<void> {
    const before = this.#roster.entryOf(socket);
    if (before.state === 'gone') return;
    const meter = spend(before.meter, typeof data === 'string' ? data.length : data.byteLength, Date.now());
    if (!meter) {
      this.#end([{ socket, entry: before }], TOO_MUCH);
      return;
    }
    const entry = { ...before, meter };
    this.#roster.write(socket, entry);

    const message = read(data, entry.state);
    if (message === 'version') {
      this.#refuse(socket, entry, REFUSALS.version);
    } else if (message?.type === 'leave') {
      this.#end([{ socket, entry }], LEFT);
    } else if (message?.type === 'enter' && entry.state === 'challenged') {
      // Spent before anything is awaited: one challenge, one try.
      this.#roster.write(socket, { ...entry, state: 'proving' });
      await this.#enter(socket, message, entry);
    } else if (message?.type === 'relay' && entry.state === 'entered') {
      this.#relay(entry.sid, message.frames);
    } else if (message?.type === 'refresh' && entry.state === 'entered') {
      send(socket, { type: 'ice', ...onWire(await iceServersFor(this.env, entry.sid, Date.now())) });
    } else {
      this.#end([{ socket, entry }], BROKE_PROTOCOL);
    }
  }

  async #enter(socket: WebSocket, enter: Enter, challenged: Entry & { state: 'challenged' }): Promise<void> {
    if (!(await admits(enter, challenged.roomId, challenged.nonce))) {
      this.#refuse(socket, this.#roster.entryOf(socket), REFUSALS.link);
      return;
    }
    this.#sweep(Date.now());
    const ice = this.#isFullFor(enter.sid) ? undefined : await iceServersFor(this.env, enter.sid, Date.now());
    await this.#endOfTurn();

    // From here nothing is awaited until everyone agrees who is in.
    const entry = this.#roster.entryOf(socket);
    if (entry.state !== 'proving' || socket.readyState !== WebSocket.OPEN) return;
    if (!ice || this.#isFullFor(enter.sid)) {
      this.#refuse(socket, entry, REFUSALS.full);
      return;
    }
    const older = this.#roster.seatOf(enter.sid);
    if (older && older.entry.acceptedAt > entry.acceptedAt) {
      this.#replace({ socket, entry });
      return;
    }
    const order = older?.entry.order ?? this.#roster.nextOrder();
    if (older) this.#replace(older);
    const { sid, hello } = enter;
    const entered: Entered = { ...entry, state: 'entered', sid, hello, order, enteredAt: Date.now() };
    this.#welcome(socket, entered, ice);
    this.#roster.write(socket, entered);
    // A sid that returns with the hello that everyone has is news to nobody.
    if (older?.entry.hello !== hello) this.#broadcast({ type: 'entered', sid, hello }, sid);
    await this.#scheduleSweep();
  }

  /**
   * Many who come at once are let in within one turn of the event loop. workerd starts a pump, an I/O of its own, for each socket that
   * is written to in a turn, whatever the number of messages: 500 at once know each other after 2.5 s instead of 3.8.
   */
  #endOfTurn(): Promise<void> {
    return (this.#turn ??= scheduler.wait(0).finally(() => {
      this.#turn = undefined;
    }));
  }

  #welcome(socket: WebSocket, { sid, epoch }: Entered, ice: Ice): void {
    const others = this.#roster.participants().filter(({ entry }) => entry.sid !== sid);
    send(socket, {
      type: 'welcome',
      version: PROTOCOL_VERSION,
      epoch,
      roster: others.map(({ entry }) => ({ sid: entry.sid, hello: entry.hello })),
      policy: policyOf(this.env),
      ...onWire(ice),
    });
  }

  /** `from` is the attachment's: a browser has no field in which to claim another. */
  #relay(from: string, frames: readonly Frame[]): void {
    const sockets = new Map(this.#roster.participants().map(({ socket, entry }) => [entry.sid, socket]));
    for (const { to, box } of frames) {
      const socket = sockets.get(to);
      if (socket) send(socket, { type: 'frame', from, box });
    }
  }

  /** The stranger who has waited longest gives way: a room id alone, from a log, must not keep others out. */
  #hasSeat(): boolean {
    const seats = this.#roster.all();
    if (seats.length < LIMITS.sockets) return true;
    const strangers = seats.filter(({ entry }) => entry.state !== 'entered');
    strangers.sort((one, other) => one.entry.acceptedAt - other.entry.acceptedAt);
    this.#end(strangers.slice(0, 1), LEASE_OVER);
    return strangers.length > 0;
  }

  #isFullFor(sid: string): boolean {
    const others = this.#roster.participants().filter(({ entry }) => entry.sid !== sid);
    return others.length >= policyOf(this.env).maxParticipants;
  }

  #broadcast(message: FromRoom, exceptSid: string): void {
    const text = JSON.stringify(message);
    for (const { socket, entry } of this.#roster.participants()) {
      if (entry.sid !== exceptSid) sendText(socket, text);
    }
  }

  /** The same sid has a newer socket: nobody left, so nobody hears of it. */
  #replace({ socket, entry }: Seat): void {
    this.#roster.write(socket, { ...entry, state: 'gone' });
    close(socket, CLOSE.replaced, 'replaced');
  }

  #refuse(socket: WebSocket, entry: Entry, refusal: Refusal): void {
    if (entry.state === 'gone') return;
    this.#roster.write(socket, { ...entry, state: 'gone' });
    refuse(socket, refusal);
  }

  /** Ends `seats`, then tells whoever remains, once for each that was in. */
  #end(seats: readonly Seat[], { code, reason, left }: Ending): void {
    for (const { socket, entry } of seats) {
      this.#roster.write(socket, { ...entry, state: 'gone' });
      close(socket, code, reason);
    }
    for (const { entry } of seats) {
      if (entry.state === 'entered') this.#broadcast({ type: 'left', sid: entry.sid, reason: left }, entry.sid);
    }
  }

  /** A half-open socket stays open for ever; only the age of its last sign of life reveals it. */
  #sweep(now: number): void {
    this.#end(
      this.#roster.all().filter((seat) => now > this.#leaseEnd(seat)),
      LEASE_OVER,
    );
  }

  /** When a seat that gives no sign of life any more is given up: milliseconds since the epoch. */
  #leaseEnd({ socket, entry }: Seat): number {
    if (entry.state !== 'entered') return entry.acceptedAt + LIMITS.enterTimeout;
    const pingedAt = this.ctx.getWebSocketAutoResponseTimestamp(socket)?.getTime() ?? 0;
    return Math.max(entry.enteredAt, entry.meter.at, pingedAt) + LIMITS.lease;
  }

  async #scheduleSweep(): Promise<void> {
    // An alarm that is set is left: a write holds back all that the room sends until it is stored.
    const seats = this.#roster.all();
    if (seats.length < 2 || (await this.ctx.storage.getAlarm()) !== null) return;
    // Just after the first lease that can end: where all live that is in 15 to 20 s, for browsers ping every 5. Strangers
    // wait until then: who only opens sockets must not be able to wake the room.
    const entered = seats.filter(({ entry }) => entry.state === 'entered');
    const first = Math.min(Date.now() + LIMITS.lease, ...entered.map((seat) => this.#leaseEnd(seat)));
    await this.ctx.storage.setAlarm(Math.max(Date.now() + SWEEP_INTERVAL, first + 1));
  }
}

function onWire({ iceServers, iceExpiresAt, relayUnavailable }: Ice) {
  return { iceServers, iceExpiresAt, now: Date.now(), ...(relayUnavailable ? { relayUnavailable } : {}) };
}

function refuse(socket: WebSocket, { code, reason, message }: Refusal): void {
  send(socket, { type: 'refused', code, message });
  close(socket, code, reason);
}

function send(socket: WebSocket, message: FromRoom): void {
  sendText(socket, JSON.stringify(message));
}

function sendText(socket: WebSocket, text: string): void {
  if (socket.readyState === WebSocket.OPEN) socket.send(text);
}

function close(socket: WebSocket, code: number, reason: string): void {
  try {
    socket.close(code, reason);
  } catch {
    // Closed already, or a code from the browser that may not be said: there is nobody to tell.
  }
}

function random16(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(16)));
}
