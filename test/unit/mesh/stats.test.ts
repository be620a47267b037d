import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { isRelayed, lastPacket, receivedLoudness, sentPicture } from '../../../web/mesh/stats.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['performance'] }));
afterEach(() => void vi.useRealTimers());

/** A receiver whose readings take so many milliseconds. */
function receiver({ takes = 0 } = {}) {
  let packets = 0;
  const getSynchronizationSources = vi.fn(() => {
    vi.advanceTimersByTime(takes);
    packets += 1;
    return [{ rtpTimestamp: packets * 960, audioLevel: packets / 10 }];
  });
  // As much of a receiver as is read.
  const made = { getSynchronizationSources } as unknown as RTCRtpReceiver;
  return { made, readings: () => getSynchronizationSources.mock.calls.length };
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

it('parameters, which stop the page as well, are read only of what sends pictures', () => {
  const getParameters = vi.fn(() => ({ encodings: [{ maxFramerate: 20 }] }));
  const sender = { track: { id: 'camera' }, getParameters } as unknown as RTCRtpSender;
  const statistics = (targetBitrate: number) =>
    new Map<string, object>([
      ['sent', { type: 'outbound-rtp', mediaSourceId: 'source', targetBitrate, framesPerSecond: 10 }],
      ['source', { type: 'media-source', trackIdentifier: 'camera', framesPerSecond: 30 }],
    ]) as unknown as RTCStatsReport;
  expect([sentPicture(statistics(0), sender), getParameters.mock.calls.length]).toEqual([undefined, 0]);
  expect(sentPicture(statistics(30_000), sender)).toEqual({ limitedBy: undefined, target: 30_000, frames: 0.5 });
});

it.each([
  ['relayed', 'host', 'relay', ''],
  ['relayed', 'relay', 'host', ''],
  ['direct', 'host', 'host', ''],
  ['direct', 'host', 'prflx', 'a=candidate:1 1 udp 1 198.18.3.2 5000 typ host'],
  ['direct', 'host', 'prflx', 'a=candidate:1 1 udp 1 198.18.1.2 5001 typ relay raddr 198.18.3.2 rport 5000'],
  ['relayed', 'host', 'prflx', 'a=candidate:1 1 udp 1 198.18.1.2 5000 typ relay raddr 198.18.3.2 rport 5000'],
])('%s is the way from %s to %s of which they said “%s”', (route, mine, theirs, sdp) => {
  const stats = new Map<string, object>([
    ['t', { type: 'transport', selectedCandidatePairId: 'p' }],
    ['p', { type: 'candidate-pair', localCandidateId: 'l', remoteCandidateId: 'r' }],
    ['l', { type: 'local-candidate', candidateType: mine, address: '198.18.4.2', port: 6000 }],
    ['r', { type: 'remote-candidate', candidateType: theirs, address: '198.18.1.2', port: 5000 }],
  ]);
  expect(isRelayed(stats, sdp) ? 'relayed' : 'direct').toBe(route);
});
