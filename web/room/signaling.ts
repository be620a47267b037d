/**
 * My socket to the room: opened, entered, kept alive, and opened again for as long as the tab lives.
 * Nothing is queued here: what cannot be sent now is the caller's to keep (`send` answers false), because a stale offer
 * delivered late does harm. Refuses to know what is in a box and who the people are.
 */
import * as v from 'valibot';
import {
  CLOSE,
  FromRoom,
  HEALTH_PATH,
  LIMITS,
  PING,
  PONG,
  isFinalClose,
  ROOM_PATH,
  type Enter,
  type FromBrowser,
} from '../../worker/protocol.ts';
import { afterLived } from '../lived-time.ts';
import { retryDelay } from './backoff.ts';
import { Dialing, type Loss } from './dialing.ts';

/** Milliseconds, as the page lives them, from the challenge to the welcome: one round trip, and the slowest TURN provider's 3 s. */
const ENTER_LIMIT = 5_000;
/** Milliseconds, as the page lives them, without a word after a ping: then the socket is dead, whatever it says of itself. */
const SILENT_AFTER = 2 * LIMITS.pingInterval;
/** A timer that came this many milliseconds late: the machine slept. */
const SLEPT = 3_000;
/**
 * Milliseconds, as the page lives them, for a probe to be answered before the socket is replaced. By the clock on the wall eight
 * people on two slow cores lost the sockets that lived, and were let into the room no more (`npm run lab "join storm"`).
 */
const PROBE_LIMIT = 1_500;

const FromRoomText = v.pipe(v.string(), v.parseJson(), FromRoom);

export type SignalingState = 'closed' | 'connecting' | 'open' | 'retrying';
type Received<T extends FromRoom['type']> = Extract<FromRoom, { type: T }>;

export interface SignalingOptions {
  /** `https://host` of this page. */
  origin: string;
  roomId: string;
  /** The `enter` for a challenge of the room. */
  enter: (challenge: string) => Promise<Enter>;
  onWelcome: (message: Received<'welcome'>) => void;
  onEntered: (message: Received<'entered'>) => void;
  onLeft: (message: Received<'left'>) => void;
  onFrame: (message: Received<'frame'>) => void;
  onIce: (message: Received<'ice'>) => void;
  /** A close that no retry can mend; the code is one of CLOSE. */
  onRefused: (code: number, reason: string) => void;
  onState: (state: SignalingState) => void;
}

export class Signaling {
  readonly #options: SignalingOptions;
  readonly #dialing: Dialing;
  #socket: WebSocket | undefined;
  #state: SignalingState = 'closed';
  #attempt = 0;
  #turnedAway = 0;
  #lostAt: number | undefined;
  #retryTimer: ReturnType<typeof setTimeout> | undefined;
  #endEnterLimit: (() => void) | undefined;
  #heartbeat: ReturnType<typeof setInterval> | undefined;
  #endProbe: (() => void) | undefined;
  #endSilence: (() => void) | undefined;
  #lastBeat = 0;
  #loss: Loss = 'told';

