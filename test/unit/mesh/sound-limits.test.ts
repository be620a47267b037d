import { expect, it, vi } from 'vitest';
import { SLOTS, type Slot } from '../../../web/mesh/peer.ts';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { talking, internet } = stage();

it('sound that is not there takes no bandwidth from what is, and a voice no more than it needs, at both ends', async () => {
  const people = await talking('Ana', 'Bo');
  const [ana, bo] = people;
  const limits = (slot: Slot) =>
    internet().connections.map((connection) => connection.getTransceivers()[SLOTS.indexOf(slot)]?.sender.encoding);
  await pass(5_000);
  expect(limits('microphone')).toMatchObject([{ maxBitrate: 32_000 }, { maxBitrate: 32_000 }]);
  expect(limits('screenAudio')).toMatchObject([{ maxBitrate: 6_000 }, { maxBitrate: 6_000 }]);
  ana.mesh.setTrack('screenAudio', track('audio'));
  bo.mesh.setTrack('screenAudio', track('audio'));
  await pass(100);
  expect(limits('screenAudio')).toMatchObject([{ maxBitrate: 64_000 }, { maxBitrate: 64_000 }]);
  ana.mesh.setTrack('screenAudio', null);
  bo.mesh.setTrack('screenAudio', null);
  await pass(100);
  expect(limits('screenAudio')).toMatchObject([{ maxBitrate: 6_000 }, { maxBitrate: 6_000 }]);
});

it('[6] and not while many connections may still be coming up: parameters stop the page', async () => {
  await talking('Ana', 'Bo');
  const sound = () =>
    internet().connections.flatMap((connection) =>
      [0, SLOTS.indexOf('screenAudio')].map(
        (slot) => connection.getTransceivers()[slot]?.sender.encoding['maxBitrate'],
      ),
    );
  await pass(1_000);
  expect(sound()).toEqual([undefined, undefined, undefined, undefined]);
  await pass(4_000);
  expect(sound()).toEqual([32_000, 6_000, 32_000, 6_000]);
});
