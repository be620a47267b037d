/**
 * Everything that passes through the room, as one page's sockets carried it, read as an operator could read it.
 * Refuses to know what a test looks for.
 */
import type { Page } from '@playwright/test';
import { constants, inflateRawSync } from 'node:zlib';

export interface WireFrame {
  direction: 'sent' | 'received';
  text: string;
  /** `type` of a JSON message; the bare text for a ping and its answer. */
  type: string;
}

export class Wire {
  /** In order, pings and their answers included. */
  readonly frames: WireFrame[] = [];
  /** Addresses of every socket and request, as the server sees them: without fragments. */
  readonly addresses: string[] = [];

  constructor(page: Page) {
    page.on('request', (request) => this.addresses.push(request.url().split('#')[0] ?? ''));
    page.on('websocket', (socket) => {
      this.addresses.push(socket.url());
      socket.on('framesent', ({ payload }) => this.#keep('sent', payload));
      socket.on('framereceived', ({ payload }) => this.#keep('received', payload));
    });
  }

  #keep(direction: WireFrame['direction'], payload: string | Buffer): void {
    const text = payload.toString('latin1');
    this.frames.push({ direction, text, type: typeOf(text) });
  }

  /** How many messages of each type went each way, pings left out: `{'sent enter': 1, …}`. */
  counts({ from = 0 } = {}): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const { direction, type } of this.frames.slice(from)) {
      if (type === 'p' || type === 'q') continue;
      counts[`${direction} ${type}`] = (counts[`${direction} ${type}`] ?? 0) + 1;
    }
    return counts;
  }

  /**
   * All of it in one text, as a curious operator would try to read it: as sent, every base64url field decoded to bytes, and
   * those bytes inflated wherever a deflated text may begin.
   */
  readable(): string {
    const raw = [...this.addresses, ...this.frames.map(({ text }) => text)].join('\n');
    const fields = [...raw.matchAll(/[A-Za-z0-9_-]{16,}/g)].map(([field]) => Buffer.from(field, 'base64url'));
    const texts = fields.flatMap((bytes) => [bytes.toString('latin1'), ...inflated(bytes)]);
    return [raw, ...texts].join('\n');
  }
}

/** Bytes before which no header of ours would end. */
const LONGEST_HEADER = 80;

function inflated(bytes: Buffer): string[] {
  const texts: string[] = [];
  for (let at = 0; at < Math.min(bytes.length, LONGEST_HEADER); at += 1) {
    try {
      texts.push(inflateRawSync(bytes.subarray(at), { finishFlush: constants.Z_SYNC_FLUSH }).toString('latin1'));
    } catch {
      // No deflated text begins here.
    }
  }
  return texts;
}

function typeOf(text: string): string {
  try {
    const message: unknown = JSON.parse(text);
    return typeof message === 'object' && message !== null && 'type' in message ? String(message.type) : text;
  } catch {
    return text;
  }
}
