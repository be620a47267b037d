import { beforeEach, expect, it, vi } from 'vitest';
import type { Peer } from '../../../web/mesh/peer.ts';
import { Vitals } from '../../../web/mesh/vitals.ts';

/** Milliseconds after which a receiver is read anew. */
const LATER = 100;

let now = 0;
let rtpTimestamp = 0;
const read = vi.fn(() => [{ rtpTimestamp, audioLevel: 0.3 }]);
const receiver = { getSynchronizationSources: read };
let rush = false;
const heard = vi.fn<(now: number) => void>();

beforeEach(() => {
  vi.useFakeTimers();
  now = rtpTimestamp = 0;
  rush = false;
  read.mockClear();
  heard.mockClear();
  return () => vi.useRealTimers();
});

function pair() {
  // As much of a peer as is looked at.
  const peer = { receiver: () => receiver, channelOpen: false } as unknown as Peer;
  return new Vitals({
    ...{ peer: () => peer, now: () => now, silent: () => false, rush: () => rush, onPacket: heard },
    ...{ onRoute: () => undefined, onHeard: () => undefined },
  });
}

function look(vitals: Vitals): void {
  now += LATER;
  vi.advanceTimersByTime(LATER);
  vitals.tick(now, 'sending');
}

it('every packet of theirs is a sign of life', () => {
  const vitals = pair();
  vitals.expect('sound');
  for (const packet of [960, 960, 1920]) {
    rtpTimestamp = packet;
    look(vitals);
  }
  expect(heard.mock.calls).toEqual([[LATER], [3 * LATER]]);
  expect(vitals.loudness).toBe(0.3);
});

it('a receiver to which nothing is sent, by their own word, or before they have said one, is not read: that stops the page', () => {
  const vitals = pair();
  for (let time = 0; time < 10; time += 1) look(vitals);
  expect(vitals.loudness).toBe(0);
  expect(read).not.toHaveBeenCalled();
  vitals.expect('sound');
  look(vitals);
  expect([vitals.loudness, heard.mock.calls]).toEqual([0.3, [[now]]]);
  vitals.expect('nothing');
  look(vitals);
  expect([vitals.loudness, read.mock.calls.length]).toEqual([0, 1]);
});

it('[6] nor is one that has not been before, while many connections are coming up', () => {
  const vitals = pair();
  vitals.expect('sound');
  rush = true;
  for (let time = 0; time < 10; time += 1) look(vitals);
  expect(read).not.toHaveBeenCalled();
  rush = false;
  look(vitals);
  expect([vitals.loudness, heard.mock.calls]).toEqual([0.3, [[now]]]);
  rush = true;
  rtpTimestamp = 960;
  look(vitals);
  expect(heard.mock.calls.at(-1)).toEqual([now]);
});

it('the last packet before they fell silent is no sign of life after it', () => {
  const vitals = pair();
  vitals.expect('sound');
  look(vitals);
  vitals.expect('nothing');
  look(vitals);
  vitals.expect('sound');
  look(vitals);
  expect(heard.mock.calls).toEqual([[LATER]]);
});
