/** A data channel negotiated on both sides: ordered and reliable while its connection lives. Refuses to know the path. */
import type { FakeConnection } from './fake-connection.ts';

export class FakeChannel {
  readonly connection: FakeConnection;
  readyState: RTCDataChannelState = 'connecting';
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  readonly #waiting: string[] = [];

  constructor(connection: FakeConnection) {
    this.connection = connection;
  }

  get bufferedAmount(): number {
    return this.#waiting.reduce((sum, text) => sum + text.length, 0);
  }

  send(text: string): void {
    if (this.readyState !== 'open') throw new DOMException('the channel is not open', 'InvalidStateError');
    if (new TextEncoder().encode(text).length > 262_144) throw new TypeError('longer than the other side takes');
    this.#waiting.push(text);
    this.connection.internet.deliver(this);
  }

  /** What waits to be sent; it waits no more. */
  take(): string[] {
    return this.#waiting.splice(0);
  }

  receive(text: string): void {
    if (this.readyState === 'open') this.onmessage?.({ data: text });
  }

  open(): void {
    if (this.readyState !== 'connecting') return;
    this.readyState = 'open';
    this.onopen?.();
  }

  close(): void {
    if (this.readyState === 'closed') return;
    this.readyState = 'closed';
    this.onclose?.();
  }
}
