import { expect, it, vi } from 'vitest';
import { cameraLimit } from '../../../web/mesh/limits.ts';
import { SLOTS } from '../../../web/mesh/peer.ts';
import type { FakePerson } from '../../support/fake-room.ts';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage, talk } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { meeting, cut, internet, room } = stage();

/** Whole pictures that the camera of `sid` was made to send. */
function wholePictures(sid: string): number {
  const own = internet().connections.filter(({ host }) => host === sid);
  const senders = own.flatMap((connection) => connection.getTransceivers().map(({ sender }) => sender));
  return Math.max(...senders.map(({ keyFrames }) => keyFrames));
}

/** Whether the camera of `one` is on its way to `other`, by the connection of now. */
function sends(one: FakePerson, other: FakePerson): boolean {
  const now = one.mesh.connection(other.sid) as unknown;
  const connection = internet().connections.find((candidate) => candidate === now);
  return connection?.getTransceivers()[SLOTS.indexOf('camera')]?.sender.encoding['active'] === true;
}

it.each(['both directions', 'one direction'])('[32] pictures lost for 3 s in %s are made up for', async (lost) => {
  const [ana, bo] = await meeting('Ana', 'Bo');
  talk([ana, bo], ['microphone', 'camera']);
  await pass(5_000);
  expect([ana, bo].map(({ sid }) => wholePictures(sid))).toEqual([0, 0]);
  internet().cut(ana.sid, bo.sid);
  if (lost === 'both directions') internet().cut(bo.sid, ana.sid);
  await pass(3_000);
  // Who hears the other sends on: nothing says yet that they are not heard.
  expect([sends(ana, bo), sends(bo, ana)]).toEqual([lost === 'one direction', false]);
  internet().mend();
  await pass(1_000);
  expect([sends(ana, bo), sends(bo, ana)]).toEqual([true, true]);
  expect(wholePictures(ana.sid)).toBeGreaterThanOrEqual(1);
  // Nothing of Bo's was lost in one direction.
  if (lost === 'both directions') expect(wholePictures(bo.sid)).toBeGreaterThanOrEqual(1);
});

it('a camera switched off while pictures are held is seen when it is switched on again', async () => {
  const [ana, bo] = await meeting('Ana', 'Bo');
  talk([ana, bo], ['microphone', 'camera']);
  await pass(5_000);
  cut(ana, bo);
  // The connection of before is the one that comes back.
  room().fate = () => [];
  await pass(2_000);
  expect([sends(ana, bo), sends(bo, ana)]).toEqual([false, false]);
  ana.mesh.setTrack('camera', null);
  await pass(500);
  internet().mend();
  await pass(2_000);
  ana.mesh.setTrack('camera', track('video'));
  await pass(500);
  expect([sends(ana, bo), sends(bo, ana)]).toEqual([true, true]);
});

it('nothing is asked of an encoder that has no picture, also where the others are silent', async () => {
  const [ana, bo] = await meeting('Ana', 'Bo');
  talk([ana, bo]);
  await pass(5_000);
  const own = internet().connections.flatMap((connection) => connection.getTransceivers());
  const asked = own
    .filter((_, at) => at % 4 === 1 || at % 4 === 2)
    .map(({ sender }) => vi.spyOn(sender, 'setParameters'));
  cut(ana, bo);
  await pass(2_000);
  internet().mend();
  await pass(2_000);
  expect(asked.length).toBeGreaterThanOrEqual(4);
  expect(asked.flatMap(({ mock }) => mock.calls)).toEqual([]);
});

it('how large a picture may be is asked of an encoder that has one, and once for as many people', async () => {
  const [ana, bo] = await meeting('Ana', 'Bo');
  const now = ana.mesh.connection(bo.sid) as unknown;
  const connection = internet().connections.find((candidate) => candidate === now);
  const sender = connection?.getTransceivers()[SLOTS.indexOf('camera')]?.sender;
  if (!sender) throw new Error('no sender');
  const asked = vi.spyOn(sender, 'setParameters');
  talk([ana, bo]);
  await pass(100);
  expect(asked).not.toHaveBeenCalled();
  ana.mesh.setTrack('camera', track('video'));
  await pass(100);
  expect(asked).toHaveBeenCalledOnce();
  expect(sender.encoding).toMatchObject({ maxBitrate: cameraLimit(1).maxBitrate });
  for (const sid of ['Cy', 'Di', 'Ed']) ana.mesh.setAudience(sid, 'in');
  await pass(100);
  // For two, for three, and for four as for five.
  expect(asked).toHaveBeenCalledTimes(4);
  ana.mesh.setAudience('Flo', 'in');
  await pass(100);
  expect([asked.mock.calls.length, sender.encoding['maxBitrate']]).toEqual([4, cameraLimit(5).maxBitrate]);
});
