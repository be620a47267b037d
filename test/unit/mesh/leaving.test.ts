import { describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../worker/protocol.ts';
import { TIMES } from '../../../web/mesh/recovery-times.ts';
import { type FakePerson } from '../../support/fake-room.ts';
import { readBox } from '../../support/fake-seal.ts';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { person, meeting, talking, cut, open, internet, room } = stage();

const shown = (one: FakePerson, other: FakePerson) => [one.shows(other), other.shows(one)];
const LIVE = ['live', 'live'];

/** The tab is killed: nothing is said, nothing is received. */
function crash(one: FakePerson, others: FakePerson[]) {
  for (const other of others) cut(one, other);
  one.mesh.close();
}

describe('who leaves', () => {
  it('is gone for everyone within half a second, once, and so are their connections', async () => {
    const [ana, bo, cleo] = await meeting('Ana', 'Bo', 'Cleo');
    bo.mesh.leave();
    await pass(30);
    room().leave(bo, 'left');
    await pass(470);
    expect([ana.gone, cleo.gone]).toEqual([[bo.sid], [bo.sid]]);
    expect(open()).toHaveLength(2);
    await pass(60_000);
    expect([ana.gone, shown(ana, cleo)]).toEqual([[bo.sid], LIVE]);
  });

  it('while their path is broken is gone by the room’s word', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    crash(bo, [ana]);
    await pass(3_000);
    expect([ana.shows(bo), ana.gone]).toEqual(['reconnecting', []]);
    room().leave(bo, 'left');
    expect(ana.gone).toEqual([bo.sid]);
  });

  it('[10] by a crash is reconnecting within 2.5 s and gone 12 s after the room has noticed', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    crash(bo, [ana]);
    room().leave(bo, 'lost');
    await pass(2_500 + 1_000);
    expect([ana.shows(bo), ana.gone]).toEqual(['reconnecting', []]);
    await pass(TIMES.absence);
    expect(ana.gone).toEqual([bo.sid]);
    expect(open()).toEqual([]);
  });

  it('[7] by falling asleep is gone 18 s after the room has given them up, so that half a minute is no end', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    crash(bo, [ana]);
    await pass(20_000);
    room().leave(bo, 'lease');
    await pass(TIMES.absence + TIMES.asleep - 500);
    expect(ana.gone).toEqual([]);
    await pass(1_000);
    expect(ana.gone).toEqual([bo.sid]);
  });

  it('[12] by a reload is one person again at once, and the one before is gone', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    bo.mesh.leave();
    room().leave(bo, 'left');
    const again = person('Bo again');
    room().enter(again);
    await pass(1_000);
    expect([...ana.connections]).toEqual([[again.sid, 'live']]);
    expect(open()).toHaveLength(2);
  });

  it('is not shown again by what was still on its way', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    cut(ana, bo);
    await pass(3_000);
    room().fate = ({ box }) => (readBox(box).text.includes('"description"') ? [] : [2_000]);
    // By the room, for the channel is in doubt; then the channel is faster.
    ana.mesh.send(bo.sid, ana.state());
    await pass(1);
    ana.mesh.close();
    bo.mesh.left(ana.sid, 'left');
    bo.messages.splice(0);
    bo.heardMe.clear();
    await pass(60_000);
    expect([bo.messages, bo.gone, [...bo.heardMe]]).toEqual([[], [ana.sid], []]);
  });

  it('is not called back by an answer that was still on its way', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    // Bo drives, and offers the restart; Ana's answer is slow.
    room().fate = ({ from, box }) => {
      if (from === bo.sid) return [30];
      return readBox(box).text.includes('"answer"') ? [2_000] : [];
    };
    internet().move();
    await pass(3_500);
    const made = internet().connections.length;
    ana.mesh.close();
    bo.mesh.left(ana.sid, 'left');
    expect(bo.gone).toEqual([ana.sid]);
    await pass(60_000);
    expect([internet().connections.length, open()]).toEqual([made, []]);
  });
});

const isOffer = ({ box }: Frame) => readBox(box).text.includes('"offer"');

describe('who comes back', () => {
  it('[36] after everyone had given them up is live again, over a new connection', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    cut(ana, bo);
    room().leave(bo, 'lease');
    await pass(60_000);
    expect([ana.gone, bo.gone]).toEqual([[bo.sid], []]);
    internet().mend();
    room().enter(bo);
    await pass(3_000);
    expect(shown(ana, bo)).toEqual(LIVE);
    await pass(4_000);
    expect(open()).toHaveLength(2);
  });

  it('[8] and does not know that they were away is offered a connection at once', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    cut(ana, bo);
    room().leave(bo, 'lease');
    await pass(60_000);
    room().relayed.splice(0);
    // Nothing that Bo does by himself brings them together: what is in his buffers may play on for a second or two.
    room().fate = ({ from }) => (from === bo.sid ? [] : [30]);
    room().enter(bo);
    await pass(100);
    const offers = room().relayed.filter(({ from, frames }) => from === ana.sid && frames.some(isOffer));
    expect(offers).toHaveLength(1);
  });

  it('and had given up everyone as well is live again', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    cut(ana, bo);
    room().leave(bo, 'lease');
    room().leave(ana, 'lease');
    bo.mesh.left(ana.sid, 'lease');
    await pass(60_000);
    expect([ana.gone, bo.gone]).toEqual([[bo.sid], [ana.sid]]);
    internet().mend();
    room().enter(ana);
    await pass(200);
    room().enter(bo);
    await pass(3_000);
    expect(shown(ana, bo)).toEqual(LIVE);
  });

  it('is sent nothing of me before they say that they are in', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    const voice = track('audio');
    ana.mesh.setTrack('microphone', voice);
    ana.mesh.setAudience(bo.sid, 'in');
    cut(ana, bo);
    room().leave(bo, 'lease');
    await pass(60_000);
    internet().mend();
    room().enter(bo);
    await pass(3_000);
    const connection = open().find(({ host }) => host === ana.sid);
    expect(connection?.getTransceivers().map(({ sender }) => sender.track)).toEqual([null, null, null, null]);
    ana.mesh.setAudience(bo.sid, 'in');
    await pass(100);
    expect(connection?.getTransceivers()[0]?.sender.track).toBe(voice);
  });
});

it('someone who left is not brought back by a wish of theirs that was still on its way', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  cut(ana, bo);
  room().leave(ana, 'left');
  await pass(1_000);
  expect(bo.gone).toEqual([ana.sid]);
  const { length } = internet().connections;
  room().admit(ana);
  ana.mesh.send(bo.sid, { type: 'restart', epoch: 1 });
  await pass(1_000);
  expect([bo.shows(ana), internet().connections.filter(({ host }) => host === bo.sid).length]).toEqual([
    undefined,
    length / 2,
  ]);
});
