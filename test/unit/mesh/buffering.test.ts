import { describe, expect, it, vi } from 'vitest';
import { Buffering } from '../../../web/mesh/buffering.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

/** A receiver of which 100 samples are played from look to look, `madeUp` of them made up. */
function hearing() {
  const entry = { type: 'inbound-rtp', totalSamplesReceived: 0, concealedSamples: 0, silentConcealedSamples: 0 };
  const receiver = { jitterBufferTarget: null, getStats: () => Promise.resolve(new Map([['in', entry]])) } as unknown;
  const buffering = new Buffering();
  const looks = async (times: number, madeUp: number, silence = 0) => {
    for (let look = 0; look < times; look += 1) {
      entry.totalSamplesReceived += 100;
      entry.concealedSamples += madeUp + silence;
      entry.silentConcealedSamples += silence;
      await buffering.look(receiver as RTCRtpReceiver);
    }
    return (receiver as RTCRtpReceiver).jitterBufferTarget;
  };
  return { looks, buffering };
}

describe('sound', () => {
  it('waits no longer than it must where little is lost', async () => {
    expect(await hearing().looks(10, 1)).toBe(null);
  });

  it('waits longer once much of it is made up, and no longer after a while without', async () => {
    const { looks } = hearing();
    expect(await looks(3, 5)).toBe(250);
    expect(await looks(7, 0)).toBe(250);
    expect(await looks(1, 0)).toBe(null);
  });

  it('waits longer still where that is not enough, and comes back step by step', async () => {
    const { looks } = hearing();
    expect(await looks(3, 5)).toBe(250);
    expect(await looks(20, 5)).toBe(250);
    expect(await looks(2, 25)).toBe(500);
    expect(await looks(20, 25)).toBe(500);
    expect(await looks(8, 0)).toBe(250);
    expect(await looks(8, 0)).toBe(null);
  });

  it('goes on waiting where loss comes and goes', async () => {
    const { looks } = hearing();
    await looks(3, 5);
    for (let time = 0; time < 5; time += 1) {
      await looks(7, 0);
      expect(await looks(1, 2)).toBe(250);
    }
  });

  it('does not wait longer because of a path that broke', async () => {
    const { looks, buffering } = hearing();
    for (let time = 0; time < 5; time += 1) {
      await looks(3, 0);
      await looks(1, 40);
      buffering.interrupted();
      expect(await looks(1, 90)).toBe(null);
    }
  });

  it('does not wait for silence that is made up', async () => {
    expect(await hearing().looks(10, 0, 90)).toBe(null);
  });

  it('says nothing of a receiver seen for the first time', async () => {
    expect(await hearing().looks(1, 100)).toBe(null);
  });
});

describe('in a call', () => {
  const { talking, cut, internet, room, open } = stage();
  const microphones = () => open().flatMap((connection) => connection.getTransceivers()[0]?.receiver ?? []);

  it('[48] what is heard of everyone waits where much of it is made up', async () => {
    await talking('Ana', 'Bo');
    for (const receiver of microphones()) receiver.madeUp = 0.05;
    await pass(8_000);
    expect(microphones().map(({ jitterBufferTarget }) => jitterBufferTarget)).toEqual([250, 250]);
  });

  it('[37] it waits no longer because a path broke a few times', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    // The same connection each time.
    room().fate = () => [];
    for (let time = 0; time < 6; time += 1) {
      cut(ana, bo);
      for (const receiver of microphones()) receiver.madeUp = 1;
      await pass(600);
      for (const receiver of microphones()) receiver.madeUp = 0;
      internet().mend();
      await pass(1_100);
    }
    expect(new Set(microphones().map(({ jitterBufferTarget }) => jitterBufferTarget))).toEqual(new Set([null]));
  });
});
