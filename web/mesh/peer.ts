/**
 * My connection to one participant: one RTCPeerConnection with four fixed transceivers and one data channel, for one epoch.
 *
 * The initiator makes the transceivers in the order of SLOTS; the other side finds them in the first offer. From then on a
 * track comes and goes by `replaceTrack` alone and the directions never change, so no toggle renegotiates.
 * A first offer is never rolled back (JSEP would leave the rolled-back transceivers beside the offered ones): where two meet,
 * the pair replaces the whole connection. Refuses to know keys, the room, and when a connection should be given up.
 */
import { descriptionHasFingerprint } from '../seal/identity.ts';
import { TEXT_LIMITS, type Candidates, type Description } from '../protocol.ts';
import { setLocalDescription } from './audio-nack.ts';
import { CandidateBatches, gathered } from './candidates.ts';
import { preferRed } from './codecs.ts';
import { withDtlsRole } from './dtls-role.ts';
import { holdVideo, limitSound, limitVideo, sendKeyFrame } from './encodings.ts';
import { soundLimit, type VideoLimit } from './limits.ts';
import { Negotiation } from './negotiation.ts';
import { revive } from './revival.ts';

/** The four m-lines of every description, in this order. */
export const SLOTS = ['microphone', 'camera', 'screen', 'screenAudio'] as const;
export type Slot = (typeof SLOTS)[number];

const KIND: Record<Slot, 'audio' | 'video'> = {
  microphone: 'audio',
  camera: 'video',
  screen: 'video',
  screenAudio: 'audio',
};

/** Milliseconds an offer waits for candidates: host candidates come within 20, and each one inside saves a message. */
const GATHER_WAIT = 40;
/** Bytes waiting in the channel above which it is taken for stuck, not slow: 15 full chat histories. */
const MAX_BUFFERED = 4_194_304;

export interface PeerOptions {
  configuration: RTCConfiguration;
  epoch: number;
  /** Makes the transceivers and the first offer. */
  initiator: boolean;
  polite: boolean;
  /** SHA-256 of the other side's certificate, from its signed hello. */
  fingerprint: Uint8Array;
  /** Descriptions and candidates for the other side. */
  onSignal: (message: Description | Candidates) => void;
  /** Text that arrived over the channel. */
  onText: (text: string) => void;
  onChannel: (state: 'open' | 'closed') => void;
  /** `connectionState` or `iceConnectionState` changed. */
  onState: () => void;
  onTracks: (tracks: Record<Slot, MediaStreamTrack>) => void;
  /** A description named another certificate than the signed one. It was not set. */
  onMismatch: () => void;
  /** The browser refused a description or an offer could not be made: only another connection helps. */
  onBroken: () => void;
}

export class Peer {
  readonly connection: RTCPeerConnection;
  readonly epoch: number;
  readonly initiator: boolean;
  readonly #options: PeerOptions;
  readonly #negotiation: Negotiation;
  readonly #batches: CandidateBatches;
  /** What is to be sent, what senders were last told to, and of what no pictures are sent for now. */
  readonly #wanted: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  readonly #applied: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  readonly #held = new Set<Slot>();
  #transceivers: Partial<Record<Slot, RTCRtpTransceiver>> = {};
  #channel: RTCDataChannel | undefined;
  #limit: VideoLimit | undefined;
  #closed = false;

