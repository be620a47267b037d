import { describe, expect, it, vi } from 'vitest';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { talking, cut, open, internet, room } = stage();

describe('a path that is dead while another exists', () => {
  it('[37] is replaced by another connection, which then is the only one and carries the microphone', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const before = open();
    internet().move();
    await pass(1_500);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    await pass(4_000);
    expect(open()).toHaveLength(2);
    expect(open().some((connection) => before.includes(connection))).toBe(false);
    expect(open().map((connection) => connection.getTransceivers()[0]?.sender.track != null)).toEqual([true, true]);
  });

  it.each([false, true])('[36] and whose people say again who they are (channel first: %s)', async (channelsFirst) => {
    const [ana, bo] = await talking('Ana', 'Bo');
    internet().channelsFirst = channelsFirst;
    internet().move();
    ana.messages.splice(0);
    bo.messages.splice(0);
    await pass(1_500);
    expect([ana, bo].map(({ messages }) => messages[0]?.[1].type)).toEqual(['state', 'state']);
  });

  it('[37] is not cut short: what waits in its channel still has 3 s', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const before = open();
    internet().move();
    await pass(1_500);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    expect(open()).toEqual(expect.arrayContaining(before));
  });

  it('[37] is cut short where the route must be another: nothing more goes the old way', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const before = open();
    internet().move();
    await pass(1_500);
    expect(open()).toEqual(expect.arrayContaining(before));
    ana.mesh.reroute();
    bo.mesh.reroute();
    await pass(100);
    expect(open().some((connection) => before.includes(connection))).toBe(false);
    await pass(3_000);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
  });
});

describe('a path that comes back by itself', () => {
  it('[34] and carries nothing, though its connection says that it is up, is tried at once', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const restarts = open().map((connection) => vi.spyOn(connection, 'restartIce'));
    const count = () => restarts.reduce((sum, { mock }) => sum + mock.calls.length, 0);
    cut(ana, bo);
    room().fate = () => [];
    await pass(4_000);
    // A second after an attempt of either, when the next one is not due yet.
    for (let before = -1; before !== count(); await pass(1_100)) before = count();
    const before = count();
    for (const connection of open()) connection.onconnectionstatechange?.();
    await pass(400);
    expect(count()).toBeGreaterThan(before);
  });

  it('[31] goes on with its connection, and the other that was tried is closed', async () => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const before = open();
    cut(ana, bo);
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

describe('a voice that ends', () => {
  // Whenever that is between two pings, which come once a second.
  it.each([0, 300, 600])('at the other end of a long way is no path that broke: none other is tried', async (since) => {
    const [ana, bo] = await talking('Ana', 'Bo');
    internet().latency = 150;
    await pass(2_000 + since);
    const before = open();
    ana.mesh.setTrack('microphone', null);
    await pass(5_000);
    expect([bo.shows(ana), internet().connections.length]).toEqual(['live', before.length]);
  });
});
