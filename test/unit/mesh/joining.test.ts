import { describe, expect, it, vi } from 'vitest';
import { chat, type FakePerson } from '../../support/fake-room.ts';
import { readBox } from '../../support/fake-seal.ts';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage, talk } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { person, meeting, open, internet, room } = stage();

const kindsIn = (box: string) => (JSON.parse(readBox(box).text) as { type: string }[]).map(({ type }) => type);

describe('a newcomer', () => {
  it('greets and offers to everyone in one message, and is answered by each in one', async () => {
    internet().stunDelay = 30;
    const [ana, bo] = await meeting('Ana', 'Bo');
    const cleo = person('Cleo');
    room().enter(cleo);
    await pass(1_000);
    const mine = room().relayed.filter(({ from }) => from === cleo.sid);
    expect(mine).toHaveLength(1);
    expect(mine[0]?.frames.map(({ to, box }) => [to, ...kindsIn(box)])).toEqual([
      [ana.sid, 'state', 'description'],
      [bo.sid, 'state', 'description'],
    ]);
    const answers = room().relayed.filter(({ from }) => from !== cleo.sid);
    for (const { sid } of [ana, bo]) {
      const boxes = answers.filter(({ from }) => from === sid).flatMap(({ frames }) => frames.map(({ box }) => box));
      expect(boxes.map(kindsIn)).toEqual([['state', 'description'], ['candidates']]);
    }
    for (const one of [ana, bo, cleo]) {
      for (const other of [ana, bo, cleo]) if (one !== other) expect(one.shows(other)).toBe('live');
    }
    expect(open()).toHaveLength(6);
  });

  it('is known by name with the first frame, and knows the others with theirs', async () => {
    const [ana] = await meeting('Ana');
    const bo = person('Bo');
    room().enter(bo);
    await pass(150);
    expect(ana.messages[0]).toMatchObject([bo.sid, { type: 'state', name: 'Bo' }]);
    expect(bo.messages[0]).toMatchObject([ana.sid, { type: 'state', name: 'Ana' }]);
  });

  it('costs the room nothing once everyone is connected', async () => {
    const [ana, bo, cleo] = await meeting('Ana', 'Bo', 'Cleo');
    for (const { mesh } of [ana, bo, cleo]) {
      mesh.setAudience(ana.sid, 'in');
      mesh.setTrack('camera', track('video'));
      mesh.broadcast(chat('hello'));
      mesh.setTrack('camera', null);
    }
    await pass(60_000);
    expect(room().relayed).toEqual([]);
    expect(ana.heard(bo)).toEqual(['hello']);
    expect(cleo.heard(bo)).toEqual(['hello']);
  });

  it('[45] waits for no STUN server', async () => {
    internet().stunDelay = Infinity;
    const [ana, bo] = await meeting('Ana', 'Bo');
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
  });

  it('is offered to once more where the offer was lost, and where the answer was', async () => {
    for (const lost of ['offer', 'answer'] as const) {
      const [ana] = await meeting(`Ana ${lost}`);
      const bo = person(`Bo ${lost}`);
      room().fate = ({ from }) => ((from === bo.sid) === (lost === 'offer') ? [] : [30]);
      room().enter(bo);
      await pass(1_000);
      room().fate = () => [30];
      expect(ana.shows(bo)).not.toBe('live');
      await pass(3_500);
      expect([ana.shows(bo), bo.shows(ana)], `${lost} lost`).toEqual(['live', 'live']);
      room().leave(ana, 'left');
      room().leave(bo, 'left');
    }
  });

  it('[21] and another newcomer who offer to each other end with one connection each', async () => {
    const [ana, bo] = [person('Ana'), person('Bo')];
    void ana.mesh.welcome([bo.entry]);
    void bo.mesh.welcome([ana.entry]);
    room().admit(ana);
    room().admit(bo);
    await pass(1_000);
    expect(internet().connections.map(({ offers }) => offers)).toEqual([1, 1, 0]);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    expect(open().map(({ localDescription }) => localDescription?.sections.length)).toEqual([5, 5]);
  });

  it('with a hello that nobody who holds the link made is not met', async () => {
    const [ana] = await meeting('Ana');
    await ana.mesh.entered({ sid: 'stranger', hello: 'hello of somebody else' });
    await ana.mesh.frame('stranger', '{}');
    await pass(20_000);
    expect(open()).toEqual([]);
    expect([ana.messages, ana.gone, [...ana.connections]]).toEqual([[], [], []]);
  });

  it('whose key is no point of the curve is not met, and harms nobody', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    const entry = { sid: 'broken', hello: 'hello of broken' };
    await ana.mesh.entered(entry);
    await ana.mesh.welcome([entry, bo.entry]);
    await pass(1_000);
    expect([ana.shows(bo), ana.connections.has('broken')]).toEqual(['live', false]);
  });

  it('may find oneself in the roster and does not meet oneself', async () => {
    const [ana] = await meeting('Ana');
    await ana.mesh.welcome([ana.entry]);
    await pass(1_000);
    expect(internet().connections).toEqual([]);
  });
});

