/**
 * Who restarts ICE: after the first offer of a connection only the driver (larger sid) offers, and the other asks it to. Two
 * re-offers at once would roll one of them back, and Chromium 156 then leaves the received tracks of that side without
 * frames for good, while the connection looks alive. Refuses to know why a restart is wanted.
 */
import type { Peer } from './peer.ts';

/** Milliseconds before a driver follows another wish: it comes by two paths, and may cross an offer that is on its way. */
const ASKED_AGAIN = 1_000;

export interface RestartsOptions {
  driver: boolean;
  peer: () => Peer | undefined;
  configuration: () => RTCConfiguration;
  /** Asks the driver, for the connection of this epoch. */
  ask: (epoch: number) => void;
  now: () => number;
}

export class Restarts {
  readonly #options: RestartsOptions;
  #last = -Infinity;

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  restart(): void {
    const { driver, peer, ask } = this.#options;
    const current = peer();
    if (driver || !current?.answered) this.#offer();
    else ask(current.epoch);
  }

  /** The other side asks for it. */
  asked(epoch: number): void {
    const { driver, peer, now } = this.#options;
    const current = peer();
    if (driver && current?.epoch === epoch && current.answered && now() - this.#last >= ASKED_AGAIN) this.#offer();
  }

  #offer(): void {
    const { peer, configuration, now } = this.#options;
    this.#last = now();
    // Before the first answer there is nothing to restart.
    if (peer()?.answered) peer()?.restart(configuration());
    // While an offer is unanswered the browser makes no other, and it, or its answer, may be lost: it goes out again.
    void peer()?.resend();
  }
}
