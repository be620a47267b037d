/**
 * Session descriptions as the fake connection makes and reads them: as much SDP as the product and JSEP's rules look at.
 * Refuses to know when a description may be set.
 */

export interface Section {
  readonly kind: 'audio' | 'video' | 'application';
  readonly mid: string;
}

export interface Transport {
  readonly ufrag: string;
  /** `AB:CD:…` */
  readonly fingerprint: string;
  /** Candidate lines gathered so far. */
  readonly candidates: string[];
}

export interface FakeCertificate {
  readonly host: string;
  /** `AB:CD:…` */
  readonly fingerprint: string;
}

/** Which end of DTLS a description is for. */
type Setup = 'actpass' | 'active' | 'passive';

/** A description whose text grows while candidates are gathered, as a browser's does. */
export class FakeDescription {
  readonly type: 'offer' | 'answer';
  readonly sections: readonly Section[];
  readonly transport: Transport;
  readonly setup: Setup;

  /** @param offered of an answer: what the offer says of DTLS; like Firefox, it answers `actpass` with `active` whatever was before */
  constructor(
    type: 'offer' | 'answer',
    sections: readonly Section[],
    transport: Transport,
    { setup, offered }: { setup?: Setup | undefined; offered?: Setup | undefined } = {},
  ) {
    this.type = type;
    this.sections = sections;
    this.transport = transport;
    this.setup = setup ?? (type === 'offer' ? 'actpass' : offered === 'active' ? 'passive' : 'active');
  }

  /** Of an answer: which end of DTLS the one who answered is. */
  get answered(): Setup | undefined {
    return this.type === 'answer' ? this.setup : undefined;
  }

  get sdp(): string {
    const { ufrag, fingerprint, candidates } = this.transport;
    const lines = this.sections.flatMap(({ kind, mid }, at) => [
      kind === 'application' ? 'm=application 9 UDP/DTLS/SCTP webrtc-datachannel' : `m=${kind} 9 UDP/TLS/RTP/SAVPF 111`,
      `a=mid:${mid}`,
      'a=sendrecv',
      `a=ice-ufrag:${ufrag}`,
      'a=ice-pwd:0123456789012345678901',
      `a=fingerprint:sha-256 ${fingerprint}`,
      `a=setup:${this.setup}`,
      ...(at === 0 ? candidates.map((line) => `a=${line}`) : []),
    ]);
    return ['v=0', 'o=- 1 1 IN IP4 127.0.0.1', 's=-', 't=0 0', ...lines, ''].join('\r\n');
  }

  toJSON(): { type: 'offer' | 'answer'; sdp: string } {
    return { type: this.type, sdp: this.sdp };
  }
}

/** A received description; throws an OperationError where it is none, as a browser does. */
export function readDescription(type: 'offer' | 'answer', sdp: string): FakeDescription {
  const sections: Section[] = [];
  for (const part of sdp.split('\r\nm=').slice(1)) {
    const kind = part.slice(0, part.indexOf(' '));
    const mid = /^a=mid:(\S+)/m.exec(part)?.[1];
    if ((kind !== 'audio' && kind !== 'video' && kind !== 'application') || mid === undefined) break;
    sections.push({ kind, mid });
  }
  const ufrag = /^a=ice-ufrag:(\S+)/m.exec(sdp)?.[1];
  const fingerprint = /^a=fingerprint:sha-256 (\S+)/m.exec(sdp)?.[1];
  if (!sdp.startsWith('v=0') || sections.length === 0 || ufrag === undefined || fingerprint === undefined) {
    throw new DOMException('the description does not parse', 'OperationError');
  }
  const candidates = [...sdp.matchAll(/^a=(candidate:\S.*?)\r$/gm)].map(([, line]) => line ?? '');
  const setup = /^a=setup:(actpass|active|passive)/m.exec(sdp)?.[1];
  return new FakeDescription(type, sections, { ufrag, fingerprint, candidates }, { setup: setup as Setup | undefined });
}

/** Refuses, as Chromium does, an answer that would turn the ends of DTLS around; `before`: what stood until now, mine and theirs. */
export function checkRole(answer: FakeDescription, before: (FakeDescription | null)[]): void {
  const [mine, theirs] = before.map((description) => description?.answered);
  const turned = (theirs !== undefined && answer.setup !== theirs) || (mine !== undefined && answer.setup === mine);
  if (turned) throw new DOMException('Failed to set SSL role for the transport', 'InvalidAccessError');
}
