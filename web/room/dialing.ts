/**
 * Opens a WebSocket through a network that may have only just come back. An attempt into a dead network waits for TCP, which
 * asks again after 1 s, then 2, then 4; so while one attempt is unanswered another starts beside it, and the first room that
 * speaks wins. Refuses to know what is said, and when to dial again.
 */
import { attemptSpacing } from './backoff.ts';

/** Milliseconds that one attempt may take: TCP, TLS and the upgrade at 1 s round trip. */
const ATTEMPT_LIMIT = 4_000;

export interface DialingOptions {
  url: string;
  /** Milliseconds for which the room has been out of reach already. */
  outage: number;
  /** The first message of the room, on the socket that won. Its handlers are the caller's from now on. */
  onAnswer: (socket: WebSocket, first: MessageEvent) => void;
  /** Every attempt has failed. */
  onFailed: (code: number, reason: string) => void;
}

export class Dialing {
  readonly #options: DialingOptions;
  readonly #attempts = new Map<WebSocket, ReturnType<typeof setTimeout>>();
  /** When the network was last known to carry anything, as far as the caller says. */
  readonly #began: number;
  #beside: ReturnType<typeof setTimeout> | undefined;

  constructor(options: DialingOptions) {
    this.#options = options;
    this.#began = performance.now() - options.outage;
    this.#attempt();
  }

  /** Ends every attempt. */
  close(): void {
    clearTimeout(this.#beside);
    for (const socket of this.#attempts.keys()) this.#end(socket);
  }

  #attempt(): void {
    const socket = new WebSocket(this.#options.url);
    const limit = setTimeout(() => this.#failed(socket, 1006, ''), ATTEMPT_LIMIT);
    this.#attempts.set(socket, limit);
    socket.onmessage = (first) => this.#answered(socket, first);
    socket.onclose = ({ code, reason }) => this.#failed(socket, code, reason);
    // An open socket only waits for the room's first word: no more attempts, but neither is it won yet.
    socket.onopen = () => clearTimeout(this.#beside);
    this.#beside = setTimeout(() => this.#attempt(), attemptSpacing(performance.now() - this.#began));
  }

  #answered(socket: WebSocket, first: MessageEvent): void {
    clearTimeout(this.#attempts.get(socket));
    this.#attempts.delete(socket);
    this.close();
    this.#options.onAnswer(socket, first);
  }

  #failed(socket: WebSocket, code: number, reason: string): void {
    this.#end(socket);
    if (this.#attempts.size > 0) return;
    clearTimeout(this.#beside);
    this.#options.onFailed(code, reason);
  }

  #end(socket: WebSocket): void {
    clearTimeout(this.#attempts.get(socket));
    this.#attempts.delete(socket);
    socket.onmessage = socket.onclose = socket.onopen = null;
    socket.close();
  }
}
