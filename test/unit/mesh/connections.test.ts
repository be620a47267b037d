import { describe, expect, it, vi } from 'vitest';
import type { FakePerson } from '../../support/fake-room.ts';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { meeting, internet, room } = stage();

/** Two who talk. */
async function talking(): Promise<[FakePerson, FakePerson]> {
  const [ana, bo] = await meeting('Ana', 'Bo');
  for (const [one, other] of [
    [ana, bo],
    [bo, ana],
  ] as const) {
    one.mesh.setTrack('microphone', track('audio'));
    one.mesh.setAudience(other.sid, 'in');
  }
  await pass(2_000);
  return [ana, bo];
}

const open = () => internet().connections.filter(({ closed }) => !closed);

describe('a path that is dead while another exists', () => {
  it('[37] is replaced by another connection, which then is the only one and carries the microphone', async () => {
    const [ana, bo] = await talking();
    const before = open();
    internet().move();
    await pass(1_500);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    await pass(4_000);
    expect(open()).toHaveLength(2);
    expect(open().some((connection) => before.includes(connection))).toBe(false);
    expect(open().map((connection) => connection.getTransceivers()[0]?.sender.track != null)).toEqual([true, true]);
  });

  it('[37] is not cut short: what waits in its channel still has 3 s', async () => {
    const [ana, bo] = await talking();
    const before = open();
    internet().move();
    await pass(1_500);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    expect(open()).toEqual(expect.arrayContaining(before));
  });
});

describe('a path that comes back by itself', () => {
  it('[31] goes on with its connection, and the other that was tried is closed', async () => {
    const [ana, bo] = await talking();
    const before = open();
    internet().cut(ana.sid, bo.sid);
    internet().cut(bo.sid, ana.sid);
    room().fate = () => [];
    await pass(1_000);
    expect(open().length).toBeGreaterThan(2);
    internet().mend();
    room().fate = () => [room().latency];
    await pass(9_000);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    expect(open()).toEqual(before);
  });
});
