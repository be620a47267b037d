/** A WebSocket whose other end is the test. Refuses to know the protocol spoken on it. */
import { vi } from 'vitest';

type Handler<Event> = ((event: Event) => void) | null;

export class FakeSocket {
  static readonly CONNECTING = 0;
  static readonly OPEN = 1;
  static readonly CLOSING = 2;
  static readonly CLOSED = 3;
  static made: FakeSocket[] = [];
  readonly url: string;
  readyState = 0;
  onopen: Handler<Event> = null;
  onmessage: Handler<{ data: unknown }> = null;
  onclose: Handler<{ code: number; reason: string }> = null;
  readonly sent: string[] = [];
  /** What the page closed it with; `null` for a plain close. */
  closedWith: number | null | undefined;

  constructor(url: string) {
    this.url = url;
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    if (this.readyState === FakeSocket.CONNECTING) throw new DOMException('still connecting', 'InvalidStateError');
    if (this.readyState === FakeSocket.OPEN) this.sent.push(text);
  }

  close(code?: number): void {
    if (code !== undefined && code !== 1000 && (code < 3000 || code > 4999)) {
      throw new DOMException('a page may not close with this', 'InvalidAccessError');
    }
    this.closedWith ??= code ?? null;
    if (this.readyState < FakeSocket.CLOSING) this.readyState = FakeSocket.CLOSING;
  }

  /** The server has accepted. */
  open(): void {
    this.readyState = FakeSocket.OPEN;
    this.onopen?.(new Event('open'));
  }

  /** The server says something. */
  say(message: unknown): void {
    if (this.readyState !== FakeSocket.OPEN) return;
    this.onmessage?.({ data: typeof message === 'object' ? JSON.stringify(message) : message });
  }

  /** The connection ends from the other side. */
  end(code: number, reason = ''): void {
    if (this.readyState === FakeSocket.CLOSED) return;
    this.readyState = FakeSocket.CLOSED;
    this.onclose?.({ code, reason });
  }
}

/** Plain requests to the server: what became of each is the test's to say. */
export class FakeKnock {
  static made: FakeKnock[] = [];
  readonly answer: (ok: boolean) => void;
  readonly refuse: () => void;
  readonly signal: AbortSignal;
  readonly response: Promise<{ ok: boolean }>;

  constructor(signal: AbortSignal) {
    const { promise, resolve, reject } = Promise.withResolvers<{ ok: boolean }>();
    this.response = promise;
    this.signal = signal;
    this.answer = (ok) => resolve({ ok });
    this.refuse = () => reject(new TypeError('Failed to fetch'));
    signal.addEventListener('abort', () => reject(signal.reason as Error));
    FakeKnock.made.push(this);
  }
}

/** To be undone with `vi.unstubAllGlobals`. */
export function installSocket(): void {
  FakeSocket.made = [];
  FakeKnock.made = [];
  vi.stubGlobal('WebSocket', FakeSocket);
  vi.stubGlobal('fetch', (_: string, { signal }: { signal: AbortSignal }) => new FakeKnock(signal).response);
}