describe('the end of a mesh', () => {
  it('leaves no timer and no connection', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    ana.mesh.leave();
    bo.mesh.close();
    await pass(1_000);
    expect(open()).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('leaves none either where it comes while people are being introduced', async () => {
    const [ana] = await meeting('Ana');
    const bo = person('Bo');
    const welcomed = bo.mesh.welcome([ana.entry]);
    bo.mesh.close();
    await pass(1_000);
    await welcomed;
    expect(open().filter(({ host }) => host === bo.sid)).toEqual([]);
  });
});

describe('tracks', () => {
  it('go to those who are in, and to nobody else', async () => {
    const [ana, bo, cleo] = await meeting('Ana', 'Bo', 'Cleo');
    const voice = track('audio');
    ana.mesh.setTrack('microphone', voice);
    ana.mesh.setAudience(bo.sid, 'in');
    await pass(100);
    const sentTo = ({ sid }: FakePerson) => senders(ana, sid);
    expect([sentTo(bo), sentTo(cleo)]).toEqual([
      [voice, null, null, null],
      [null, null, null, null],
    ]);
    ana.mesh.setAudience(bo.sid, 'out');
    await pass(100);
    expect(sentTo(bo)).toEqual([null, null, null, null]);
    const picture = track('video');
    ana.mesh.setTrack('camera', picture);
    ana.mesh.setAudience(cleo.sid, 'in');
    await pass(100);
    expect([sentTo(bo), sentTo(cleo)]).toEqual([
      [null, null, null, null],
      [voice, picture, null, null],
    ]);
  });

  it('are announced once for each connection', async () => {
    const [ana, bo] = await meeting('Ana', 'Bo');
    expect(ana.tracks.get(bo.sid)).toMatchObject({ microphone: { kind: 'audio' }, screen: { kind: 'video' } });
    ana.mesh.setAudience(bo.sid, 'in');
    bo.mesh.setAudience(ana.sid, 'in');
    bo.mesh.setTrack('microphone', track('audio'));
    await pass(1_000);
    expect(ana.mesh.loudness(bo.sid)).toBeGreaterThan(0);
    expect(bo.mesh.loudness(ana.sid)).toBe(0);
  });

  it('are not carried on to someone who only looks in', async () => {
    const [ana, bo, cleo] = await meeting('Ana', 'Bo', 'Cleo');
    const before = open().length;
    for (const { mesh } of [ana, bo]) mesh.setAudience((mesh === ana.mesh ? bo : ana).sid, 'in');
    cleo.mesh.send(ana.sid, { type: 'forward', of: bo.sid, wish: 'wanted' });
    await pass(2_000);
    expect(open()).toHaveLength(before);
    ana.mesh.setAudience(cleo.sid, 'in');
    cleo.mesh.send(ana.sid, { type: 'forward', of: bo.sid, wish: 'wanted' });
    await pass(2_000);
    expect(open()).toHaveLength(before + 1);
  });
});

function senders(one: FakePerson, to: string): unknown[] {
  const connection = internet().connections.find((candidate) => candidate === (one.mesh.connection(to) as unknown));
  return connection?.getTransceivers().map(({ sender }) => sender.track) ?? [];
}

describe('[6] of many who come at once', () => {
  /** How many are connected with the first of four, and how many the first sends sound: every 10 ms for 2 s. */
  async function storm() {
    const people = ['Ana', 'Bo', 'Cy', 'Di'].map((name) => person(name));
    const [ana] = people;
    if (!ana) throw new Error('nobody');
    const others = people.filter((one) => one !== ana);
    const sending = () => open().filter((end) => end.host === ana.sid && end.getTransceivers()[0]?.sender.track).length;
    for (const one of people) room().enter(one);
    await pass(20);
    talk(people);
    const seen: { connected: number; sending: number }[] = [];
    for (let time = 0; time < 2_000; time += 10) {
      await pass(10);
      seen.push({ connected: others.filter((other) => ana.shows(other) === 'live').length, sending: sending() });
    }
    return seen;
  }

  it('nobody is sent sound before all of them are connected', async () => {
    const seen = await storm();
    expect(seen[0]).toEqual({ connected: 0, sending: 0 });
    expect(seen.filter(({ connected, sending }) => connected < 3 && sending > 0)).toEqual([]);
    expect(seen.at(-1)).toEqual({ connected: 3, sending: 3 });
  });

  it('nor before a word of each has come: a channel that is open here may not be open there', async () => {
    internet().latency = 250;
    const seen = await storm();
    const connected = seen.findIndex((moment) => moment.connected === 3);
    const sound = seen.findIndex(({ sending }) => sending > 0);
    // A word travels 250 ms, and a rush is over 150 ms later (audience.ts).
    expect([connected > 0, (sound - connected) * 10 >= 250 + 150]).toEqual([true, true]);
  });
});
