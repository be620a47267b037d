import { expect, it, vi } from 'vitest';
import { revive } from '../../../web/mesh/revival.ts';

const HOST = 'candidate:1 1 udp 2122260223 198.18.2.2 50000 typ host generation 0 ufrag abcd network-cost 999';
const MAPPED = 'candidate:842163049 1 udp 1686052607 203.0.113.5 50000 typ srflx raddr 0.0.0.0 rport 0 ufrag abcd';
const rest = (candidate: string) => candidate.slice(candidate.indexOf(' '));

/** As Chromium does, it keeps what it is told in the first section of the description. */
class Failing {
  connectionState: RTCPeerConnectionState = 'failed';
  iceConnectionState: RTCIceConnectionState = 'disconnected';
  told: string[] = [HOST, MAPPED];
  readonly addIceCandidate = vi.fn((given?: RTCIceCandidateInit | null) => {
    this.told.push(given?.candidate ?? '');
    return Promise.resolve();
  });

  get currentRemoteDescription() {
    const lines = this.told.map((candidate) => `a=${candidate}\r\n`).join('');
    const sdp = `v=0\r\na=group:BUNDLE 0 1\r\nm=audio 9\r\n${lines}a=mid:0\r\nm=video 9\r\na=${HOST}\r\na=mid:1\r\n`;
    return { sdp };
  }
}

function foundations(connection: Failing) {
  return connection.told.map((candidate) => /^candidate:(\S+) /.exec(candidate)?.[1]);
}

it('tells every candidate of the other side again, with a foundation that it has not had', () => {
  const connection = new Failing();
  revive(connection);
  expect(connection.told.slice(2).map(rest)).toEqual([HOST, MAPPED].map(rest));
  expect(new Set(foundations(connection)).size).toBe(4);
  expect(connection.addIceCandidate.mock.calls.map(([given]) => given?.sdpMLineIndex)).toEqual([0, 0]);
});

it('after the next failure as well, and each once however often it was told', () => {
  const connection = new Failing();
  for (let failure = 0; failure < 3; failure += 1) revive(connection);
  expect(connection.told.slice(6).map(rest)).toEqual([HOST, MAPPED].map(rest));
  expect(new Set(foundations(connection)).size).toBe(8);
});

it.each(['new', 'connecting', 'connected', 'disconnected', 'closed'] as const)('leaves what is %s alone', (state) => {
  const connection = new Failing();
  connection.connectionState = state;
  revive(connection);
  expect(connection.addIceCandidate).not.toHaveBeenCalled();
});

it('leaves alone what Firefox has given up, and what never came up', () => {
  const connection = new Failing();
  connection.iceConnectionState = 'failed';
  revive(connection);
  expect(connection.addIceCandidate).not.toHaveBeenCalled();
});

it('does without a description, and with candidates that the browser refuses', async () => {
  const connection = new Failing();
  connection.addIceCandidate.mockRejectedValueOnce(new DOMException('', 'OperationError'));
  expect(() => {
    revive({ ...connection, currentRemoteDescription: null });
    revive(connection);
  }).not.toThrow();
  await new Promise((resolve) => setTimeout(resolve));
});
