import { describe, expect, it, vi } from 'vitest';
import type { FakePerson } from '../../support/fake-room.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { meeting, talking, cut, open, internet, room } = stage();

/** Three or more in a meeting of whom the first two no longer reach each other. */
async function divided(...names: string[]) {
  const people = await talking('Ana', 'Bo', ...names);
  const [ana, bo] = people;
  cut(ana, bo);
  await pass(15_000);
  return people;
}

const pairsOf = (one: FakePerson) => open().filter(({ host }) => host === one.sid).length;

describe('two who cannot reach each other', () => {
  it('are carried by a third who reaches both, and it is told by whom', async () => {
    const [ana, bo, cleo] = await divided('Cleo');
    expect(ana.through.get(bo.sid)).toBe(cleo?.sid);
    expect(bo.through.get(ana.sid)).toBe(cleo?.sid);
    expect(ana.tracks.get(bo.sid)).toMatchObject({ microphone: { kind: 'audio' } });
  });

  it('are carried no more once they reach each other, and nothing of it is left', async () => {
    const [ana, bo, cleo] = await divided('Cleo');
    internet().mend();
    await pass(15_000);
    expect([ana.shows(bo), ana.through.get(bo.sid), bo.through.get(ana.sid)]).toEqual(['live', undefined, undefined]);
    expect([ana, bo, cleo].map((one) => one && pairsOf(one))).toEqual([2, 2, 2]);
  });

  it('are carried by the next where the first leaves', async () => {
    const [ana, bo, cleo, dan] = await divided('Cleo', 'Dan');
    expect(ana.through.get(bo.sid)).toBe(cleo?.sid);
    cleo?.mesh.leave();
    if (cleo) room().leave(cleo, 'left');
    await pass(10_000);
    expect(ana.through.get(bo.sid)).toBe(dan?.sid);
  });

  it('are alone where nobody reaches both', async () => {
    const [ana, bo] = await divided();
    expect([ana.through.get(bo.sid), ana.shows(bo)]).toEqual([undefined, 'reconnecting']);
  });

  it('cannot be carried by another than the one who was asked', async () => {
    const [ana, bo, cleo, dan] = await divided('Cleo', 'Dan');
    const before = pairsOf(ana);
    const sdp = dan?.mesh.connection(ana.sid)?.localDescription?.sdp ?? '';
    const signal = { type: 'description', epoch: 0, offerId: 9, description: { type: 'offer', sdp } } as const;
    dan?.mesh.send(ana.sid, { type: 'forwarded', of: bo.sid, signal });
    await pass(2_000);
    expect([ana.through.get(bo.sid), pairsOf(ana), ana.mismatched]).toEqual([cleo?.sid, before, []]);
  });

  it('cannot be carried by someone whom nobody asked', async () => {
    const [ana, bo, cleo] = await meeting('Ana', 'Bo', 'Cleo');
    ana.mesh.setAudience(cleo.sid, 'in');
    const sdp = ana.mesh.connection(cleo.sid)?.remoteDescription?.sdp ?? '';
    const signal = { type: 'description', epoch: 0, offerId: 1, description: { type: 'offer', sdp } } as const;
    cleo.mesh.send(ana.sid, { type: 'forwarded', of: bo.sid, signal });
    await pass(2_000);
    expect([ana.through.size, pairsOf(ana)]).toEqual([0, 2]);
  });
});
