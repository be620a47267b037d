/**
 * Who restarts ICE: after the first offer of a connection only the driver (larger sid) offers, and the other asks it to. Two
 * re-offers at once would roll one of them back, and Chromium 156 then leaves the received tracks of that side without
 * frames for good, while the connection looks alive.
 *
 * And what cannot be restarted: ICE that has failed in Firefox 153 comes back after a restart, says that it is connected, and
 * carries nothing from that side (seen after outages of 20 and 40 s; `iceConnectionState` says `failed` there, and in Chromium
 * only where a connection never came up). And a first offer that nobody has answered for a while was made where nobody was
 * reached: its candidates know no way out. Both want another connection. Refuses to know why a restart is wanted.
 */
import type { Peer } from './peer.ts';

/** Milliseconds before a driver restarts once more on request: a wish comes by two paths, and may cross an offer on its way. */
const ASKED_AGAIN = 1_000;

/** Milliseconds after which a first offer without an answer is made anew instead of sent again. */
const STALE = 3_000;

/** What restarting needs of a connection. */
export type Restartable = Pick<Peer, 'epoch' | 'answered' | 'restart' | 'resend'> & {
  readonly connection: Pick<RTCPeerConnection, 'iceConnectionState'>;
};

export interface RestartsOptions {
  driver: boolean;
  peer: () => Restartable | undefined;
  /** Milliseconds since it was made. */
  age: () => number;
  configuration: () => RTCConfiguration;
  /** Asks the driver, for the connection of this epoch. */
  ask: (epoch: number) => void;
  /** Another connection in the place of this one. */
  rebuild: () => void;
  now: () => number;
}

export class Restarts {
  readonly #options: RestartsOptions;
  #last = -Infinity;

  constructor(options: RestartsOptions) {
    this.#options = options;
  }

  /** `offered`: by me, on a connection that was up. */
  restart(): 'offered' | undefined {
    const { driver, peer, age, ask, rebuild } = this.#options;
    const current = peer();
    if (!current) return undefined;
    const stale = !current.answered && age() >= STALE;
    if (stale || current.connection.iceConnectionState === 'failed') rebuild();
    else if (driver || !current.answered) return this.#offer();
    else ask(current.epoch);
    return undefined;
  }

  /** They go on with an older connection than this one: the offer of this one has not reached them. */
  behind(): void {
    if (this.#options.peer()?.answered === false) this.restart();
  }

  /** The other side asks for it. My offer of a moment ago may have gone where they were out of reach: it goes out again. */
  asked(epoch: number): 'offered' | undefined {
    const { driver, peer, now, rebuild } = this.#options;
    const current = peer();
    // I had given them up; they have the last one still.
    if (!current) rebuild();
    else if (epoch < current.epoch) this.behind();
    if (!driver || current?.epoch !== epoch || !current.answered) return undefined;
    if (now() - this.#last >= ASKED_AGAIN) return this.#offer();
    void current.resend();
    return undefined;
  }

  #offer(): 'offered' | undefined {
    const { peer, configuration, now } = this.#options;
    this.#last = now();
    const current = peer();
    // Before the first answer there is nothing to restart.
    if (current?.answered) current.restart(configuration());
    // While an offer is unanswered the browser makes no other, and it, or its answer, may be lost: it goes out again.
    void current?.resend();
    return current?.answered ? 'offered' : undefined;
  }
}
