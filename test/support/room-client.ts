/**
 * A browser as the room sees it: real keys, real proofs, and a socket given from outside, so that it runs in workerd,
 * Node and browsers. Knows the room's protocol; refuses to know what is inside a box.
 */
import { enterProof, roomIdOf, SIGNATURE, SIGNATURE_KEY, sidOf } from '../../worker/admission.ts';
import { toBase64Url } from '../../worker/encoding.ts';
import { FromRoom, PROTOCOL_VERSION, type Enter, type Frame } from '../../worker/protocol.ts';
import * as v from 'valibot';

/** What every WebSocket has: the DOM's, Node's and workerd's. */
export interface Socket {
  send(data: string | ArrayBuffer): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
}

export interface RoomLink {
  readonly admit: Uint8Array;
  readonly hk: Uint8Array;
  readonly roomId: string;
}

export async function makeLink(): Promise<RoomLink> {
  const admit = randomBytes(32);
  const hk = randomBytes(12);
  return { admit, hk, roomId: await roomIdOf(admit, hk) };
}

/** Who someone is: the keys of one tab. */
export interface Identity {
  readonly sid: string;
  readonly sigPub: Uint8Array;
  readonly dhPub: Uint8Array;
  readonly fingerprint: Uint8Array;
  readonly hello: string;
  readonly privateKey: CryptoKey;
}

export async function makeIdentity(): Promise<Identity> {
  // The checks are for workerd's types, which do not know what an algorithm and a format make of the answer.
  const pair = await crypto.subtle.generateKey(SIGNATURE_KEY, false, ['sign', 'verify']);
  if (!('privateKey' in pair)) throw new Error('ECDSA keys come in pairs');
  const { privateKey, publicKey } = pair;
  const raw = await crypto.subtle.exportKey('raw', publicKey);
  if (!(raw instanceof ArrayBuffer)) throw new Error('Raw keys are bytes');
  const sigPub = new Uint8Array(raw);
  const dhPub = new Uint8Array([4, ...randomBytes(64)]);
  const fingerprint = randomBytes(32);
  // About as long as a sealed hello is.
  const hello = toBase64Url(randomBytes(600));
  return { sid: await sidOf(sigPub, dhPub, fingerprint), sigPub, dhPub, fingerprint, hello, privateKey };
}

/** The `enter` with which `identity` proves `link` to the room that sent `challenge`. */
export async function enterMessage(link: RoomLink, identity: Identity, challenge: string): Promise<Enter> {
  const proof = enterProof(link.roomId, identity.sid, challenge);
  return {
    type: 'enter',
    version: PROTOCOL_VERSION,
    admit: toBase64Url(link.admit),
    hk: toBase64Url(link.hk),
    sid: identity.sid,
    sigPub: toBase64Url(identity.sigPub),
    dhPub: toBase64Url(identity.dhPub),
    fingerprint: toBase64Url(identity.fingerprint),
    signature: toBase64Url(new Uint8Array(await crypto.subtle.sign(SIGNATURE, identity.privateKey, proof))),
    hello: identity.hello,
  };
}

/** Milliseconds to wait for a message. Only a failing test waits so long; a busy machine may take seconds. */
const PATIENCE = 10_000;

type Type = FromRoom['type'];
type Of<T extends Type> = Extract<FromRoom, { type: T }>;

/** One socket to a room. Every message is checked against the protocol's schema as it comes. */
export class RoomClient {
  /** Everything received, in order. */
  readonly received: FromRoom[] = [];
  /** Bare texts received: answers to pings. */
  readonly texts: string[] = [];
  readonly closed: Promise<{ code: number; reason: string }>;
  readonly #socket: Socket;
  #unread: FromRoom[] = [];
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.addEventListener('message', ({ data }) => this.#receive(String(data)));
    this.closed = new Promise((resolve) => {
      socket.addEventListener('close', ({ code, reason }) => {
        this.#isClosed = true;
        resolve({ code, reason });
        this.#wake();
      });
    });
  }

  /** The next unread message of `type`, while the socket is open and patience lasts. Others stay unread. */
  async next<T extends Type>(type: T): Promise<Of<T>> {
    const until = Date.now() + PATIENCE;
    for (;;) {
      const found = this.#unread.find((message): message is Of<T> => message.type === type);
      if (found) {
        this.#unread = this.#unread.filter((message) => message !== found);
        return found;
      }
      if (this.#isClosed || Date.now() >= until) throw new Error(`No ${type}; unread: ${JSON.stringify(this.#unread)}`);
      await this.#news(until - Date.now());
    }
  }

  /** What has been received and not been taken by `next`, which forgets it. */
  unread(): FromRoom[] {
    const unread = this.#unread;
    this.#unread = [];
    return unread;
  }

  /** Answers the challenge and waits for the welcome. */
  async enter(link: RoomLink, identity: Identity): Promise<Of<'welcome'>> {
    const { nonce } = await this.next('challenge');
    this.send(await enterMessage(link, identity, nonce));
    return await this.next('welcome');
  }

  relay(...frames: Frame[]): void {
    this.send({ type: 'relay', frames });
  }

  /** After it, whatever the room sent before has arrived: a socket keeps its order. */
  async settle(): Promise<void> {
    this.send({ type: 'refresh' });
    await this.next('ice');
  }

  /** A message that need not be one of the protocol. */
  send(message: unknown): void {
    this.sendRaw(JSON.stringify(message));
  }

  sendRaw(data: string | ArrayBuffer): void {
    this.#socket.send(data);
  }

  close(code?: number, reason?: string): void {
    this.#socket.close(code, reason);
  }

  #receive(data: string): void {
    if (data.startsWith('{')) {
      const message = v.parse(FromRoom, JSON.parse(data));
      this.received.push(message);
      this.#unread.push(message);
    } else {
      this.texts.push(data);
    }
    this.#wake();
  }

  #news(timeout: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeout);
      this.#waiting.push(() => {
        clearTimeout(timer);
        resolve();
      });
    });
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** A box as the room sees it: base64url of `bytes` random bytes. */
export function randomBox(bytes: number): string {
  return toBase64Url(randomBytes(bytes));
}

function randomBytes(length: number): Uint8Array<ArrayBuffer> {
  // getRandomValues fills at most 65,536 bytes at once.
  return crypto.getRandomValues(new Uint8Array(length));
}
