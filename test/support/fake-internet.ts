/**
 * What lies between fake connections: who reaches whom, how long it takes, what a cut leaves behind. Two connections are
 * linked once each has the other's ICE credentials and either knows a candidate of the other. Refuses to know descriptions' rules.
 */
import type { FakeChannel } from './fake-channel.ts';
import type { FakeConnection } from './fake-connection.ts';

/** Milliseconds: Chromium 156 gives a path up after so long without an answer; then only new credentials help. */
const FAILED_AFTER = 17_000;

interface Link {
  readonly ends: readonly [FakeConnection, FakeConnection];
  readonly generation: number;
  connected: boolean;
  cutSince: number | undefined;
}

export class FakeInternet {
  /** Milliseconds one way. */
  latency = 20;
  /** Milliseconds until host candidates and until the STUN server's answer; Infinity where it does not answer. */
  hostDelay = 5;
  stunDelay = 60;
  /** Milliseconds of one operation of a connection. */
  operationDelay = 2;
  /** Channels open before their connection says that it is connected: the two come from different threads of a browser. */
  channelsFirst = false;
  readonly connections: FakeConnection[] = [];
  readonly #links = new Map<string, Link>();
  readonly #cut = new Set<string>();
  #generation = 0;
  #ufrags = 0;

  newUfrag(): string {
    this.#ufrags += 1;
    return `u${this.#ufrags.toString().padStart(4, '0')}`;
  }

  /** Nothing travels from one host to another until `mend`. */
  cut(from: string, to: string): void {
    this.#cut.add(`${from}>${to}`);
    for (const link of this.#links.values()) if (!this.#open(link)) link.cutSince ??= performance.now();
  }

  mend(): void {
    this.#cut.clear();
    for (const link of this.#links.values()) {
      if (link.cutSince !== undefined && performance.now() - link.cutSince < FAILED_AFTER) link.cutSince = undefined;
    }
    for (const connection of this.connections) connection.changed();
  }

  /** Every address has changed: what was linked is dead until credentials are exchanged anew. */
  move(): void {
    this.#generation += 1;
  }

  /** Whether a packet sent now from `from` would arrive at `to`. */
  carries(from: FakeConnection, to: FakeConnection): boolean {
    const link = this.#linkOf(from, to);
    return link !== undefined && link.connected && this.#alive(link) && !this.#isCut(from, to);
  }

  /** The connection at the other end of `connection`'s own link. */
  partner(connection: FakeConnection): FakeConnection | undefined {
    for (const { ends, connected } of this.#links.values()) {
      if (connected && ends.includes(connection)) return ends[0] === connection ? ends[1] : ends[0];
    }
    return undefined;
  }

  /** Looks whether `connection` has found its partner. To be called when anything about it has changed. */
  look(connection: FakeConnection): void {
    for (const other of this.connections) {
      if (!this.#match(connection, other)) continue;
      const key = keyOf(connection, other);
      if (this.#links.has(key) || this.#isCut(connection, other) || this.#isCut(other, connection)) continue;
      for (const [old, { ends }] of this.#links) if (ends.includes(connection)) this.#links.delete(old);
      const link: Link = {
        ends: [connection, other],
        generation: this.#generation,
        connected: false,
        cutSince: undefined,
      };
      this.#links.set(key, link);
      setTimeout(() => this.#connect(key, link), 4 * this.latency);
    }
  }

  /** Delivers `text` to the same channel at the other end, in order; what does not get through waits for a path. */
  deliver(channel: FakeChannel): void {
    const from = channel.connection;
    const to = this.partner(from);
    const theirs = to?.channel;
    if (!to || !theirs || theirs.readyState !== 'open' || !this.carries(from, to)) return;
    for (const text of channel.take()) setTimeout(() => theirs.receive(text), this.latency);
  }

  #connect(key: string, link: Link): void {
    const [one, other] = link.ends;
    if (this.#links.get(key) !== link || !this.#match(one, other) || !this.#alive(link)) return;
    link.connected = true;
    one.linked();
    other.linked();
  }

  #match(one: FakeConnection, other: FakeConnection): boolean {
    if (one === other || one.host === other.host || one.closed || other.closed) return false;
    const [mine, theirs] = [one.credentials, other.credentials];
    if (!mine || !theirs || mine.local !== theirs.remote || mine.remote !== theirs.local) return false;
    const trusted = mine.expects === other.fingerprint && theirs.expects === one.fingerprint;
    return trusted && (one.knowsCandidate || other.knowsCandidate);
  }

  #alive(link: Link): boolean {
    return link.generation === this.#generation && (link.cutSince === undefined || !this.#open(link));
  }

  #open({ ends: [one, other] }: Link): boolean {
    return !this.#isCut(one, other) && !this.#isCut(other, one);
  }

  #isCut(from: FakeConnection, to: FakeConnection): boolean {
    return this.#cut.has(`${from.host}>${to.host}`);
  }

  #linkOf(one: FakeConnection, other: FakeConnection): Link | undefined {
    return [...this.#links.values()].find(({ ends }) => ends.includes(one) && ends.includes(other));
  }
}

function keyOf(one: FakeConnection, other: FakeConnection): string {
  return [one.credentials?.local, other.credentials?.local].sort().join(' ');
}

/** What a connection reports of its route: as much as tells a relayed one from a direct one. */
export function routeReport(candidateType: 'host' | 'relay'): Map<string, object> {
  return new Map<string, object>([
    ['T', { type: 'transport', selectedCandidatePairId: 'P' }],
    ['P', { type: 'candidate-pair', localCandidateId: 'L', remoteCandidateId: 'R' }],
    ['L', { type: 'local-candidate', candidateType }],
    ['R', { type: 'remote-candidate', candidateType: 'host' }],
  ]);
}
