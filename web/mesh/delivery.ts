/**
 * Which path a message to one participant takes: the channel while it is live, else the room, else it waits for whichever opens
 * first, whether or not it was handed to a third meanwhile (detour.ts). Refuses to know what messages mean, beyond that a first
 * description brings along who I am.
 */
import type { PeerMessage } from '../protocol.ts';
import type { PairSeal } from '../seal/pair.ts';
import { Outbox } from './outbox.ts';
import type { Peer } from './peer.ts';

export interface DeliveryOptions {
  readonly seal: PairSeal;
  /** The connection of now; undefined while there is none. */
  peer: () => Peer | undefined;
  /** Whether the other side is heard over the connection. */
  live: () => boolean;
  /** What a first description brings along: who I am. */
  greeting: () => PeerMessage[];
  /** Hands a box to the room; false where its socket is not open. */
  relay: (box: string) => boolean;
}

export class Delivery {
  readonly #options: DeliveryOptions;
  readonly #waiting = new Outbox();
  #greeted = false;

  constructor(options: DeliveryOptions) {
    this.#options = options;
  }

  /** Sends, by whatever path there is. What finds none waits, but for what is of now. */
  send(...messages: PeerMessage[]): void {
    const { peer, live } = this.#options;
    if (peer()?.send(JSON.stringify(messages)) && live()) return;
    // In doubt by both: a room whose socket is dead and does not know it loses them, the channel delivers once it is back.
    void this.#sendByRoom(messages);
  }

  /**
   * Descriptions and candidates travel by room where the channel is in doubt, and by both where both exist. Those of a
   * connection that may take this one's place by room alone: where the channel delivers, none is needed.
   */
  async signal(message: PeerMessage, connection: 'current' | 'successor'): Promise<void> {
    const { peer, live, greeting } = this.#options;
    const viaChannel = connection === 'current' && (peer()?.send(JSON.stringify([message])) ?? false);
    if (viaChannel && live()) return;
    const first = message.type === 'description' && !this.#greeted ? greeting() : [];
    this.#greeted ||= message.type === 'description';
    await this.#sendByRoom([...first, message]);
  }

  /** A path has opened, or what was in doubt lives: what waits goes out. */
  flush(): void {
    if (!this.#waiting.empty) for (const messages of this.#waiting.take()) this.send(...messages);
  }

  /** The connection is another one from now on: its first description says again who I am. */
  restart(): void {
    this.#greeted = false;
  }

  clear(): void {
    this.#waiting.clear();
  }

  async #sendByRoom(messages: PeerMessage[]): Promise<void> {
    const { seal, relay } = this.#options;
    // What is too long for a frame waits for the channel.
    const box = await seal.seal(JSON.stringify(messages)).catch(() => undefined);
    if (box !== undefined && relay(box)) return;
    this.#waiting.keep(messages);
  }
}