  constructor(options: SignalingOptions) {
    this.#options = options;
    const { origin, roomId } = options;
    this.#dialing = new Dialing({
      url: `${origin.replace(/^http/, 'ws')}${ROOM_PATH}${roomId}`,
      knockUrl: `${origin}${HEALTH_PATH}`,
      onAnswer: (socket, first) => {
        this.#socket = socket;
        socket.onmessage = ({ data }) => this.#receive(socket, data);
        socket.onclose = ({ code, reason }) => this.#lost(socket, code, reason);
        this.#endEnterLimit = afterLived(ENTER_LIMIT, () => this.#lost(socket, 1006, ''));
        this.#receive(socket, first.data);
      },
      onFailed: ({ code, reason, server }) => {
        if (server === 'answers') this.#turnedAway += 1;
        // It is asked as often as ever while it is away.
        else if (server === 'away') this.#turnedAway = 0;
        this.#lost(undefined, code, reason);
      },
    });
  }

  get state(): SignalingState {
    return this.#state;
  }

  open(): void {
    if (this.#state !== 'closed') return;
    this.#setState('connecting');
    this.#connect();
  }

  /** False where the socket has not entered: nothing is kept for later. */
  send(message: FromBrowser): boolean {
    if (this.#state !== 'open' || this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  /** The network or the page has come back: find out now whether the socket still lives, or try at once. */
  nudge(): void {
    if (this.#state === 'open') this.#probe();
    else if (this.#state === 'retrying' && this.#retryTimer !== undefined) {
      clearTimeout(this.#retryTimer);
      this.#retryTimer = undefined;
      this.#connect();
    }
  }

  /** Leaves the room for good. */
  close(): void {
    this.send({ type: 'leave' });
    this.#drop(CLOSE.left);
    clearTimeout(this.#retryTimer);
    this.#setState('closed');
  }

  #connect(): void {
    // A first attempt that nothing answers is an outage as well.
    this.#lostAt ??= Date.now();
    this.#dialing.dial(Date.now() - this.#lostAt, this.#loss);
  }

  #receive(socket: WebSocket, data: unknown): void {
    if (socket !== this.#socket || typeof data !== 'string') return;
    this.#endSilence?.();
    this.#endSilence = undefined;
    if (data === PONG) {
      this.#endProbe?.();
      this.#endProbe = undefined;
      return;
    }
    const parsed = v.safeParse(FromRoomText, data);
    // A newer room may say more than this page knows.
    if (parsed.success) this.#handle(socket, parsed.output);
  }

  #handle(socket: WebSocket, message: FromRoom): void {
    const { onWelcome, onEntered, onLeft, onFrame, onIce } = this.#options;
    switch (message.type) {
      case 'challenge':
        void this.#enter(socket, message.nonce);
        return;
      case 'welcome':
        this.#entered();
        onWelcome(message);
        return;
      case 'entered':
        onEntered(message);
        return;
      case 'left':
        onLeft(message);
        return;
      case 'frame':
        onFrame(message);
        return;
      case 'ice':
        onIce(message);
        return;
      case 'refused':
        // The close that follows says the same with its code; the sentence is for who looks at the wire.
        return;
      default:
        message satisfies never;
    }
  }

  async #enter(socket: WebSocket, challenge: string): Promise<void> {
    const enter = await this.#options.enter(challenge);
    if (socket === this.#socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(enter));
  }

  #entered(): void {
    this.#endEnterLimit?.();
    this.#attempt = this.#turnedAway = 0;
    this.#lostAt = undefined;
    this.#loss = 'told';
    this.#lastBeat = Date.now();
    clearInterval(this.#heartbeat);
    this.#heartbeat = setInterval(() => this.#beat(), LIMITS.pingInterval);
    this.#setState('open');
  }

  #beat(): void {
    const late = Date.now() - this.#lastBeat - LIMITS.pingInterval;
    this.#lastBeat = Date.now();
    if (late > SLEPT) {
      this.#probe();
      return;
    }
    const socket = this.#socket;
    socket?.send(PING);
    if (socket) this.#endSilence ??= afterLived(SILENT_AFTER, () => this.#silent(socket));
  }

  #probe(): void {
    const socket = this.#socket;
    if (!socket || this.#endProbe) return;
    socket.send(PING);
    this.#endProbe = afterLived(PROBE_LIMIT, () => this.#silent(socket));
  }

  #silent(socket: WebSocket): void {
    this.#loss = 'silent';
    this.#lost(socket, 1006, '');
  }

  #lost(socket: WebSocket | undefined, code: number, reason: string): void {
    if (socket !== this.#socket) return;
    // It was open and had not welcomed me.
    if (socket && this.#state !== 'open') this.#turnedAway += 1;
    this.#drop(1000);
    if (isFinalClose(code)) {
      this.#setState('closed');
      this.#options.onRefused(code, reason);
      return;
    }
    this.#lostAt ??= Date.now();
    this.#setState('retrying');
    const delay = retryDelay({
      ...{ attempt: this.#attempt, outage: Date.now() - this.#lostAt },
      ...{ turnedAway: this.#turnedAway, random: Math.random() },
    });
    this.#attempt += 1;
    this.#retryTimer = setTimeout(() => {
      this.#retryTimer = undefined;
      this.#connect();
    }, delay);
  }

  #drop(code: number): void {
    this.#dialing.stop();
    this.#endEnterLimit?.();
    this.#endProbe?.();
    this.#endSilence?.();
    clearInterval(this.#heartbeat);
    this.#endProbe = this.#endSilence = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    if (!socket) return;
    socket.onmessage = socket.onclose = null;
    // 1000 and 3000–4999 are the only codes a page may close with.
    socket.close(code);
  }

  #setState(state: SignalingState): void {
    if (state === this.#state) return;
    this.#state = state;
    this.#options.onState(state);
  }
}
