import { describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../../../worker/protocol.ts';
import { FakeKnock, FakeSocket } from '../../support/fake-socket.ts';
import { admit, last, opened, pass, pings, signaling, useSockets, welcome } from './socket.ts';

useSockets();

describe('a heartbeat', () => {
  it('every 5 s keeps an answered socket', async () => {
    const { socket, states } = await opened();
    for (let beat = 0; beat < 20; beat += 1) {
      await pass(5_000);
      socket.say('q');
    }
    expect([pings(socket), states.at(-1)]).toEqual([20, 'open']);
  });

  it('counts every word of the room as an answer', async () => {
    const { socket, states } = await opened();
    for (let beat = 0; beat < 20; beat += 1) {
      await pass(5_000);
      socket.say({ type: 'ice', iceServers: [], iceExpiresAt: null });
    }
    expect(states.at(-1)).toBe('open');
  });

  it('missed twice means that the socket is dead, whatever it says of itself', async () => {
    const { socket, states } = await opened();
    await pass(14_999);
    expect(states.at(-1)).toBe('open');
    await pass(1);
    expect([states.at(-1), socket.closedWith]).toEqual(['retrying', 1000]);
    await pass(500);
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([1, 1]);
  });

  it('beats once, however often the room says welcome', async () => {
    const { socket } = await opened();
    socket.say(welcome);
    await pass(5_000);
    expect(pings(socket)).toBe(1);
  });
});

describe('a comeback', () => {
  it('asks at once whether the socket lives, once, and believes the answer', async () => {
    const { made, socket, states } = await opened();
    made.nudge();
    made.nudge();
    expect(pings(socket)).toBe(1);
    await pass(1_000);
    socket.say('q');
    await pass(3_000);
    expect(states.at(-1)).toBe('open');
  });

  it('[8] replaces a socket that does not answer within 1.5 s', async () => {
    const { made, states } = await opened();
    made.nudge();
    await pass(1_500);
    expect(states.at(-1)).toBe('retrying');
    await pass(500);
    FakeKnock.made[0]?.answer(true);
    await pass(0);
    await admit();
    expect(states.at(-1)).toBe('open');
  });

  it('[8] is noticed by the heartbeat itself after a sleep', async () => {
    const { socket, states } = await opened();
    await pass(4_000);
    vi.setSystemTime(Date.now() + 600_000);
    await pass(1_000);
    expect([pings(socket), states.at(-1)]).toEqual([1, 'open']);
    await pass(1_500);
    expect(states.at(-1)).toBe('retrying');
  });

  it('does not wait for the timer of the next attempt', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.99);
    const { made, socket } = await opened();
    socket.end(1006);
    made.nudge();
    expect(FakeSocket.made).toHaveLength(2);
    made.nudge();
    await pass(300);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('opens nothing where nothing was asked for', async () => {
    const { made, socket } = await opened();
    socket.end(CLOSE.removed);
    made.nudge();
    await pass(10_000);
    expect(FakeSocket.made).toHaveLength(1);
  });
});

describe('leaving', () => {
  it('is said, closes with 4000 and leaves nothing behind', async () => {
    const { made, socket, states } = await opened();
    made.close();
    expect([socket.sent.at(-1), socket.closedWith]).toEqual(['{"type":"leave"}', CLOSE.left]);
    await pass(60_000);
    expect([vi.getTimerCount(), FakeSocket.made.length, states.at(-1)]).toEqual([0, 1, 'closed']);
  });

  it.each(['connecting', 'retrying'] as const)('while %s ends every attempt', async (state) => {
    const { made, states } = signaling();
    if (state === 'retrying') {
      await admit();
      last().end(1006);
    }
    expect(states.at(-1)).toBe(state);
    made.close();
    await pass(60_000);
    expect([vi.getTimerCount(), states.at(-1)]).toEqual([0, 'closed']);
    expect(FakeSocket.made.every(({ closedWith, readyState }) => closedWith !== undefined || readyState === 3)).toBe(
      true,
    );
  });
});
