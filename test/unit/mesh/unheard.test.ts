import { expect, it, vi } from 'vitest';
import { track } from '../../support/fake-webrtc.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { meeting, talking, cut, internet, reset } = stage();

it('[66] where the browser plays no sound before a click, no remedy is tried: packets do come', async () => {
  const [ana, bo] = await meeting('Ana', 'Bo');
  ana.mesh.setTrack('microphone', track('audio'));
  ana.mesh.setAudience(bo.sid, 'in');
  await pass(3_000);
  const before = [...internet().connections];
  for (const connection of before) {
    for (const { receiver } of connection.getTransceivers()) receiver.blocked = true;
  }
  await pass(30_000);
  expect(internet().connections).toEqual(before);
  expect(ana.heardMe.has(bo.sid)).toBe(true);
});

it('[52] where no packet comes any more they are told within 2.5 s, and helped', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  await pass(1_000);
  expect(ana.heardMe.has(bo.sid)).toBe(true);
  internet().cut(ana.sid, bo.sid);
  await pass(2_500);
  expect(ana.heardMe.has(bo.sid)).toBe(false);
  expect(ana.shows(bo)).toBe('live');
  expect(bo.shows(ana)).toBe('reconnecting');
});

it('[52] they are told within 2.5 s as well where what comes from there is late for a moment meanwhile', async () => {
  for (let late = 500; late <= 1_700; late += 100) {
    reset();
    const [ana, bo] = await talking('Ana', 'Bo');
    await pass(1_000);
    internet().cut(ana.sid, bo.sid);
    await pass(late);
    const mine = internet().connections.filter(({ host }) => host === ana.sid);
    const receivers = mine.flatMap((connection) => connection.getTransceivers().map(({ receiver }) => receiver));
    for (const receiver of receivers) receiver.blocked = true;
    await pass(450);
    for (const receiver of receivers) receiver.blocked = false;
    await pass(2_500 - 450 - late);
    expect([late, ana.heardMe.has(bo.sid)]).toEqual([late, false]);
  }
});

it('where neither hears the other both are told that alone, also when it ends', async () => {
  for (let lasts = 400; lasts <= 6_400; lasts += 400) {
    reset();
    const [ana, bo] = await talking('Ana', 'Bo');
    await pass(1_000);
    cut(ana, bo);
    let untold = true;
    for (let time = 0; time < lasts + 3_000; time += 50) {
      if (time === lasts) internet().mend();
      await pass(50);
      untold &&= ana.heardMe.has(bo.sid) && bo.heardMe.has(ana.sid);
    }
    expect([lasts, untold]).toEqual([lasts, true]);
  }
});

it('where packets come that are played late no other connection is tried, however late the pongs are', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  internet().latency = 300;
  await pass(3_000);
  const before = [...internet().connections];
  const receivers = before.flatMap((connection) => connection.getTransceivers().map(({ receiver }) => receiver));
  for (let stall = 0; stall < 5; stall += 1) {
    for (const receiver of receivers) receiver.blocked = true;
    await pass(800);
    for (const receiver of receivers) receiver.blocked = false;
    // The next ping is answered 0.6 s into the next stall.
    await pass(1_700);
  }
  expect([ana.shows(bo), bo.shows(ana), internet().connections]).toEqual(['live', 'live', before]);
});

it('[66] who is heard again after nothing was sent is not told that they are not, where no sound plays before a click', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  for (const connection of internet().connections) {
    for (const { receiver } of connection.getTransceivers()) receiver.blocked = true;
  }
  const told: boolean[] = [];
  for (let time = 0; time < 10; time += 1) {
    ana.mesh.setTrack('microphone', null);
    // Each time at another moment between two pings.
    await pass(5_000 + 90 * time);
    ana.mesh.setTrack('microphone', track('audio'));
    for (let look = 0; look < 40; look += 1) {
      await pass(100);
      told.push(ana.heardMe.has(bo.sid));
    }
  }
  expect(told).not.toContain(false);
});

it('of who sends nothing no packets are counted', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  ana.mesh.setTrack('microphone', null);
  await pass(3_000);
  const counted = vi.fn<() => void>();
  for (const connection of internet().connections) {
    for (const { receiver } of connection.getTransceivers()) {
      const count = receiver.getStats.bind(receiver);
      receiver.getStats = () => {
        if (connection.host === bo.sid && receiver === connection.getTransceivers()[0]?.receiver) counted();
        return count();
      };
    }
  }
  await pass(1_500);
  expect(counted).not.toHaveBeenCalled();
});
