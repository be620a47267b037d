import { beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeKnock, FakeSocket } from '../../support/fake-socket.ts';
import { admit, last, opened, pass, pings, signaling, useSockets } from './socket.ts';

useSockets();

/** The machine has so much to do that what is to be run every `ms` is run later. */
function late(interval: (ms: number) => number): void {
  beforeEach(() => {
    const inTime = setInterval;
    vi.stubGlobal('setInterval', (run: () => void, ms: number) => inTime(run, interval(ms)));
  });
}

describe('[70] a page that is late with everything', () => {
  late((ms) => 10 * ms);

  it('keeps the socket whose answer is as late', async () => {
    const { made, socket, states } = await opened();
    made.nudge();
    await pass(9_000);
    socket.say('q');
    await pass(5_000);
    expect([pings(socket), states]).toEqual([1, ['connecting', 'open']]);
  });

  it('gives it up all the same where no answer comes', async () => {
    const { made, states } = await opened();
    made.nudge();
    await pass(10_000);
    expect(states.at(-1)).toBe('retrying');
  });

  it('is let into the room by answers that are as late', async () => {
    const { states } = signaling();
    await pass(20_000);
    FakeKnock.made[0]?.answer(true);
    await pass(10_000);
    const socket = last();
    await pass(10_000);
    expect(last()).toBe(socket);
    await admit();
    expect(states).toEqual(['connecting', 'open']);
  });

  it('makes no more attempts at once than a browser makes connections to a host', async () => {
    signaling();
    await pass(20_000);
    expect(FakeSocket.made.length + FakeKnock.made.length).toBe(6);
  });
});

describe('[70] a page whose timers run once a second', () => {
  late((ms) => Math.max(ms, 1_000));

  it('keeps the socket that answers a ping of its heartbeat after 20 s', async () => {
    const { socket, states } = await opened();
    await pass(25_000);
    socket.say('q');
    await pass(25_000);
    expect([pings(socket), states]).toEqual([10, ['connecting', 'open']]);
  });

  it('gives it up all the same where nothing comes for long', async () => {
    const { states } = await opened();
    await pass(80_000);
    expect(states.at(-1)).toBe('retrying');
  });
});
