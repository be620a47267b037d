import { describe, expect, it, vi } from 'vitest';
import { Regrowth } from '../../../web/mesh/regrowth.ts';
import { pass, stage, talk } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

/** A camera of 30 frames a second, of which 20 may be sent, and what is asked of its encoder after each look. */
function sending(regrowth = new Regrowth()) {
  let asked: string | undefined;
  const sender = {
    track: { id: 'camera' },
    getParameters: () => ({ encodings: [{ maxFramerate: 20 }] }),
    setParameters: (parameters: RTCRtpSendParameters) => {
      asked = parameters.degradationPreference;
      return Promise.resolve();
    },
  };
  const look = async (qualityLimitationReason: string, kilobits: number, framesPerSecond = 20) => {
    const sent = { qualityLimitationReason, targetBitrate: kilobits * 1000, framesPerSecond };
    const stats = new Map<string, object>([
      ['sent', { type: 'outbound-rtp', mediaSourceId: 'source', ...sent }],
      ['source', { type: 'media-source', trackIdentifier: 'camera', framesPerSecond: 30 }],
      [
        'screen',
        { type: 'outbound-rtp', mediaSourceId: 'other', targetBitrate: 1, qualityLimitationReason: 'bandwidth' },
      ],
      ['other', { type: 'media-source', trackIdentifier: 'screen', framesPerSecond: 5 }],
    ]);
    regrowth.look(sender as unknown as RTCRtpSender, stats as unknown as RTCStatsReport);
    await Promise.resolve();
    await Promise.resolve();
    return asked;
  };
  return { look, regrowth };
}

describe('a picture that is small for want of bandwidth', () => {
  it('is asked for whole once there is twice as much as there was', async () => {
    const { look } = sending();
    for (const kilobits of [40, 30, 35, 59]) expect(await look('bandwidth', kilobits)).toBeUndefined();
    expect(await look('bandwidth', 60)).toBe('maintain-resolution');
  });

  it('stays whole while its frames come', async () => {
    const { look } = sending();
    await look('bandwidth', 30);
    await look('bandwidth', 70);
    for (const kilobits of [80, 60, 200]) expect(await look('none', kilobits, 13)).toBe('maintain-resolution');
  });

  it('may be small again where they do not, and is tried again with twice as much as the last time', async () => {
    const { look } = sending();
    await look('bandwidth', 30);
    await look('bandwidth', 70);
    expect(await look('none', 100, 11)).toBe('maintain-framerate');
    expect(await look('bandwidth', 139)).toBe('maintain-framerate');
    expect(await look('bandwidth', 140)).toBe('maintain-resolution');
  });

  it('is as small as the browser makes it when bandwidth is gone again', async () => {
    const { look } = sending();
    await look('bandwidth', 30);
    await look('bandwidth', 300);
    expect(await look('none', 30, 4)).toBe('maintain-framerate');
    expect(await look('bandwidth', 20, 15)).toBe('maintain-framerate');
    expect(await look('bandwidth', 40, 15)).toBe('maintain-resolution');
  });

  it('may be small again where the processor is short: then frames are given up before they are counted', async () => {
    const { look } = sending();
    await look('bandwidth', 30);
    await look('bandwidth', 70);
    expect(await look('cpu', 200)).toBe('maintain-framerate');
  });

  it('is nothing that a connection has from the one before it', async () => {
    const { look, regrowth } = sending();
    await look('bandwidth', 30);
    await look('bandwidth', 70);
    const other = sending(regrowth);
    expect(await other.look('bandwidth', 100, 4)).toBeUndefined();
    expect(await other.look('bandwidth', 200)).toBe('maintain-resolution');
  });

  it('is not what a picture is that is whole, or small for want of processor', async () => {
    const { look } = sending();
    for (const reason of ['none', 'cpu', 'none']) {
      for (const kilobits of [30, 300]) expect(await look(reason, kilobits)).toBeUndefined();
    }
    // The little that there was before counts no more.
    await look('bandwidth', 30);
    await look('none', 500);
    expect(await look('bandwidth', 400)).toBeUndefined();
  });
});

describe('in a call', () => {
  const { meeting, open } = stage();
  const cameras = () => open().flatMap((connection) => connection.getTransceivers()[1]?.sender ?? []);

  it('[51] every connection gives the picture its size back', async () => {
    const people = await meeting('Ana', 'Bo');
    talk(people, ['microphone', 'camera']);
    await pass(2_000);
    const say = (target: number) => {
      for (const camera of cameras()) camera.sending = { reason: 'bandwidth', target, frames: 20 };
    };
    say(30_000);
    await pass(4_000);
    expect(cameras().map(({ degradationPreference }) => degradationPreference)).toEqual([undefined, undefined]);
    say(300_000);
    await pass(4_000);
    expect(cameras().map(({ degradationPreference }) => degradationPreference)).toEqual(
      Array.from({ length: 2 }, () => 'maintain-resolution'),
    );
  });
});
