/**
 * W3C perfect negotiation (https://w3c.github.io/webrtc-pc/#perfect-negotiation-example) for one connection, apart from all else.
 * The flags keep the specification's names, so that it can be checked line by line. Added to it: offers are numbered, so that
 * a late answer to an older offer is dropped; candidates wait for the description that their ufrag belongs to; and descriptions
 * are taken one after the other, each with its answer, because here they come by two paths, doubled and close together. With
 * that, no offer can meet an answer that is still being set: the third flag, isSettingRemoteAnswerPending, has nothing to say.
 * Refuses to know transceivers, channels and how a message travels.
 */
import type { Candidates, Description } from '../protocol.ts';

/** What negotiation needs of an RTCPeerConnection; tests pass a fake that models rollback. */
export type Negotiable = Pick<
  RTCPeerConnection,
  'signalingState' | 'currentLocalDescription' | 'remoteDescription' | 'setRemoteDescription' | 'addIceCandidate'
>;

export interface NegotiationOptions {
  connection: Negotiable;
  /** The polite side gives way in a collision of offers. */
  polite: boolean;
  /** Sets the offer or answer that the connection's state asks for. */
  describe: () => Promise<void>;
  /** Hands over the pending offer or the current answer. May wait a moment for candidates to gather. */
  send: (type: 'offer' | 'answer', offerId: number) => Promise<void> | void;
  /** After a remote offer has been set and before it is answered. */
  onOffered: () => void;
}

type Candidate = Candidates['candidates'][number];

/** Candidates kept for a description that has not come yet; more than that are no honest browser's. */
const MAX_WAITING_CANDIDATES = 200;

export class Negotiation {
  readonly #options: NegotiationOptions;
  #makingOffer = false;
  #ignoreOffer = false;
  /** The descriptions received so far, being taken. */
  #taking: Promise<unknown> = Promise.resolve();
  /** My latest offer, and the latest that I have seen of the other side. */
  #offerId = 0;
  #remoteOfferId = 0;
  /** The offer that my local description answers. */
  #answeredId = 0;
  #waiting: Candidate[] = [];

  constructor(options: NegotiationOptions) {
    this.#options = options;
  }

  /** To be called on `negotiationneeded`. */
  async negotiate(): Promise<void> {
    const { connection, describe, send } = this.#options;
    this.#makingOffer = true;
    try {
      await describe();
      // A remote offer may have been set while this one was being made: then it is an answer that stands here.
      if (connection.signalingState !== 'have-local-offer') return;
      this.#offerId += 1;
    } finally {
      this.#makingOffer = false;
    }
    await send('offer', this.#offerId);
  }

  /** A description of the other side. Rejects where the browser refuses it: the connection must then be rebuilt. */
  receive(message: Pick<Description, 'offerId' | 'description'>): Promise<void> {
    const taken = this.#taking.then(() => this.#take(message));
    this.#taking = taken.catch(() => undefined);
    return taken;
  }

  async #take({ offerId, description }: Pick<Description, 'offerId' | 'description'>): Promise<void> {
    const { connection, polite, describe, send, onOffered } = this.#options;
    if (description.type === 'answer') {
      if (offerId !== this.#offerId || connection.signalingState !== 'have-local-offer') return;
    } else if (offerId <= this.#remoteOfferId) {
      await this.#answerAgain(offerId);
      return;
    }

    const readyForOffer = !this.#makingOffer && connection.signalingState === 'stable';
    const offerCollision = description.type === 'offer' && !readyForOffer;
    this.#ignoreOffer = !polite && offerCollision;
    if (this.#ignoreOffer) return;

    if (description.type === 'offer') this.#remoteOfferId = offerId;
    await connection.setRemoteDescription(description);
    await this.#addWaiting();
    if (description.type === 'offer') {
      onOffered();
      await describe();
      this.#answeredId = offerId;
      await send('answer', offerId);
    }
  }

  /** Sends the unanswered offer again: it, or its answer, was lost on the way. */
  async resend(): Promise<void> {
    if (this.#options.connection.signalingState === 'have-local-offer')
      await this.#options.send('offer', this.#offerId);
  }

  /** Candidates of the other side, in any order with its descriptions. */
  async receiveCandidates(candidates: Candidate[]): Promise<void> {
    this.#waiting.push(...candidates);
    this.#waiting.splice(0, this.#waiting.length - MAX_WAITING_CANDIDATES);
    await this.#addWaiting();
  }

  async #answerAgain(offerId: number): Promise<void> {
    const { connection, send } = this.#options;
    // The current description, whatever offer of mine is pending: the impolite side ignores mine until its own is answered.
    const answered = connection.currentLocalDescription?.type === 'answer';
    // While a newer offer is being set, what stands here answers an older one.
    if (answered && offerId === this.#answeredId && offerId === this.#remoteOfferId) await send('answer', offerId);
  }

  async #addWaiting(): Promise<void> {
    const { connection } = this.#options;
    const sdp = connection.remoteDescription?.sdp;
    if (sdp === undefined) return;
    const current = this.#waiting.filter((candidate) => belongsTo(candidate, sdp));
    this.#waiting = this.#waiting.filter((candidate) => !belongsTo(candidate, sdp));
    for (const candidate of current) {
      try {
        await connection.addIceCandidate(candidate);
      } catch (error) {
        // A candidate of an offer that I ignored is expected to fail; any other failing one costs its own path only.
        if (!this.#ignoreOffer) console.debug('candidate refused by the browser:', (error as Error).name);
      }
    }
  }
}

function belongsTo(candidate: Candidate, sdp: string): boolean {
  const ufrag = candidate.usernameFragment;
  return ufrag === null || sdp.includes(`a=ice-ufrag:${ufrag}\r\n`) || sdp.includes(`a=ice-ufrag:${ufrag}\n`);
}
