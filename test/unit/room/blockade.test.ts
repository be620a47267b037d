import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Blockade } from '../../../web/room/blockade.ts';

/** What the network does with a WebSocket. */
let sockets: 'opens' | 'refuses' | 'swallows';
let answers: boolean;
const asked = vi.fn<(url: string) => void>();

class Socket {
  onopen: (() => void) | null = null;
  onclose: (() => void) | null = null;

  constructor(url: string) {
    asked(url);
    if (sockets === 'swallows') return;
    setTimeout(() => (sockets === 'opens' ? this.onopen?.() : this.onclose?.()), 50);
  }

  close(): void {
    this.onclose?.();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('WebSocket', Socket);
  vi.stubGlobal('fetch', (url: string) => {
    asked(url);
    return answers ? Promise.resolve({ ok: true }) : Promise.reject(new TypeError('no network'));
  });
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  asked.mockReset();
});

/** How often it was told, 10 s after the room's socket was lost. */
async function toldOf(network: { answers: boolean; sockets: typeof sockets }, after = 10_000): Promise<number> {
  ({ answers, sockets } = network);
  const onBlocked = vi.fn<() => void>();
  const blockade = new Blockade('https://snug.test', onBlocked);
  blockade.signaling('connecting');
  blockade.signaling('retrying');
  await vi.advanceTimersByTimeAsync(after);
  blockade.signaling('open');
  await vi.advanceTimersByTimeAsync(10_000);
  return onBlocked.mock.calls.length;
}

it('[15] is a network that answers, and refuses or swallows every WebSocket', async () => {
  expect(await toldOf({ answers: true, sockets: 'refuses' })).toBe(1);
  expect(await toldOf({ answers: true, sockets: 'swallows' })).toBe(1);
  expect(asked.mock.calls.flat().slice(0, 2)).toEqual(['https://snug.test/api/health', 'wss://snug.test/api/health']);
});

it('[15] is neither no network at all nor a room alone that is out of reach', async () => {
  expect(await toldOf({ answers: false, sockets: 'refuses' })).toBe(0);
  expect(await toldOf({ answers: true, sockets: 'opens' })).toBe(0);
});

it('is not told of once the room is back, nor asked within 2 s', async () => {
  expect(await toldOf({ answers: true, sockets: 'swallows' }, 3_000)).toBe(0);
  asked.mockReset();
  expect(await toldOf({ answers: true, sockets: 'refuses' }, 1_900)).toBe(0);
  expect(asked).not.toHaveBeenCalled();
});
