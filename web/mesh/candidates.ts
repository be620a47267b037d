/**
 * Late candidates in few messages: those gathered before a description was sent travel inside it, the first batch leaves
 * 100 ms later or when gathering is complete, the rest (a slow or unreachable STUN server) every 2 s.
 * Refuses to know what a candidate means.
 */
import type { Candidates } from '../protocol.ts';

type Candidate = Candidates['candidates'][number];

/** Milliseconds; host candidates of a browser come within 20, a STUN answer within one round trip. */
const FIRST_BATCH = 100;
const NEXT_BATCH = 2_000;
/** As many as one message may hold. */
const MAX_BATCH = 100;

export class CandidateBatches {
  readonly #send: (candidates: Candidate[]) => void;
  #gathered: Candidate[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #state: 'inside-description' | 'first' | 'next' = 'inside-description';

  constructor(send: (candidates: Candidate[]) => void) {
    this.#send = send;
  }

  /** A new local description is being made: what is gathered from now on will stand in it. */
  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#gathered = [];
    this.#state = 'inside-description';
  }

  /** The description has been read and sent. */
  descriptionSent(): void {
    this.#state = 'first';
    if (this.#timer === undefined) return;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#flushSoon(), FIRST_BATCH);
  }

  add(candidate: RTCIceCandidate): void {
    if (this.#state === 'inside-description' || candidate.candidate === '') return;
    const { candidate: line, sdpMid, sdpMLineIndex, usernameFragment } = candidate;
    this.#gathered.push({ candidate: line, sdpMid, sdpMLineIndex, usernameFragment: usernameFragment ?? null });
    this.#timer ??= setTimeout(() => this.#flushSoon(), this.#state === 'first' ? FIRST_BATCH : NEXT_BATCH);
  }

  /** Sends what is there: gathering is complete, or the time is over. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#gathered.length === 0 || this.#state === 'inside-description') return;
    this.#state = 'next';
    while (this.#gathered.length > 0) this.#send(this.#gathered.splice(0, MAX_BATCH));
  }

  /** A page that was late with its timer has candidates waiting for their turn, which else make a message each. */
  #flushSoon(): void {
    this.#timer = setTimeout(() => this.flush(), 0);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#gathered = [];
  }
}

/** Resolves when gathering is complete, or after `limit` milliseconds: nobody waits for a slow STUN server. */
export function gathered(connection: RTCPeerConnection, limit: number): Promise<void> {
  if (connection.iceGatheringState === 'complete') return Promise.resolve();
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      connection.removeEventListener('icegatheringstatechange', check);
      resolve();
    };
    const check = () => connection.iceGatheringState === 'complete' && done();
    const timer = setTimeout(done, limit);
    connection.addEventListener('icegatheringstatechange', check);
  });
}