  constructor(options: PeerOptions) {
    this.#options = options;
    this.epoch = options.epoch;
    this.initiator = options.initiator;
    this.connection = new RTCPeerConnection(options.configuration);
    this.#batches = new CandidateBatches((candidates) => {
      options.onSignal({ type: 'candidates', epoch: options.epoch, candidates });
    });
    this.#negotiation = new Negotiation({
      connection: this.connection,
      polite: options.polite,
      describe: () => setLocalDescription(this.connection),
      send: (type, offerId) => this.#sendDescription(type, offerId),
      onOffered: () => this.#adoptTransceivers(),
    });
    this.connection.onnegotiationneeded = () => {
      // See Pair: after the first offer one side alone makes offers.
      if (options.polite && (!options.initiator || this.answered)) return;
      this.#batches.restart();
      void this.#guard(this.#negotiation.negotiate());
    };
    this.connection.onicecandidate = ({ candidate }) => candidate && this.#batches.add(candidate);
    this.connection.onicegatheringstatechange = () =>
      this.connection.iceGatheringState === 'complete' && this.#batches.flush();
    this.connection.onconnectionstatechange = () => {
      revive(this.connection);
      options.onState();
    };
    this.connection.oniceconnectionstatechange = () => options.onState();
    if (options.initiator) this.#makeTransceivers();
  }

  /** What arrives, once there are transceivers for it. */
  get tracks(): Record<Slot, MediaStreamTrack> | undefined {
    const { microphone, camera, screen, screenAudio } = this.#transceivers;
    if (!microphone || !camera || !screen || !screenAudio) return undefined;
    return {
      microphone: microphone.receiver.track,
      camera: camera.receiver.track,
      screen: screen.receiver.track,
      screenAudio: screenAudio.receiver.track,
    };
  }

  /** True once an answer or offer of the other side has been set. */
  get answered(): boolean {
    return this.connection.remoteDescription !== null;
  }

  get channelOpen(): boolean {
    return this.#channel?.readyState === 'open';
  }

  receive({ offerId, description }: Description): Promise<void> {
    if (!descriptionHasFingerprint(description.sdp, this.#options.fingerprint)) {
      this.#options.onMismatch();
      return Promise.resolve();
    }
    return this.#guard(this.#negotiation.receive({ offerId, description }));
  }

  receiveCandidates({ candidates }: Candidates): Promise<void> {
    return this.#guard(this.#negotiation.receiveCandidates(candidates));
  }

  /** What is sent in `slot` from now on; null for nothing. Never renegotiates. */
  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#wanted[slot] = track;
    this.#apply(slot);
  }

  /** How much of my camera is sent from now on. */
  setLimit(limit: VideoLimit): void {
    if (limit === this.#limit) return;
    this.#limit = limit;
    this.#applyLimit('camera');
  }

  /** No more sound than is needed, from now on. Stops the page for as long as parameters take. */
  limitSound(): void {
    for (const slot of ['microphone', 'screenAudio'] as const) this.#applyLimit(slot);
  }

  /** None for now; or whole ones of all that I send: the other side may have lost what the next ones build upon. */
  setPictures(wanted: 'held' | 'renewed'): void {
    for (const slot of ['camera', 'screen'] as const) {
      const sender = this.sender(slot);
      const wasHeld = this.#held.delete(slot);
      // Parameters are dear; but what was held must not stay so, also where it was switched off meanwhile.
      if (!sender || !(wasHeld || this.#applied[slot])) continue;
      if (wanted === 'held') this.#held.add(slot);
      void (wanted === 'held' ? holdVideo(sender) : sendKeyFrame(sender));
    }
  }

  sender(slot: Slot): RTCRtpSender | undefined {
    return this.#transceivers[slot]?.sender;
  }

  receiver(slot: Slot): RTCRtpReceiver | undefined {
    return this.#transceivers[slot]?.receiver;
  }

  /** False where the channel is not there to take it. */
  send(text: string): boolean {
    const channel = this.#channel;
    if (channel?.readyState !== 'open' || channel.bufferedAmount > MAX_BUFFERED) return false;
    try {
      channel.send(text);
      return true;
    } catch {
      // Longer than the other side takes (262,144 bytes in Chromium), or closing since a moment ago.
      return false;
    }
  }

  /** Where it may go from the next restart on, also of one that the other side offers. */
  configure(configuration: RTCConfiguration): void {
    this.connection.setConfiguration(configuration);
  }

  /** New ICE credentials and a new offer, over whatever path signals still have. */
  restart(configuration: RTCConfiguration): void {
    this.configure(configuration);
    this.connection.restartIce();
  }

  /** The last offer again, where it is still unanswered. */
  resend(): Promise<void> {
    return this.#guard(this.#negotiation.resend());
  }

  close(): void {
    this.#closed = true;
    this.#batches.close();
    this.connection.onnegotiationneeded = null;
    this.connection.onicecandidate = null;
    this.connection.onicegatheringstatechange = null;
    this.connection.onconnectionstatechange = null;
    this.connection.oniceconnectionstatechange = null;
    if (this.#channel) this.#channel.onopen = this.#channel.onclose = this.#channel.onmessage = null;
    this.connection.close();
  }

  #makeTransceivers(): void {
    for (const slot of SLOTS) {
      this.#setTransceiver(slot, this.connection.addTransceiver(KIND[slot], { direction: 'sendrecv' }));
    }
    this.#openChannel();
    if (this.tracks) this.#options.onTracks(this.tracks);
  }

  /** The other side's first offer has made the transceivers; they send as well from the answer on. */
  #adoptTransceivers(): void {
    if (this.#channel) return;
    const transceivers = this.connection.getTransceivers();
    for (const [at, slot] of SLOTS.entries()) {
      const transceiver = transceivers[at];
      if (transceiver?.receiver.track.kind !== KIND[slot]) throw new TypeError('the offer is not of four known slots');
      transceiver.direction = 'sendrecv';
      this.#setTransceiver(slot, transceiver);
    }
    this.#openChannel();
    if (this.tracks) this.#options.onTracks(this.tracks);
  }

  #setTransceiver(slot: Slot, transceiver: RTCRtpTransceiver): void {
    this.#transceivers[slot] = transceiver;
    if (slot === 'microphone') preferRed(transceiver);
    this.#apply(slot);
  }

  #openChannel(): void {
    // Negotiated on both sides: no open message, no race; ordered, because state and chat are.
    const channel = this.connection.createDataChannel('snug', { negotiated: true, id: 0, ordered: true });
    channel.onopen = () => {
      // Firefox lists encodings only once negotiated.
      this.#applyLimit('camera');
      this.#options.onChannel('open');
    };
    channel.onclose = () => this.#options.onChannel('closed');
    channel.onmessage = ({ data }) => typeof data === 'string' && this.#options.onText(data);
    this.#channel = channel;
  }

  #apply(slot: Slot): void {
    const sender = this.#transceivers[slot]?.sender;
    const track = this.#wanted[slot];
    // Not `sender.track`: it changes when the replacement is done, and until then says what no longer holds.
    if (!sender || track === undefined || (this.#applied[slot] ?? null) === track) return;
    this.#applied[slot] = track;
    // Rejects only after close() or for a track of another kind, which SLOTS rules out.
    sender.replaceTrack(track).catch(() => undefined);
    // The scale follows from the new picture's height; that of a microphone is the same whether it sends or not.
    if (slot !== 'microphone') this.#applyLimit(slot);
  }

  /** Of a picture once there is one: parameters are dear, and everyone who comes changes the limit of all. */
  #applyLimit(slot: Slot): void {
    const sender = this.sender(slot);
    const sent = this.#applied[slot] ? 'something' : 'nothing';
    if (!sender || slot === 'screen') return;
    if (slot !== 'camera') void limitSound(sender, soundLimit(slot, sent));
    else if (this.#limit && sent === 'something') void limitVideo(sender, this.#limit);
  }

  async #sendDescription(type: 'offer' | 'answer', offerId: number): Promise<void> {
    if (type === 'offer') await gathered(this.connection, GATHER_WAIT);
    // While it waited, a collision may have rolled this offer back; beside an answer to repeat, an offer may be pending.
    const local = type === 'offer' ? this.connection.pendingLocalDescription : this.connection.currentLocalDescription;
    if (this.#closed || local?.type !== type || local.sdp.length > TEXT_LIMITS.sdp) return;
    this.#batches.descriptionSent();
    const sdp = type === 'offer' ? withDtlsRole(local.sdp, this.connection) : local.sdp;
    this.#options.onSignal({ type: 'description', epoch: this.epoch, offerId, description: { type, sdp } });
  }

  async #guard(work: Promise<void>): Promise<void> {
    try {
      await work;
    } catch (error) {
      if (this.#closed) return;
      console.debug('negotiation failed:', (error as Error).name);
      this.#options.onBroken();
    }
  }
}
