/**
 * Finds out that the network lets pages through but no WebSocket, as some proxies do. What is asked is the Worker, by a request and
 * then by a WebSocket that touches no room: a room in trouble is no bad network. Refuses to know what a person is told.
 */
import { HEALTH_PATH } from '../../worker/protocol.ts';
import { afterLived } from '../lived-time.ts';
import type { SignalingState } from './signaling.ts';

/** Milliseconds without the room before anything is asked: at least two attempts, and more than a deploy takes. */
const PATIENCE = 2_000;
/** Milliseconds, as the page lives them, for the WebSocket to open. */
const OPEN_LIMIT = 4_000;

export class Blockade {
  readonly #origin: string;
  readonly #onBlocked: () => void;
  #state: SignalingState = 'closed';
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(origin: string, onBlocked: () => void) {
    this.#origin = origin;
    this.#onBlocked = onBlocked;
  }

  /** The room's socket has changed its state. */
  signaling(state: SignalingState): void {
    this.#state = state;
    clearTimeout(this.#timer);
    if (state === 'retrying') this.#timer = setTimeout(() => void this.#ask(), PATIENCE);
  }

  async #ask(): Promise<void> {
    const url = `${this.#origin}${HEALTH_PATH}`;
    const answers = await fetch(url, { cache: 'no-store' }).then(
      ({ ok }) => ok,
      () => false,
    );
    const blocked = answers && !(await opens(url.replace(/^http/, 'ws')));
    if (blocked && this.#state === 'retrying') this.#onBlocked();
  }
}

function opens(url: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url);
    const end = (opened: boolean) => {
      endLimit();
      socket.onopen = socket.onclose = null;
      socket.close();
      resolve(opened);
    };
    const endLimit = afterLived(OPEN_LIMIT, () => end(false));
    socket.onopen = () => end(true);
    socket.onclose = () => end(false);
  });
}
