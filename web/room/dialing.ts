/**
 * Opens a WebSocket through a network that may have only just come back. An attempt into a dead network waits for TCP, which
 * asks again after 1 s, then 2, then 4; so while one attempt is unanswered another starts beside it, and the first room that
 * speaks wins. But for the first, attempts are requests, and the socket follows where one is answered (`knock.ts` says why).
 * The first is one as well where the last socket fell silent: Firefox 153 goes on connecting a socket that was closed meanwhile, at
 * ever longer intervals, and the next one waits for it (until 3 and 15 s after an outage of 56 s, instead of 0.1 s). Only where
 * requests share a connection, which the outage may have killed, is a socket risked now and then all the same: it makes its own.
 * Refuses to know what is said, and when to dial again.
 */
import { afterLived } from '../lived-time.ts';
import { attemptSpacing, nextSocket } from './backoff.ts';
import { knock, sharesConnection } from './knock.ts';

/**
 * Milliseconds, as the page lives them, that one attempt may take: TCP, TLS and the upgrade at 1 s round trip. By the clock on the
 * wall no request of a page that is late with everything was ever answered in time, and the room stayed out of reach.
 */
const ATTEMPT_LIMIT = 4_000;
/** Attempts at once: browsers make six connections to a host, and more would wait for those. */
const MOST_ATTEMPTS = 6;

/** `answers`: and opens no room all the same. `unknown`: only a socket was tried, and that may fail for either reason. */
export type Server = 'answers' | 'away' | 'unknown';

/** How the room was lost: the socket was closed, or there was none yet; or it fell silent, as where a network swallows all. */
export type Loss = 'told' | 'silent';

export interface DialingOptions {
  /** Of the room's socket. */
  url: string;
  /** What answers a plain request where the server can be reached. */
  knockUrl: string;
  /** The first message of the room, on the socket that won. Its handlers are the caller's from now on. */
  onAnswer: (socket: WebSocket, first: MessageEvent) => void;
  /** Every attempt has failed. */
  onFailed: (failure: { code: number; reason: string; server: Server }) => void;
}

export class Dialing {
  readonly #options: DialingOptions;
  /** Those that are under way, with what ends the limit of each. */
  readonly #attempts = new Map<WebSocket | AbortController, () => void>();
  /** When the room was lost, by `performance.now()`. */
  #lostAt = 0;
  /** Milliseconds of the outage from which a socket may be risked; 0 where none was since the room spoke. */
  #nextSocket = 0;
  #loss: Loss = 'told';
  /** A request was answered, and left a connection behind. */
  #knocked = false;
  #server: Server = 'unknown';
  #beside: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DialingOptions) {
    this.#options = options;
  }

  /** Begins to dial, the room having been out of reach for `outage` milliseconds already. */
  dial(outage: number, loss: Loss): void {
    this.stop();
    this.#loss = loss;
    this.#lostAt = performance.now() - outage;
    this.#server = 'unknown';
    this.#attempt();
  }

  /** Ends every attempt. */
  stop(): void {
    clearTimeout(this.#beside);
    for (const attempt of this.#attempts.keys()) this.#end(attempt);
  }

  get #outage(): number {
    return performance.now() - this.#lostAt;
  }

  #attempt(): void {
    this.#beside = setTimeout(() => this.#attempt(), attemptSpacing(this.#outage));
    if (this.#attempts.size >= MOST_ATTEMPTS) return;
    const heldUp = this.#knocked && sharesConnection();
    const swallowed = [...this.#attempts.keys()].some((attempt) => attempt instanceof AbortController);
    const risked = heldUp && swallowed && this.#outage >= this.#nextSocket;
    if (risked || (this.#nextSocket === 0 && (heldUp || this.#loss === 'told'))) {
      this.#nextSocket = nextSocket(this.#outage);
      this.#open();
    } else void this.#knock();
  }

  async #knock(): Promise<void> {
    const asking = new AbortController();
    this.#attempts.set(
      asking,
      afterLived(ATTEMPT_LIMIT, () => asking.abort()),
    );
    const answers = await knock(this.#options.knockUrl, asking.signal);
    if (!this.#attempts.has(asking)) return;
    if (answers) {
      this.#knocked = true;
      // First: ending the others stopped the page for 40 ms, of a second that is promised.
      this.#open();
      this.#reach();
    } else {
      if (this.#server === 'unknown') this.#server = 'away';
      this.#failed(asking, 1006, '');
    }
  }

  #open(): void {
    const socket = new WebSocket(this.#options.url);
    this.#attempts.set(
      socket,
      afterLived(ATTEMPT_LIMIT, () => this.#failed(socket, 1006, '')),
    );
    socket.onmessage = (first) => this.#answered(socket, first);
    socket.onclose = ({ code, reason }) => this.#failed(socket, code, reason);
    socket.onopen = () => this.#reach();
  }

  /** The server is there. One socket is enough for all who ask it: no more attempts, but neither is the room won yet. */
  #reach(): void {
    this.#server = 'answers';
    clearTimeout(this.#beside);
    for (const attempt of this.#attempts.keys()) if (attempt instanceof AbortController) this.#end(attempt);
  }

  #answered(socket: WebSocket, first: MessageEvent): void {
    this.#attempts.get(socket)?.();
    this.#attempts.delete(socket);
    this.stop();
    this.#nextSocket = 0;
    this.#options.onAnswer(socket, first);
  }

  #failed(attempt: WebSocket | AbortController, code: number, reason: string): void {
    this.#end(attempt);
    if (this.#attempts.size > 0) return;
    clearTimeout(this.#beside);
    this.#options.onFailed({ code, reason, server: this.#server });
  }

  #end(attempt: WebSocket | AbortController): void {
    this.#attempts.get(attempt)?.();
    this.#attempts.delete(attempt);
    if (attempt instanceof AbortController) {
      attempt.abort();
      return;
    }
    attempt.onmessage = attempt.onclose = attempt.onopen = null;
    attempt.close();
  }
}
