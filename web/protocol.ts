/**
 * Every message between two browsers: schemas, types, limits.
 * They travel as JSON, over the pair's data channel once it is open and sealed through the room, or a third, before that
 * and whenever it is not; callers never know which. Refuses to know keys, sockets and connections.
 *
 * Order: what one sender sends arrives in its order or not at all. Times (`at`, `joinedAt`, `hand`) are
 * milliseconds since the epoch by the sender's clock, good for showing and for a stable order, nothing else.
 */
import * as v from 'valibot';

export const TEXT_LIMITS = {
  /** Characters of a name. */
  name: 64,
  /** Characters of one chat message. */
  chat: 4_000,
  /** Chat messages kept and handed to a late joiner. */
  history: 500,
  /** Characters of a session description: four transceivers are 10,800 in Chromium; a wide margin. */
  sdp: 60_000,
  /** Characters of a sealed box, as in the room's frames. */
  box: 45_000,
  /** Messages that travel together. */
  messages: 64,
} as const;

const Epoch = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
/** What a Date can hold (ECMA-262 §21.4.1.1): past it, showing the time throws. */
const Time = v.pipe(v.number(), v.minValue(0), v.maxValue(8.64e15));
const Id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/));
const Sid = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{22}$/));
const Box = v.pipe(v.string(), v.maxLength(TEXT_LIMITS.box));
const Name = v.pipe(v.string(), v.maxLength(TEXT_LIMITS.name));
const ChatText = v.pipe(v.string(), v.minLength(1), v.maxLength(TEXT_LIMITS.chat));

const State = v.object({
  type: v.literal('state'),
  /** Grows with every change: an older state that took a slower path is dropped. */
  revision: Epoch,
  name: Name,
  /** `none`: no microphone at all. `muted`: I chose silence. */
  microphone: v.picklist(['on', 'muted', 'none']),
  camera: v.boolean(),
  screen: v.boolean(),
  /** When the hand went up; null while it is down. */
  hand: v.nullable(Time),
  /** When my recording began; null while I do not record. */
  recording: v.nullable(Time),
  stage: v.picklist(['preview', 'in']),
  /** When I came in; null in preview. */
  joinedAt: v.nullable(Time),
});

const Description = v.object({
  type: v.literal('description'),
  /** Which connection of the pair: every rebuild is one more. */
  epoch: Epoch,
  /** Which offer of its sender in this epoch; an answer repeats the offer's. */
  offerId: Epoch,
  description: v.object({
    type: v.picklist(['offer', 'answer']),
    sdp: v.pipe(v.string(), v.maxLength(TEXT_LIMITS.sdp)),
  }),
});

const Candidates = v.object({
  type: v.literal('candidates'),
  epoch: Epoch,
  candidates: v.pipe(
    v.array(
      v.object({
        candidate: v.pipe(v.string(), v.maxLength(1_000)),
        sdpMid: v.nullable(v.string()),
        sdpMLineIndex: v.nullable(v.number()),
        usernameFragment: v.nullable(v.string()),
      }),
    ),
    v.maxLength(100),
  ),
});

const ChatLine = v.object({ id: Id, from: v.pipe(v.string(), v.maxLength(32)), name: Name, text: ChatText, at: Time });

export const PeerMessage = v.variant('type', [
  State,
  Description,
  Candidates,
  v.object({ type: v.literal('chat'), id: Id, text: ChatText, at: Time }),
  /** A newcomer asks whoever has been here longest. */
  v.object({ type: v.literal('history-request') }),
  v.object({ type: v.literal('history'), lines: v.pipe(v.array(ChatLine), v.maxLength(TEXT_LIMITS.history)) }),
  v.object({ type: v.literal('reaction'), emoji: v.pipe(v.string(), v.maxLength(16)) }),
  /** Whether packets of your microphone have reached my loudspeaker within the last second. */
  v.object({ type: v.literal('heard'), audio: v.boolean() }),
  /** I hear myself through you: your loudspeaker feeds your microphone. */
  v.object({ type: v.literal('echo') }),
  /** Carry `of` to me (`wanted`), no longer (`over`), or: I do not reach them (`refused`). See mesh/forwarding.ts. */
  v.object({ type: v.literal('forward'), of: Sid, wish: v.picklist(['wanted', 'over', 'refused']) }),
  /** Negotiation of the connection that carries `of`. */
  v.object({ type: v.literal('forwarded'), of: Sid, signal: v.variant('type', [Description, Candidates]) }),
  /** Hand this box on to `to`, whom I do not reach. See mesh/detour.ts. */
  v.object({ type: v.literal('detour'), to: Sid, box: Box }),
  /** A box of `from` for you, who do not reach each other. */
  v.object({ type: v.literal('detoured'), from: Sid, box: Box }),
  /** Restart ICE on the connection of this epoch: only the driver (larger sid) makes offers after the first. */
  v.object({ type: v.literal('restart'), epoch: Epoch }),
  // `silent`: nothing of my microphone is on its way, so that no sound does not mean no path.
  v.object({ type: v.literal('ping'), id: Epoch, silent: v.optional(v.boolean()) }),
  v.object({ type: v.literal('pong'), id: Epoch }),
  v.object({ type: v.literal('leave') }),
]);

/** A sealed frame and a channel message both carry a list: what belongs together arrives together. */
export const PeerMessagesText = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(PeerMessage),
  v.minLength(1),
  v.maxLength(TEXT_LIMITS.messages),
);

export type PeerMessage = v.InferOutput<typeof PeerMessage>;
/** What the mesh hands on; a pair keeps the upkeep of its connection to itself, and the mesh who carries whom and what. */
export type CallMessage = Exclude<MeshMessage, { type: 'forward' | 'forwarded' | 'detour' | 'detoured' }>;
export type MeshMessage = Exclude<
  PeerMessage,
  { type: 'description' | 'candidates' | 'restart' | 'ping' | 'pong' | 'heard' | 'leave' }
>;
export type State = v.InferOutput<typeof State>;
export type Description = v.InferOutput<typeof Description>;
export type Candidates = v.InferOutput<typeof Candidates>;
export type ChatLine = v.InferOutput<typeof ChatLine>;
