import { afterEach, describe, expect, it, vi } from 'vitest';
import { Detour } from '../../../web/mesh/detour.ts';
import { Peer } from '../../../web/mesh/peer.ts';
import type { PeerMessage } from '../../../web/protocol.ts';
import { chat, type FakePerson } from '../../support/fake-room.ts';
import { readBox } from '../../support/fake-seal.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { talking, cut, internet, room } = stage();

afterEach(() => void vi.restoreAllMocks());

const shown = (one: FakePerson, other: FakePerson) => [one.shows(other), other.shows(one)];

/** People who talk, of whom the first two lose each other for 40 s, past all that a connection survives; the room is away. */
async function lost<Names extends string[]>(...names: Names) {
  const people = await talking('Ana', 'Bo', ...names);
  const [ana, bo] = people;
  room().down = true;
  cut(ana, bo);
  await pass(40_000);
  return people;
}

describe('two who have lost each other while the room is away', () => {
  it('[2, 53] find each other by a third, who has nothing of what they say', async () => {
    const [ana, bo, cleo] = await lost('Cleo');
    ana.mesh.send(bo.sid, chat('for Bo'));
    await pass(1_000);
    expect([bo.heard(ana), cleo.heard(ana)]).toEqual([['for Bo'], []]);
    internet().mend();
    await pass(10_000);
    expect(shown(ana, bo)).toEqual(['live', 'live']);
  });

  it('trouble nobody before: the room passes on what they say', async () => {
    const [ana, bo] = await talking('Ana', 'Bo', 'Cleo');
    const send = vi.spyOn(Peer.prototype, 'send');
    const passedOn = () => send.mock.calls.filter(([text]) => text.includes('"detoured"')).length;
    cut(ana, bo);
    await pass(10_000);
    expect([passedOn(), room().relayed.length > 0]).toEqual([0, true]);
    room().down = true;
    await pass(10_000);
    expect(passedOn()).toBeGreaterThan(0);
  });

  it('wait for it where there is no third', async () => {
    const [ana, bo] = await lost();
    internet().mend();
    await pass(10_000);
    expect(shown(ana, bo)).toEqual(['reconnecting', 'reconnecting']);
  });

  it('still read what the other says, once', async () => {
    const [ana, bo] = await lost('Cleo', 'Dan');
    ana.mesh.broadcast(chat('still here'));
    await pass(1_000);
    expect(bo.messages.filter(([sid, { type }]) => sid === ana.sid && type === 'chat')).toHaveLength(1);
  });
});

describe('someone whom the room alone has lost', () => {
  /** Ana, whom Bo does not hear either. */
  async function unseen() {
    const people = await talking('Ana', 'Bo', 'Cleo');
    const [ana, bo] = people;
    room().leave(ana, 'lost');
    cut(ana, bo);
    await pass(40_000);
    return people;
  }

  it('is there for whoever hears of them by a third, and answered the same way', async () => {
    const [ana, bo] = await unseen();
    expect([ana.gone, bo.gone]).toEqual([[], []]);
    internet().mend();
    await pass(10_000);
    expect(shown(ana, bo)).toEqual(['live', 'live']);
  });

  it('is gone once nothing comes by a third any more', async () => {
    const [ana, bo, cleo] = await unseen();
    ana.mesh.close();
    await pass(20_000);
    expect([bo.gone, cleo.gone]).toEqual([[ana.sid], [ana.sid]]);
  });

  it('does not come back by a third once they are gone', async () => {
    const [ana, bo, cleo] = await talking('Ana', 'Bo', 'Cleo');
    cut(ana, bo);
    await pass(2_000);
    room().leave(bo, 'left');
    internet().mend();
    await pass(20_000);
    expect([ana.gone, cleo.gone]).toEqual([[bo.sid], []]);
    expect(shown(ana, bo)).toEqual([undefined, 'reconnecting']);
  });
});

describe('a box by a third', () => {
  /** Who reaches those, and what they have sent. */
  function third(...reached: string[]) {
    const sent: [string, PeerMessage][] = [];
    const send = (sid: string, message: PeerMessage) => void sent.push([sid, message]);
    const onBox = (from: string) => (from === 'eve' ? 'unknown' : 'taken');
    return { sent, detour: new Detour({ reached: () => reached, send, onBox }) };
  }

  it('goes to those whom I reach, and from them to whom they reach themselves', () => {
    const { sent, detour } = third('cleo', 'dan');
    detour.send({ to: 'dan', box: 'mine' });
    detour.receive('ana', { type: 'detour', to: 'dan', box: 'hers' }, 'channel');
    detour.receive('ana', { type: 'detour', to: 'eve', box: 'hers' }, 'channel');
    expect(sent).toEqual([
      ['cleo', { type: 'detour', to: 'dan', box: 'mine' }],
      ['dan', { type: 'detoured', from: 'ana', box: 'hers' }],
    ]);
  });

  it('goes to three of many, and then to the next: nobody knows who reaches whom', () => {
    const { sent, detour } = third('a', 'b', 'c', 'd', 'e');
    for (let attempt = 0; attempt < 3; attempt += 1) detour.send({ to: 'x', box: 'mine' });
    expect(sent.map(([sid]) => sid).join('')).toBe('abcdeabcd');
  });

  it('is not taken out of another, which would want a third in its turn', () => {
    const { sent, detour } = third('cleo', 'dan');
    detour.receive('ana', { type: 'detour', to: 'dan', box: 'hers' }, 'box');
    detour.receive('ana', { type: 'detoured', from: 'dan', box: 'hers' }, 'box');
    expect([sent, detour.brings('dan')]).toEqual([[], false]);
  });

  it('is answered by a third until the room brings something, and where it is of nobody not at all', () => {
    const { detour } = third('cleo');
    const brought = () => ['ana', 'eve'].map((sid) => detour.brings(sid));
    for (const from of ['ana', 'eve']) detour.receive('cleo', { type: 'detoured', from, box: 'hers' }, 'channel');
    expect(brought()).toEqual([true, false]);
    detour.broughtByRoom('ana');
    expect(brought()).toEqual([false, false]);
  });

  it('is never in another, also where no channel takes it', async () => {
    const [ana] = await talking('Ana', 'Bo', 'Cleo', 'Dan');
    room().down = true;
    vi.spyOn(Peer.prototype, 'send').mockReturnValue(false);
    const relay = vi.spyOn(room(), 'relay');
    ana.mesh.broadcast(chat('hello'));
    await pass(100);
    const texts = relay.mock.calls.flatMap(([, frames]) => frames.map(({ box }) => readBox(box).text));
    expect(texts.filter((text) => text.includes('hello')).length).toBeGreaterThanOrEqual(3);
    expect(texts.filter((text) => text.includes('detour'))).toEqual([]);
  });

  it('is refused by whoever it is not for', async () => {
    const [ana, bo, cleo] = await talking('Ana', 'Bo', 'Cleo');
    const forged = JSON.stringify({ from: ana.sid, to: cleo.sid, counter: 99, text: JSON.stringify([chat('forged')]) });
    expect(readBox(forged).to).toBe(cleo.sid);
    cleo.mesh.send(bo.sid, { type: 'detoured', from: ana.sid, box: forged });
    cleo.mesh.send(bo.sid, { type: 'detoured', from: bo.sid, box: forged });
    cleo.mesh.send(bo.sid, { type: 'detoured', from: 'nobody'.padEnd(22, '_'), box: forged });
    await pass(1_000);
    expect(bo.messages.filter(([, { type }]) => type === 'chat')).toEqual([]);
    expect(shown(ana, bo)).toEqual(['live', 'live']);
  });
});
