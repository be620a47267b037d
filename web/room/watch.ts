/**
 * What a person is told of the room: nothing of gaps below 10 s, because a call needs no room.
 * Refuses to know why the socket was lost.
 */
import type { SignalingState } from './signaling.ts';

export type RoomState = 'idle' | 'connecting' | 'open' | 'retrying' | 'unreachable' | 'blocked';

/** Milliseconds without the room after which a person is told. */
const UNREACHABLE_AFTER = 10_000;

/** Milliseconds after which a room that would not have me back is asked again. */
const REOPEN_AFTER = 30_000;

export class RoomWatch {
  readonly #onState: (state: RoomState) => void;
  #state: RoomState = 'idle';
  #timer: ReturnType<typeof setTimeout> | undefined;

  #reopening: ReturnType<typeof setTimeout> | undefined;

  constructor(onState: (state: RoomState) => void) {
    this.#onState = onState;
  }

  /** `blocked`: the network takes no WebSocket, which is told at once and says more than that the room is out of reach. */
  signaling(state: SignalingState | 'blocked'): void {
    if (state === 'closed') return;
    // The first attempt has the same 10 s; later attempts start none anew.
    if (state === 'open' || state === 'blocked') this.close();
    else this.#timer ??= setTimeout(() => this.#set('unreachable'), UNREACHABLE_AFTER);
    const told = this.#state === 'unreachable' || this.#state === 'blocked';
    if (!told || state === 'open' || state === 'blocked') this.#set(state);
  }

  /** The room would not have me back; `reopen` asks again after a while. */
  refused(reopen?: () => void): void {
    this.#set('unreachable');
    if (reopen) this.#reopening = setTimeout(reopen, REOPEN_AFTER);
  }

  close(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#reopening);
    this.#timer = undefined;
  }

  #set(state: RoomState): void {
    this.#state = state;
    this.#onState(state);
  }
}
