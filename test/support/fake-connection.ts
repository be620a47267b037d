/**
 * An RTCPeerConnection as W3C WebRTC §4.4 and JSEP (RFC 9429) describe it, as far as negotiation goes: a chain of operations,
 * pending and current descriptions, implicit and explicit rollback, transceivers that a rollback leaves behind, ICE credentials
 * that a restart replaces, `negotiationneeded` only when stable and idle. It refuses what a browser refuses, by the same names.
 */
import { routeReport, type FakeInternet } from './fake-internet.ts';
import { FakeChannel } from './fake-channel.ts';
import type { FakeCertificate, Section, Transport } from './fake-description.ts';
import { FakeDescription, checkRole, readDescription } from './fake-description.ts';
import { FakeOperations, invalidState } from './fake-operations.ts';
import { FakeTransceiver } from './fake-transceiver.ts';

type Candidate = Pick<RTCIceCandidateInit, 'candidate' | 'usernameFragment'>;

export class FakeConnection extends FakeOperations {
  readonly host: string;
  readonly fingerprint: string;
  configuration: RTCConfiguration;
  channel: FakeChannel | undefined;
  /** Offers made and set, to be counted. */
  offers = 0;

  #currentLocal: FakeDescription | null = null;
  #currentRemote: FakeDescription | null = null;
  #pendingLocal: FakeDescription | null = null;
  #pendingRemote: FakeDescription | null = null;
  #transceivers: FakeTransceiver[] = [];
  /** [[LocalIceCredentialsToReplace]] */
  readonly #toReplace = new Set<string>();
  readonly #remoteCandidates = new Set<string>();
  #mids = 0;

  constructor(internet: FakeInternet, configuration: RTCConfiguration, certificate: FakeCertificate) {
    super(internet);
    this.configuration = configuration;
    this.host = certificate.host;
    this.fingerprint = certificate.fingerprint;
    internet.connections.push(this);
  }

  get pendingLocalDescription(): FakeDescription | null {
    return this.#pendingLocal;
  }

  get currentLocalDescription(): FakeDescription | null {
    return this.#currentLocal;
  }

  get currentRemoteDescription(): FakeDescription | null {
    return this.#currentRemote;
  }

  get localDescription(): FakeDescription | null {
    return this.#pendingLocal ?? this.#currentLocal;
  }

  get remoteDescription(): FakeDescription | null {
    return this.#pendingRemote ?? this.#currentRemote;
  }

