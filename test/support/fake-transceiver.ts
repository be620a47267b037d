/** A transceiver of a fake connection, its sender and receiver: what is sent in one section and what arrives. */
import type { FakeConnection } from './fake-connection.ts';

/** A browser forgets a source that was silent for 10 s (W3C WebRTC §5.4). */
const FORGOTTEN_AFTER = 10_000;

export class FakeTransceiver {
  readonly kind: 'audio' | 'video';
  direction: RTCRtpTransceiverDirection = 'sendrecv';
  mid: string | null = null;
  /** Whose description gave it the mid: a rollback of mine takes it away again. */
  midBy: 'local' | 'both' | undefined;
  codecs: string[] = [];
  readonly sender: FakeSender;
  readonly receiver: FakeReceiver;

  constructor(connection: FakeConnection, kind: 'audio' | 'video', at: number) {
    this.kind = kind;
    this.sender = new FakeSender(connection);
    this.receiver = new FakeReceiver(connection, kind, at);
  }

  setCodecPreferences(codecs: { mimeType: string }[]): void {
    this.codecs = codecs.map(({ mimeType }) => mimeType);
  }
}

interface FakeParameters {
  transactionId: string;
  encodings: Record<string, unknown>[];
  degradationPreference: string | undefined;
}

class FakeSender {
  track: unknown = null;
  encoding: Record<string, unknown> = { active: true };
  degradationPreference: string | undefined;
  /** What statistics say of the picture that is sent: why it is smaller than asked for, bits and frames a second. */
  sending: { reason: string; target: number; frames: number } | undefined;
  /** Whole pictures made because the encoding was switched on again. */
  keyFrames = 0;
  #transaction = 0;
  readonly #connection: FakeConnection;

  constructor(connection: FakeConnection) {
    this.#connection = connection;
  }

  getParameters(): FakeParameters {
    this.#transaction += 1;
    const { degradationPreference } = this;
    return { transactionId: String(this.#transaction), encodings: [{ ...this.encoding }], degradationPreference };
  }

  /** W3C WebRTC §5.2: only what `getParameters` gave last may be set, and only once. */
  setParameters({ transactionId, encodings, degradationPreference }: FakeParameters): Promise<void> {
    if (transactionId !== String(this.#transaction)) {
      return Promise.reject(new DOMException('not the last parameters', 'InvalidModificationError'));
    }
    this.#transaction += 1;
    if (this.encoding['active'] === false && encodings[0]?.['active']) this.keyFrames += 1;
    this.encoding = { ...encodings[0] };
    this.degradationPreference = degradationPreference;
    return Promise.resolve();
  }

  /** Of a camera that gives 20 frames a second. */
  statistics(): [string, object][] {
    if (!this.sending) return [];
    const { reason, target, frames } = this.sending;
    const sent = { qualityLimitationReason: reason, targetBitrate: target, framesPerSecond: frames };
    const { id } = this.track as { id: string };
    return [
      ['sent', { type: 'outbound-rtp', mediaSourceId: 'source', ...sent }],
      ['source', { type: 'media-source', trackIdentifier: id, framesPerSecond: 20 }],
    ];
  }

  replaceTrack(track: unknown): Promise<void> {
    if (this.#connection.closed) return Promise.reject(new DOMException('closed', 'InvalidStateError'));
    // W3C WebRTC §5.2: the track is another only once the replacement is done.
    return new Promise((resolve) => {
      const replaced = () => {
        this.track = track;
        resolve();
      };
      setTimeout(replaced, this.#connection.internet.operationDelay);
    });
  }
}

class FakeReceiver {
  readonly track: { kind: string; id: string; getSettings: () => object };
  readonly #connection: FakeConnection;
  readonly #at: number;
  #last: number | undefined;

  constructor(connection: FakeConnection, kind: string, at: number) {
    this.#connection = connection;
    this.#at = at;
    this.track = { kind, id: `${connection.host} ${at}`, getSettings: () => ({}) };
  }

  /** As in a browser that makes no sound before a click: packets come, and nothing plays them. */
  blocked = false;
  /** Of the sound that is played from now on, the share that is made up. */
  madeUp = 0;
  jitterBufferTarget: number | null = null;
  #packets = 0;
  #concealed = 0;
  #counted = 0;

  /** Of what is played: packets come as long as the other end sends a track in the same place and the path carries them. */
  getSynchronizationSources(): { rtpTimestamp: number; audioLevel: number }[] {
    const now = performance.now();
    if (this.#carried() && !this.blocked) this.#last = now;
    if (this.#last === undefined || now - this.#last > FORGOTTEN_AFTER) return [];
    return [{ rtpTimestamp: this.#last, audioLevel: 0.1 }];
  }

  /** One packet from look to look, and a sample every millisecond. */
  getStats(): Promise<Map<string, object>> {
    if (this.#carried()) this.#packets += 1;
    const now = performance.now();
    this.#concealed += this.madeUp * (now - this.#counted);
    this.#counted = now;
    const sound = { totalSamplesReceived: now, concealedSamples: this.#concealed, silentConcealedSamples: 0 };
    return Promise.resolve(new Map([['in', { type: 'inbound-rtp', packetsReceived: this.#packets, ...sound }]]));
  }

  #carried(): boolean {
    const partner = this.#connection.internet.partner(this.#connection);
    const sends = partner?.getTransceivers()[this.#at]?.sender.track;
    return !!partner && !partner.closed && !!sends && this.#connection.internet.carries(partner, this.#connection);
  }
}
