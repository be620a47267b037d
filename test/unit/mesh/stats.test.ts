import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { lastPacket, receivedLoudness } from '../../../web/mesh/stats.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A receiver whose readings take so many milliseconds. */
function receiver({ takes = 0, transport }: { takes?: number; transport?: { state: string } } = {}) {
  let packets = 0;
  const getSynchronizationSources = vi.fn(() => {
    vi.advanceTimersByTime(takes);
    packets += 1;
    return [{ rtpTimestamp: packets * 960, audioLevel: packets / 10 }];
  });
  const made = { getSynchronizationSources, transport };
  // As much of a receiver as is read.
  return { made: made as unknown as RTCRtpReceiver, readings: () => getSynchronizationSources.mock.calls.length };
}

it('one reading serves all who ask within 45 ms, and no longer', () => {
  const { made, readings } = receiver();
  expect([lastPacket(made), receivedLoudness(made), lastPacket(made)]).toEqual([960, 0.1, 960]);
  vi.advanceTimersByTime(44);
  expect([receivedLoudness(made), readings()]).toEqual([0.1, 1]);
  vi.advanceTimersByTime(1);
  expect([lastPacket(made), readings()]).toEqual([1920, 2]);
});

it('where a reading takes long it serves for 95 ms', () => {
  const { made, readings } = receiver({ takes: 5 });
  lastPacket(made);
  vi.advanceTimersByTime(89);
  expect([lastPacket(made), readings()]).toEqual([960, 1]);
  vi.advanceTimersByTime(1);
  expect([lastPacket(made), readings()]).toEqual([1920, 2]);
});

it('of a connection that is coming up nothing is read, and then at once', () => {
  const transport = { state: 'new' };
  const { made, readings } = receiver({ transport });
  expect([lastPacket(made), receivedLoudness(made)]).toEqual([undefined, 0]);
  transport.state = 'connecting';
  expect([lastPacket(made), readings()]).toEqual([undefined, 0]);
  transport.state = 'connected';
  expect([lastPacket(made), readings()]).toEqual([960, 1]);
});
