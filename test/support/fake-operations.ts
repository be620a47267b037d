/**
 * The states, the chain of operations and the negotiation-needed flag of a connection (W3C WebRTC §4.4.1.2 and §4.7.3).
 * Refuses to know what the operations do.
 */
import type { FakeInternet } from './fake-internet.ts';

export abstract class FakeOperations extends EventTarget {
  readonly internet: FakeInternet;
  signalingState: RTCSignalingState = 'stable';
  iceGatheringState: RTCIceGatheringState = 'new';
  connectionState: RTCPeerConnectionState = 'new';
  iceConnectionState: RTCIceConnectionState = 'new';
  onnegotiationneeded: (() => void) | null = null;
  onicecandidate: ((event: { candidate: unknown }) => void) | null = null;
  onicegatheringstatechange: (() => void) | null = null;
  onconnectionstatechange: (() => void) | null = null;
  oniceconnectionstatechange: (() => void) | null = null;
  /** Every operation that was refused, by the error's name. */
  readonly refused: string[] = [];
  #chain: Promise<unknown> = Promise.resolve();
  #operations = 0;
  #updateWhenIdle = false;
  #negotiationNeeded = false;

  constructor(internet: FakeInternet) {
    super();
    this.internet = internet;
  }

  get closed(): boolean {
    return this.signalingState === 'closed';
  }

  protected abstract isNegotiationNeeded(): boolean;

  /** A description that nobody sets as it is: without codecs there is nothing to change in it. */
  async createOffer(): Promise<{ type: 'offer'; sdp: string }> {
    await this.operation(() => undefined);
    return { type: 'offer', sdp: '' };
  }

  async createAnswer(): Promise<{ type: 'answer'; sdp: string }> {
    await this.operation(() => undefined);
    return { type: 'answer', sdp: '' };
  }

  /** Runs `work` after everything that was begun before it. */
  protected operation(work: () => void): Promise<void> {
    if (this.closed) return Promise.reject(invalidState('closed'));
    this.#operations += 1;
    const result = this.#chain.then(async () => {
      await new Promise((resolve) => setTimeout(resolve, this.internet.operationDelay));
      // After close an operation's promise is never settled.
      if (this.closed) await new Promise(() => undefined);
      try {
        work();
      } catch (error) {
        this.refused.push(error instanceof DOMException ? error.name : 'TypeError');
        throw error;
      } finally {
        this.#operations -= 1;
        if (this.#operations === 0 && this.#updateWhenIdle) this.updateNegotiationNeeded();
      }
    });
    this.#chain = result.catch(() => undefined);
    return result;
  }

  /** Stable again: whatever was needed before is to be found anew. */
  protected negotiationMayBeNeeded(): void {
    this.#negotiationNeeded = false;
    this.updateNegotiationNeeded();
  }

  protected updateNegotiationNeeded(): void {
    this.#updateWhenIdle = this.#operations > 0;
    if (this.#updateWhenIdle) return;
    setTimeout(() => {
      if (this.closed) return;
      this.#updateWhenIdle = this.#operations > 0;
      if (this.#updateWhenIdle || this.signalingState !== 'stable') return;
      const needed = this.isNegotiationNeeded();
      const wasNeeded = this.#negotiationNeeded;
      this.#negotiationNeeded = needed;
      if (needed && !wasNeeded) this.onnegotiationneeded?.();
    }, 0);
  }
}

export function invalidState(message: string): DOMException {
  return new DOMException(message, 'InvalidStateError');
}
