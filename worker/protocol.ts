/**
 * Every message between a browser and the room: schemas, types, limits, close codes.
 * JSON text, one object a WebSocket message, except the bare texts `PING` and `PONG`.
 * Imported by both sides; refuses to know what is inside a box, and what either side does with a message.
 */
import * as v from 'valibot';

/** Raised when an older browser or room could no longer understand a message. */
export const PROTOCOL_VERSION = 1;

/** Answers who asks whether the Worker is there; a WebSocket is opened and ended at once. */
export const HEALTH_PATH = '/api/health';

/** Where the room's socket is: `/api/rooms/<roomId>`, a WebSocket upgrade. */
export const ROOM_PATH = '/api/rooms/';

/** Answered by `setWebSocketAutoResponse` without waking the object. */
export const PING = 'p';
export const PONG = 'q';

/** Sizes in characters of JSON text (ASCII: characters are bytes), rates per socket, times in milliseconds. */
export const LIMITS = {
  /** One sealed box, base64url. The largest padding step is 32 KiB before base64. */
  box: 45_000,
  /** One `relay` message: the first offers of a join to everyone travel in it. */
  relay: 524_288,
  /** Any other message. */
  message: 32_768,
  hello: 4_096,
  messagesPerSecond: 60,
  messageBurst: 120,
  bytesPerMinute: 2_097_152,
  /** Sockets a room, entered or not. */
  sockets: 64,
  /** People a room when the deployment sets no MAX_PARTICIPANTS. */
  participants: 16,
  /** A socket that has not entered by then is closed. */
  enterTimeout: 10_000,
  /** No sign of life for so long: the lease is over. */
  lease: 20_000,
  /** How often a browser pings; two missed answers and it opens a new socket. */
  pingInterval: 5_000,
} as const;

export const CLOSE = {
  left: 4000,
  removed: 4001,
  refused: 4003,
  lease: 4008,
  replaced: 4009,
  protocol: 4013,
  rate: 4029,
  full: 4030,
  ended: 4031,
} as const;

/**
 * True for a close that no retry can mend: one that the room itself decided on, but for a lease that ran out. Every other
 * (1001 to 1015, or what a proxy made of it) is the network's doing.
 */
export function isFinalClose(code: number): boolean {
  return code >= CLOSE.left && code !== CLOSE.lease;
}

const bytes = (length: number) =>
  v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.length(Math.ceil((length * 4) / 3)));

/** 16 bytes, base64url: SHA-256 of a browser's two public keys and its DTLS fingerprint. */
export const Sid = bytes(16);
/** 16 bytes, base64url: the room's name, made from the link. */
export const RoomId = bytes(16);
const Box = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(LIMITS.box));
const Hello = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]+$/), v.maxLength(LIMITS.hello));

export const IceServer = v.object({
  urls: v.union([v.string(), v.array(v.string())]),
  username: v.exactOptional(v.string()),
  credential: v.exactOptional(v.string()),
});
const IceServers = v.array(IceServer);
/** When the first of `iceServers` expires, or null where none does, and what the room's clock says: milliseconds since the epoch. */
const IceLife = { iceExpiresAt: v.nullable(v.number()), now: v.exactOptional(v.number()) };

const Policy = v.object({
  maxParticipants: v.number(),
  iceTransportPolicy: v.picklist(['all', 'relay']),
});

export const RosterEntry = v.object({ sid: Sid, hello: Hello });

const Enter = v.strictObject({
  type: v.literal('enter'),
  version: v.number(),
  /** 32 bytes: proof of holding the link. */
  admit: bytes(32),
  /** 12 bytes: hash of the host's public key, part of the link and of the room's name. */
  hk: bytes(12),
  sid: Sid,
  /** Uncompressed P-256 points, 65 bytes each. */
  sigPub: bytes(65),
  dhPub: bytes(65),
  /** SHA-256 of the DTLS certificate, 32 bytes. */
  fingerprint: bytes(32),
  /** ECDSA P-256 with SHA-256, r ‖ s, 64 bytes, over `enterProof(roomId, sid, challenge)`. */
  signature: bytes(64),
  hello: Hello,
});

const Relay = v.strictObject({
  type: v.literal('relay'),
  frames: v.pipe(v.array(v.strictObject({ to: Sid, box: Box })), v.minLength(1), v.maxLength(LIMITS.sockets)),
});

export const FromBrowser = v.variant('type', [
  Enter,
  Relay,
  /** Asks for fresh TURN credentials; answered by `ice`. */
  v.strictObject({ type: v.literal('refresh') }),
  v.strictObject({ type: v.literal('leave') }),
]);

export const FromRoom = v.variant('type', [
  /** First message on every socket, at once: 16 random bytes to sign. */
  v.object({ type: v.literal('challenge'), nonce: bytes(16) }),
  v.object({
    type: v.literal('welcome'),
    version: v.number(),
    /** Random for every cold start of the room: another value says the room was reset. */
    epoch: v.string(),
    /** Everyone else who is in, in the order in which they entered. */
    roster: v.array(RosterEntry),
    iceServers: IceServers,
    ...IceLife,
    policy: Policy,
    /** Set where a configured TURN provider did not answer: STUN only, for now. */
    relayUnavailable: v.exactOptional(v.boolean()),
  }),
  v.object({ type: v.literal('entered'), sid: Sid, hello: Hello }),
  v.object({ type: v.literal('left'), sid: Sid, reason: v.picklist(['left', 'lost', 'lease']) }),
  v.object({ type: v.literal('frame'), from: Sid, box: Box }),
  v.object({
    type: v.literal('ice'),
    iceServers: IceServers,
    ...IceLife,
    relayUnavailable: v.exactOptional(v.boolean()),
  }),
  /** Sent before a final close, so that a person can be told why in a sentence. */
  v.object({ type: v.literal('refused'), code: v.number(), message: v.string() }),
]);

export type FromBrowser = v.InferOutput<typeof FromBrowser>;
export type FromRoom = v.InferOutput<typeof FromRoom>;
export type Enter = v.InferOutput<typeof Enter>;
export type Frame = { to: string; box: string };
export type RosterEntry = v.InferOutput<typeof RosterEntry>;
export type IceServer = v.InferOutput<typeof IceServer>;
export type Policy = v.InferOutput<typeof Policy>;
export type Welcome = Extract<FromRoom, { type: 'welcome' }>;
export type LeftReason = Extract<FromRoom, { type: 'left' }>['reason'];
