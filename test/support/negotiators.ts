/**
 * Two fake connections with the product's negotiation on each, and a wire between them on which messages can be held, lost,
 * doubled and reordered. To be used with fake timers. Refuses to know what a test expects.
 */
import { vi } from 'vitest';
import { withDtlsRole } from '../../web/mesh/dtls-role.ts';
import { Negotiation } from '../../web/mesh/negotiation.ts';
import { FakeConnection } from './fake-connection.ts';
import { FakeInternet } from './fake-internet.ts';

type Candidates = Parameters<Negotiation['receiveCandidates']>[0];
export type Message =
  { kind: 'offer' | 'answer'; offerId: number; sdp: string } | { kind: 'candidates'; candidates: Candidates };

/** What becomes of a message: delivered after `latency`, or not by the wire. */
export type Fate = 'deliver' | 'hold' | 'lose';

export class Negotiator {
  readonly name: string;
  readonly connection: FakeConnection;
  readonly negotiation: Negotiation;
  /** Everything that it has sent, and what the wire held back. */
  readonly sent: Message[] = [];
  readonly held: Message[] = [];
  /** Names of the errors with which the browser refused. */
  readonly broken: string[] = [];
  fate: (message: Message) => Fate = () => 'deliver';
  other: Negotiator | undefined;

  constructor(internet: FakeInternet, name: string, manners: 'polite' | 'impolite') {
    this.name = name;
    const fingerprint = Array<string>(32).fill(name.charCodeAt(0).toString(16).toUpperCase()).join(':');
    this.connection = new FakeConnection(internet, {}, { host: name, fingerprint });
    this.negotiation = new Negotiation({
      connection: this.connection,
      polite: manners === 'polite',
      describe: () => this.connection.setLocalDescription(),
      send: (type, offerId) => {
        const { pendingLocalDescription, currentLocalDescription } = this.connection;
        const local = type === 'offer' ? pendingLocalDescription : currentLocalDescription;
        const sdp = type === 'offer' ? withDtlsRole(local?.sdp ?? '', this.connection) : (local?.sdp ?? '');
        if (local?.type === type) this.#send({ kind: type, offerId, sdp });
      },
      onOffered: () => this.connection.channel ?? this.connection.createDataChannel(),
    });
    this.connection.onnegotiationneeded = () => this.#guard(this.negotiation.negotiate());
    this.connection.onicecandidate = ({ candidate }) => {
      if (candidate) this.#send({ kind: 'candidates', candidates: [candidate as Candidates[number]] });
    };
  }

  receive(message: Message): void {
    const { negotiation } = this;
    if (message.kind === 'candidates') this.#guard(negotiation.receiveCandidates(message.candidates));
    else {
      const { kind: type, offerId, sdp } = message;
      this.#guard(negotiation.receive({ offerId, description: { type, sdp } }));
    }
  }

  /** Lets the held messages go, in the order given by `order`. */
  release(order: (held: Message[]) => Message[] = (held) => held): void {
    for (const message of order(this.held.splice(0))) this.other?.receive(message);
  }

  #send(message: Message): void {
    this.sent.push(message);
    const fate = this.fate(message);
    if (fate === 'hold') this.held.push(message);
    if (fate === 'deliver') setTimeout(() => this.other?.receive(message), this.connection.internet.latency);
  }

  #guard(work: Promise<void>): void {
    work.catch((error: unknown) => this.broken.push(error instanceof Error ? error.name : 'unknown'));
  }
}

/** Ana, who offers first, and Bo; not connected yet. */
export function negotiators(politeOne: 'Ana' | 'Bo') {
  const internet = new FakeInternet();
  const ana = new Negotiator(internet, 'Ana', politeOne === 'Ana' ? 'polite' : 'impolite');
  const bo = new Negotiator(internet, 'Bo', politeOne === 'Bo' ? 'polite' : 'impolite');
  ana.other = bo;
  bo.other = ana;
  return { internet, ana, bo };
}

/** The same two, connected: Ana has offered two sections and a channel. */
export async function connected(politeOne: 'Ana' | 'Bo') {
  const two = negotiators(politeOne);
  const { ana, bo } = two;
  ana.connection.addTransceiver('audio');
  ana.connection.addTransceiver('video');
  ana.connection.createDataChannel();
  await vi.advanceTimersByTimeAsync(1_000);
  for (const side of [ana, bo]) side.sent.splice(0);
  return two;
}

/** True where both are stable, agree on every section and credential, and packets travel between them. */
export function agree(one: Negotiator, other: Negotiator): boolean {
  const [mine, theirs] = [one.connection, other.connection];
  const sections = ({ connection }: Negotiator) => JSON.stringify(connection.localDescription?.sections);
  return (
    mine.signalingState === 'stable' &&
    theirs.signalingState === 'stable' &&
    mine.credentials?.local === theirs.credentials?.remote &&
    mine.credentials?.remote === theirs.credentials?.local &&
    sections(one) === sections(other) &&
    mine.internet.carries(mine, theirs) &&
    mine.internet.carries(theirs, mine)
  );
}