  /** ICE credentials in use on both sides, once an answer is set. */
  get credentials(): { local: string; remote: string; expects: string } | undefined {
    if (!this.#currentLocal || !this.#currentRemote) return undefined;
    const { ufrag, fingerprint } = this.#currentRemote.transport;
    return { local: this.#currentLocal.transport.ufrag, remote: ufrag, expects: fingerprint };
  }

  get knowsCandidate(): boolean {
    const remote = this.#currentRemote?.transport;
    return remote !== undefined && (remote.candidates.length > 0 || this.#remoteCandidates.has(remote.ufrag));
  }

  getTransceivers(): FakeTransceiver[] {
    return [...this.#transceivers];
  }

  addTransceiver(kind: 'audio' | 'video'): FakeTransceiver {
    const transceiver = new FakeTransceiver(this, kind, this.#transceivers.length);
    this.#transceivers.push(transceiver);
    this.updateNegotiationNeeded();
    return transceiver;
  }

  createDataChannel(): FakeChannel {
    this.channel = new FakeChannel(this);
    this.updateNegotiationNeeded();
    this.changed();
    return this.channel;
  }

  setConfiguration(configuration: RTCConfiguration): void {
    this.configuration = configuration;
  }

  restartIce(): void {
    this.#toReplace.clear();
    for (const description of [this.#pendingLocal, this.#currentLocal]) {
      if (description) this.#toReplace.add(description.transport.ufrag);
    }
    this.updateNegotiationNeeded();
  }

  setLocalDescription(description?: { type?: string }): Promise<void> {
    return this.operation(() => {
      if (description?.type === 'rollback') {
        this.#rollBackLocal();
        this.negotiationMayBeNeeded();
        return;
      }
      const type = this.signalingState === 'have-remote-offer' ? 'answer' : 'offer';
      if (type === 'offer' && this.signalingState === 'have-local-offer') this.#rollBackLocal();
      const sections = type === 'offer' ? this.#offered() : (this.#pendingRemote?.sections ?? []);
      const offered = this.#pendingRemote?.setup;
      this.#setLocal(new FakeDescription(type, sections, this.#transport(type), { offered }));
    });
  }

  setRemoteDescription({ type, sdp }: { type: string; sdp?: string }): Promise<void> {
    return this.operation(() => {
      if (type !== 'offer' && type !== 'answer') throw new TypeError(`no such type: ${type}`);
      const description = readDescription(type, sdp ?? '');
      if (type === 'answer' && this.signalingState !== 'have-local-offer') throw invalidState('an answer to no offer');
      this.#checkSections(description);
      if (type === 'answer') checkRole(description, [this.#currentLocal, this.#currentRemote]);
      if (type === 'offer' && this.signalingState === 'have-local-offer') this.#rollBackLocal();
      this.#setRemote(description);
    });
  }

  addIceCandidate({ candidate, usernameFragment }: Candidate): Promise<void> {
    return this.operation(() => {
      const remote = this.remoteDescription;
      if (!remote) throw invalidState('no remote description yet');
      if (usernameFragment && usernameFragment !== remote.transport.ufrag) {
        throw new DOMException('a candidate of other credentials', 'OperationError');
      }
      if (candidate) this.#remoteCandidates.add(usernameFragment ?? remote.transport.ufrag);
      this.changed();
    });
  }

  getStats(): Promise<Map<string, object>> {
    const route = routeReport(this.configuration.iceTransportPolicy === 'relay' ? 'relay' : 'host');
    return Promise.resolve(new Map([...route, ...this.#transceivers.flatMap(({ sender }) => sender.statistics())]));
  }

  close(): void {
    if (this.closed) return;
    const partner = this.internet.partner(this);
    if (partner && this.internet.carries(this, partner))
      setTimeout(() => partner.channel?.close(), this.internet.latency);
    this.signalingState = 'closed';
    this.connectionState = 'closed';
    this.channel?.close();
  }

  /** Something about it has changed that may link it, open its channel or let waiting messages through. */
  changed(): void {
    this.internet.look(this);
    if (this.channel?.readyState === 'open') this.internet.deliver(this.channel);
    else if (this.channel && this.connectionState === 'connected' && this.internet.partner(this)?.channel) {
      this.channel.open();
    }
  }

  /** The other end was found. */
  linked(): void {
    if (this.internet.channelsFirst) this.channel?.open();
    this.connectionState = this.iceConnectionState = 'connected';
    this.onconnectionstatechange?.();
    this.changed();
  }

  protected isNegotiationNeeded(): boolean {
    const sections = this.#currentLocal?.sections ?? [];
    if (this.#toReplace.size > 0) return true;
    if (this.channel && !sections.some(({ kind }) => kind === 'application')) return true;
    return this.#transceivers.some(({ mid }) => !sections.some((section) => section.mid === mid));
  }

  #offered(): Section[] {
    const sections: Section[] = [...(this.#currentLocal?.sections ?? [])];
    for (const transceiver of this.#transceivers) {
      if (sections.some(({ mid }) => mid === transceiver.mid)) continue;
      transceiver.mid = this.#newMid();
      transceiver.midBy = 'local';
      sections.push({ kind: transceiver.kind, mid: transceiver.mid });
    }
    if (this.channel && !sections.some(({ kind }) => kind === 'application')) {
      sections.push({ kind: 'application', mid: this.#newMid() });
    }
    return sections;
  }

  #newMid(): string {
    const taken = new Set([
      ...this.#transceivers.map(({ mid }) => mid),
      ...(this.#currentLocal?.sections ?? []).map(({ mid }) => mid),
    ]);
    while (taken.has(String(this.#mids))) this.#mids += 1;
    return String(this.#mids++);
  }

  /** New credentials for a first description, for a restart, and for an answer to a restart (RFC 9429 §5.3.1). */
  #transport(type: 'offer' | 'answer'): Transport {
    const current = this.#currentLocal?.transport;
    const restarts =
      type === 'offer'
        ? this.#toReplace.size > 0
        : this.#pendingRemote?.transport.ufrag !== this.#currentRemote?.transport.ufrag;
    if (current && !restarts) return current;
    return { ufrag: this.internet.newUfrag(), fingerprint: this.fingerprint, candidates: [] };
  }

  #setLocal(description: FakeDescription): void {
    const before = this.#currentLocal?.transport.ufrag;
    if (description.type === 'offer') {
      this.offers += 1;
      this.#pendingLocal = description;
      this.signalingState = 'have-local-offer';
    } else {
      this.#currentLocal = description;
      this.#currentRemote = this.#pendingRemote;
      this.#settle();
    }
    if (description.transport.ufrag !== before) this.#gather(description.transport);
  }

  #setRemote(description: FakeDescription): void {
    for (const section of description.sections) this.#adopt(section);
    if (description.type === 'offer') {
      this.#pendingRemote = description;
      this.signalingState = 'have-remote-offer';
    } else {
      this.#currentLocal = this.#pendingLocal;
      this.#currentRemote = description;
      this.#settle();
    }
  }

  #settle(): void {
    this.#pendingLocal = this.#pendingRemote = null;
    this.signalingState = 'stable';
    for (const transceiver of this.#transceivers) if (transceiver.mid !== null) transceiver.midBy = 'both';
    if (!this.#toReplace.has(this.#currentLocal?.transport.ufrag ?? '')) this.#toReplace.clear();
    this.negotiationMayBeNeeded();
    this.changed();
  }

  /** RFC 9429 §5.10: a transceiver made by `addTransceiver` is never taken for an offered section. */
  #adopt({ kind, mid }: Section): void {
    if (kind === 'application' || this.#transceivers.some((transceiver) => transceiver.mid === mid)) return;
    const transceiver = new FakeTransceiver(this, kind, this.#transceivers.length);
    transceiver.mid = mid;
    transceiver.direction = 'recvonly';
    this.#transceivers.push(transceiver);
  }

  #rollBackLocal(): void {
    if (this.signalingState !== 'have-local-offer') throw invalidState('nothing to roll back');
    this.#pendingLocal = null;
    this.signalingState = 'stable';
    for (const transceiver of this.#transceivers) if (transceiver.midBy === 'local') transceiver.mid = null;
  }

  /** RFC 9429 §5.2.1: sections keep their place and kind for ever; an answer has those of its offer. */
  #checkSections({ type, sections }: FakeDescription): void {
    const before = type === 'answer' ? this.#pendingLocal?.sections : this.#currentLocal?.sections;
    const same = (before ?? []).every(({ kind, mid }, at) => sections[at]?.kind === kind && sections[at].mid === mid);
    if (!same || (type === 'answer' && sections.length !== before?.length)) {
      throw new DOMException('the sections do not match', 'InvalidAccessError');
    }
  }

  #gather(transport: Transport): void {
    const stands = () => !this.closed && this.localDescription?.transport === transport;
    const find = (candidate: string) => {
      if (!stands()) return;
      transport.candidates.push(candidate);
      const { ufrag: usernameFragment } = transport;
      this.onicecandidate?.({ candidate: { candidate, sdpMid: '0', sdpMLineIndex: 0, usernameFragment } });
    };
    const { hostDelay, stunDelay } = this.internet;
    this.#gathering('gathering');
    setTimeout(() => find(`candidate:1 1 udp 2 ${this.host}.local 9 typ host`), hostDelay);
    if (stunDelay === Infinity) return;
    setTimeout(() => find(`candidate:2 1 udp 1 203.0.113.1 9 typ srflx`), stunDelay);
    setTimeout(() => {
      if (!stands()) return;
      this.onicecandidate?.({ candidate: null });
      this.#gathering('complete');
    }, stunDelay + 1);
  }

  #gathering(state: RTCIceGatheringState): void {
    this.iceGatheringState = state;
    this.onicegatheringstatechange?.();
    this.dispatchEvent(new Event('icegatheringstatechange'));
  }
}
