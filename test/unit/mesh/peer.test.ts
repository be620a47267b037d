import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Peer, SLOTS, type PeerOptions } from '../../../web/mesh/peer.ts';
import type { Candidates, Description } from '../../../web/protocol.ts';
import type { FakeConnection } from '../../support/fake-connection.ts';
import { FakeInternet } from '../../support/fake-internet.ts';
import { certificateOf, installWebRtc, track } from '../../support/fake-webrtc.ts';

let internet: FakeInternet;
beforeEach(() => {
  vi.useFakeTimers();
  internet = new FakeInternet();
  installWebRtc(internet);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** One end, its events, and the messages that it wants to be carried. */
function end(host: string, other: string, options: Partial<PeerOptions> = {}) {
  const sent: (Description | Candidates)[] = [];
  const events = {
    onText: vi.fn<(text: string) => void>(),
    onChannel: vi.fn<(state: 'open' | 'closed') => void>(),
    onState: vi.fn<() => void>(),
    onTracks: vi.fn<PeerOptions['onTracks']>(),
    onMismatch: vi.fn<() => void>(),
    onBroken: vi.fn<() => void>(),
  };
  const peer = new Peer({
    configuration: { certificates: [certificateOf(host).certificate] },
    epoch: 1,
    initiator: false,
    polite: false,
    fingerprint: certificateOf(other).fingerprint,
    onSignal: (message) => void sent.push(message),
    ...events,
    ...options,
  });
  const connection = internet.connections.at(-1);
  if (!connection) throw new TypeError('no connection was made');
  return { peer, connection, sent, ...events };
}

type End = ReturnType<typeof end>;

/** Carries what each says to the other for `ms` milliseconds. */
async function talk(one: End, other: End, ms = 1_000) {
  for (let time = 0; time < ms; time += 10) {
    for (const [from, to] of [
      [one, other],
      [other, one],
    ] as const) {
      for (const message of from.sent.splice(0)) {
        if (message.type === 'description') void to.peer.receive(message);
        else void to.peer.receiveCandidates(message);
      }
    }
    await pass(10);
  }
}

function pair() {
  return { ana: end('Ana', 'Bo', { initiator: true }), bo: end('Bo', 'Ana', { polite: true }) };
}

async function connected() {
  const { ana, bo } = pair();
  await talk(ana, bo);
  return { ana, bo };
}

const offerOf = ({ sent }: End) => {
  const [message] = sent.splice(0);
  if (message?.type !== 'description') throw new TypeError('no offer was sent');
  return message;
};
const kinds = ({ sent }: End) => sent.map(({ type }) => type);
const sending = ({ connection }: { connection: FakeConnection }) =>
  connection.getTransceivers().map(({ sender }) => sender.track);

describe('two peers', () => {
  it('connect with one offer of four sections and a channel, and one answer', async () => {
    const { ana, bo } = pair();
    await pass(50);
    expect(kinds(ana)).toEqual(['description']);
    const offer = offerOf(ana);
    expect(offer.description.sdp.match(/^m=\w+/gm)).toEqual([
      'm=audio',
      'm=video',
      'm=video',
      'm=audio',
      'm=application',
    ]);
    expect({ epoch: offer.epoch, offerId: offer.offerId }).toEqual({ epoch: 1, offerId: 1 });
    void bo.peer.receive(offer);
    await talk(ana, bo);
    for (const { peer, connection, onChannel, onBroken } of [ana, bo]) {
      expect(peer.channelOpen).toBe(true);
      expect(peer.answered).toBe(true);
      expect(connection.getTransceivers().map(({ direction }) => direction)).toEqual(Array(4).fill('sendrecv'));
      expect(onChannel.mock.calls).toEqual([['open']]);
      expect(onBroken).not.toHaveBeenCalled();
    }
    expect(ana.connection.offers + bo.connection.offers).toBe(1);
  });

  it('put host candidates into the offer and send the later one alone', async () => {
    const { ana } = pair();
    await pass(50);
    expect(offerOf(ana).description.sdp).toContain('typ host');
    await pass(3_000);
    expect(ana.sent).toMatchObject([{ type: 'candidates', epoch: 1, candidates: [{ sdpMid: '0' }] }]);
  });

  it('do not wait for a STUN server that does not answer', async () => {
    internet.stunDelay = Infinity;
    const { ana, bo } = pair();
    await pass(50);
    expect(kinds(ana)).toEqual(['description']);
    await talk(ana, bo, 300);
    expect([ana.peer.channelOpen, bo.peer.channelOpen]).toEqual([true, true]);
  });

  it('announce the tracks of all slots, once', async () => {
    const { ana, bo } = await connected();
    for (const { onTracks } of [ana, bo]) {
      expect(onTracks).toHaveBeenCalledTimes(1);
      const [tracks] = onTracks.mock.calls[0] ?? [];
      expect(SLOTS.map((slot) => tracks?.[slot].kind)).toEqual(['audio', 'video', 'video', 'audio']);
    }
  });

  it('prefer redundant audio for the microphone, and keep the other codecs', async () => {
    const { ana, bo } = await connected();
    for (const { connection } of [ana, bo]) {
      const [microphone, , , screenAudio] = connection.getTransceivers();
      expect(microphone?.codecs).toEqual(['audio/red', 'audio/opus', 'audio/G722']);
      expect(screenAudio?.codecs).toEqual([]);
    }
  });

  it('talk over the channel both ways', async () => {
    const { ana, bo } = await connected();
    expect([ana.peer.send('hello'), bo.peer.send('you too')]).toEqual([true, true]);
    await pass(100);
    expect([ana.onText.mock.calls, bo.onText.mock.calls]).toEqual([[['you too']], [['hello']]]);
  });

  it('[22] never renegotiate for a toggle', async () => {
    const { ana, bo } = await connected();
    for (let round = 0; round < 100; round += 1) {
      ana.peer.setTrack('camera', round % 2 === 0 ? track('video') : null);
      bo.peer.setTrack('screen', round % 2 === 0 ? track('video') : null);
      await talk(ana, bo, 20);
    }
    expect([ana.sent, bo.sent]).toEqual([[], []]);
    expect(ana.connection.offers + bo.connection.offers).toBe(1);
  });
});

describe('a track', () => {
  it('set before there is a connection is sent once there is one', async () => {
    const { ana, bo } = pair();
    const [voice, picture] = [track('audio'), track('video')];
    ana.peer.setTrack('microphone', voice);
    bo.peer.setTrack('camera', picture);
    await talk(ana, bo);
    expect([...sending(ana), ...sending(bo)]).toEqual([voice, null, null, null, null, picture, null, null]);
  });

  it('taken back before the browser has set it is not sent', async () => {
    const { ana } = await connected();
    ana.peer.setTrack('camera', track('video'));
    ana.peer.setTrack('camera', null);
    await pass(100);
    expect(sending(ana)).toEqual([null, null, null, null]);
  });

  it('taken away and given back at once is sent', async () => {
    const { ana } = await connected();
    const voice = track('audio');
    ana.peer.setTrack('microphone', voice);
    await pass(100);
    ana.peer.setTrack('microphone', null);
    ana.peer.setTrack('microphone', voice);
    await pass(100);
    expect(sending(ana)[0]).toBe(voice);
  });
});

describe('a description', () => {
  it('[30] of another certificate than the signed one is not set, and is told', async () => {
    const { ana, bo } = pair();
    await pass(50);
    const offer = offerOf(ana);
    const tampered = offer.description.sdp.replace(/(a=fingerprint:sha-256 )../, '$1FF');
    await bo.peer.receive({ ...offer, description: { type: 'offer', sdp: tampered } });
    await talk(ana, bo);
    expect([bo.onMismatch.mock.calls.length, bo.connection.signalingState]).toEqual([1, 'stable']);
    expect(bo.connection.remoteDescription).toBeNull();
    expect([ana.peer.channelOpen, bo.peer.channelOpen, bo.peer.answered]).toEqual([false, false, false]);
  });

  it('[30] is refused in an answer as well', async () => {
    const { ana, bo } = pair();
    await pass(50);
    void bo.peer.receive(offerOf(ana));
    await pass(50);
    const answer = offerOf(bo);
    const tampered = answer.description.sdp.replaceAll(/(a=fingerprint:sha-256 )../g, '$1FF');
    await ana.peer.receive({ ...answer, description: { type: 'answer', sdp: tampered } });
    expect([ana.onMismatch.mock.calls.length, ana.connection.signalingState]).toEqual([1, 'have-local-offer']);
  });

  it.each([
    ['that does not parse', (sdp: string) => sdp.replace('v=0', 'v=x')],
    ['without the four slots', (sdp: string) => sdp.replace('m=audio', 'm=video')],
    ['of fewer slots', (sdp: string) => sdp.slice(0, sdp.indexOf('m=video'))],
  ])('[28] %s says that the connection is broken', async (_, spoil) => {
    const { ana, bo } = pair();
    await pass(50);
    const offer = offerOf(ana);
    void bo.peer.receive({ ...offer, description: { type: 'offer', sdp: spoil(offer.description.sdp) } });
    await pass(100);
    expect([bo.onBroken.mock.calls.length, bo.sent]).toEqual([1, []]);
  });

  it('that the browser refuses after close breaks nothing any more', async () => {
    const { ana, bo } = pair();
    await pass(50);
    const offer = offerOf(ana);
    bo.peer.close();
    void bo.peer.receive(offer);
    await pass(100);
    expect([bo.onBroken.mock.calls, bo.sent]).toEqual([[], []]);
  });

  it('is sent again while it is unanswered, with all that was gathered since', async () => {
    const { ana, bo } = pair();
    await pass(50);
    const lost = offerOf(ana);
    expect(lost.description.sdp).not.toContain('typ srflx');
    await pass(3_000);
    ana.sent.splice(0);
    await ana.peer.resend();
    const again = offerOf(ana);
    expect(again.offerId).toBe(lost.offerId);
    expect(again.description.sdp).toContain('typ srflx');
    void bo.peer.receive(again);
    await talk(ana, bo);
    await ana.peer.resend();
    expect(ana.sent).toEqual([]);
    expect(bo.peer.channelOpen).toBe(true);
  });
});

describe('a restart', () => {
  it('brings a dead path back with new credentials and the same channel', async () => {
    const { ana, bo } = await connected();
    internet.move();
    expect(ana.peer.send('lost for now')).toBe(true);
    await pass(1_000);
    expect(bo.onText).not.toHaveBeenCalled();
    ana.peer.restart({ certificates: [certificateOf('Ana').certificate] });
    await talk(ana, bo);
    expect(bo.onText.mock.calls).toEqual([['lost for now']]);
    expect(ana.onChannel.mock.calls).toEqual([['open']]);
  });
});

describe('the channel', () => {
  it('takes nothing before it is open, nor too much, nor more than the other side takes', async () => {
    const { ana, bo } = pair();
    expect(ana.peer.send('early')).toBe(false);
    await talk(ana, bo);
    expect(ana.peer.send('x'.repeat(262_145))).toBe(false);
    internet.cut('Ana', 'Bo');
    const sent = Array.from({ length: 40 }, () => ana.peer.send('x'.repeat(200_000)));
    expect(sent.filter(Boolean).length).toBe(21);
    expect(sent.at(-1)).toBe(false);
  });
});

describe('the end of a peer', () => {
  it('leaves no timer and says nothing more', async () => {
    const { ana, bo } = await connected();
    for (const { peer, onChannel, onState } of [ana, bo]) {
      onChannel.mockClear();
      onState.mockClear();
      peer.close();
    }
    await pass(10_000);
    expect([vi.getTimerCount(), ana.sent, bo.sent]).toEqual([0, [], []]);
    expect([ana.onChannel, bo.onChannel, ana.onState, bo.onState].flatMap(({ mock }) => mock.calls)).toEqual([]);
  });
});
