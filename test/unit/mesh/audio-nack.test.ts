import { describe, expect, it } from 'vitest';
import { setLocalDescription, withAudioNack, type Describable } from '../../../web/mesh/audio-nack.ts';

/** The lines of Chromium 156 that matter. */
const CHROMIUM = [
  'm=audio 9 UDP/TLS/RTP/SAVPF 63 111 9',
  'a=rtpmap:63 red/48000/2',
  'a=rtcp-fb:63 transport-cc',
  'a=rtpmap:111 opus/48000/2',
  'a=rtcp-fb:111 transport-cc',
  'a=rtpmap:9 G722/8000',
  'm=video 9 UDP/TLS/RTP/SAVPF 96',
  'a=rtpmap:96 VP8/90000',
  'a=rtcp-fb:96 transport-cc',
  'a=rtcp-fb:96 nack',
  '',
].join('\r\n');
const FIREFOX = ['m=audio 9 UDP/TLS/RTP/SAVPF 109', 'a=rtpmap:109 opus/48000/2', ''].join('\r\n');

const added = (sdp: string) =>
  withAudioNack(sdp)
    .split('\r\n')
    .filter((line) => !sdp.includes(line));

describe('retransmission of audio', () => {
  it('is asked for Opus and RED alone, once', () => {
    expect(added(CHROMIUM)).toEqual(['a=rtcp-fb:63 nack', 'a=rtcp-fb:111 nack']);
    expect(withAudioNack(withAudioNack(CHROMIUM))).toBe(withAudioNack(CHROMIUM));
  });

  it('leaves a description of another browser as it is', () => {
    expect(withAudioNack(FIREFOX)).toBe(FIREFOX);
  });
});

/** A connection that makes `sdp`, and what it was given to set. */
function connection(sdp: string, refuses: 'nothing' | 'changes' | 'making' = 'nothing') {
  const set: (string | undefined)[] = [];
  const make = (type: 'offer' | 'answer') =>
    refuses === 'making' ? Promise.reject(new DOMException('', 'InvalidStateError')) : Promise.resolve({ type, sdp });
  const fake = {
    signalingState: 'stable',
    createOffer: () => make('offer'),
    createAnswer: () => make('answer'),
    setLocalDescription: (description?: { type: string; sdp?: string }) => {
      if (description && refuses === 'changes') return Promise.reject(new DOMException('', 'InvalidModificationError'));
      set.push(description && `${description.type} ${added(sdp).every((line) => description.sdp?.includes(line))}`);
      return Promise.resolve();
    },
  };
  return { fake: fake as unknown as Describable & { signalingState: string }, set };
}

describe('the local description', () => {
  it('is the offer or the answer that is due, with it', async () => {
    const { fake, set } = connection(CHROMIUM);
    await setLocalDescription(fake);
    await setLocalDescription(Object.assign(fake, { signalingState: 'have-remote-offer' as const }));
    expect(set).toEqual(['offer true', 'answer true']);
  });

  it.each([
    ['it has no codec for it', FIREFOX, 'nothing'],
    ['the browser refuses changes', CHROMIUM, 'changes'],
    ['the state has changed meanwhile', CHROMIUM, 'making'],
  ] as const)('is the browser’s own where %s', async (_, sdp, refuses) => {
    const { fake, set } = connection(sdp, refuses);
    await setLocalDescription(fake);
    expect(set).toEqual([undefined]);
  });
});
