/**
 * Whether packets still arrive by a connection that has fallen silent: then the path is whole, and what is late is the machine at
 * either end. They are counted by the browser before anything is decoded or played. Where a machine is late with its statistics
 * as well, whoever asks waits for them, and that is right: it has no time for what would follow.
 * Refuses to know what silence is and what follows from it.
 */
import type { Peer } from './peer.ts';
import { packetsReceived } from './stats.ts';

/** Milliseconds to count: four packets of audio come in it. */
const WINDOW = 80;
/** Milliseconds after which statistics are not waited for: those of a connection that ends never come in Firefox 153. */
const LIMIT = 1_000;

interface Count {
  readonly receiver: RTCRtpReceiver;
  readonly packets: number;
}

export class Arrivals {
  readonly #peer: () => Peer | undefined;
  #before: Promise<Count | undefined> | undefined;

  constructor(peer: () => Peer | undefined) {
    this.#peer = peer;
  }

  /** To be called as soon as there is silence. */
  begin(): void {
    this.#before = this.#count().then(async (count) => {
      await new Promise((resolve) => setTimeout(resolve, WINDOW));
      return count;
    });
  }

  /** Whether packets of a microphone have come since `begin`, or since this was asked last, by the same connection. */
  any(): Promise<boolean> {
    const late = new Promise<false>((resolve) => setTimeout(() => resolve(false), LIMIT));
    return Promise.race([this.#compare(), late]);
  }

  async #compare(): Promise<boolean> {
    const before = await this.#before;
    const now = this.#count();
    this.#before = now;
    const after = await now;
    return before !== undefined && after?.receiver === before.receiver && after.packets > before.packets;
  }

  async #count(): Promise<Count | undefined> {
    const receiver = this.#peer()?.receiver('microphone');
    return receiver && { receiver, packets: await packetsReceived(receiver) };
  }
}
