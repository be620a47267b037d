import { describe, expect, it, vi } from 'vitest';
import type { Enter, FromRoom } from '../../../worker/protocol.ts';
import { CLOSE } from '../../../worker/protocol.ts';
import { Signaling } from '../../../web/room/signaling.ts';
import { FakeKnock, FakeSocket } from '../../support/fake-socket.ts';
import { admit, last, nonce, opened, pass, signaling, useSockets } from './socket.ts';

useSockets();

describe('entering', () => {
  it('answers the challenge and is open with the welcome', async () => {
    const { made, states, onWelcome, socket } = await opened();
    expect(socket.url).toBe('wss://snug.example/api/rooms/room');
    expect(socket.sent.map((text): unknown => JSON.parse(text))).toEqual([{ type: 'enter', sid: nonce }]);
    expect([states, onWelcome.mock.calls.length]).toEqual([['connecting', 'open'], 1]);
    expect(made.send({ type: 'refresh' })).toBe(true);
  });

  it('sends nothing before it is welcome, and says so', async () => {
    const { made } = signaling();
    expect(made.send({ type: 'refresh' })).toBe(false);
    last().open();
    last().say({ type: 'challenge', nonce });
    await pass(1);
    expect(made.send({ type: 'refresh' })).toBe(false);
  });

  it('hands on what the room says, and nothing that it cannot mean', async () => {
    const { socket, onEntered, onLeft, onFrame, onIce } = await opened();
    const entry: FromRoom = { type: 'entered', sid: nonce, hello: 'AA' };
    socket.say(entry);
    socket.say({ type: 'left', sid: nonce, reason: 'lost' });
    socket.say({ type: 'frame', from: nonce, box: 'AA' });
    socket.say({ type: 'ice', iceServers: [], iceExpiresAt: 5 });
    for (const nonsense of ['{', 'null', '[]', { type: 'later' }, { ...entry, sid: '<b>' }, new ArrayBuffer(4)]) {
      socket.say(nonsense);
    }
    expect([onEntered, onLeft, onFrame, onIce].map(({ mock }) => mock.calls.length)).toEqual([1, 1, 1, 1]);
    expect(onEntered).toHaveBeenCalledWith(entry);
  });

  it('goes on where a room that accepts never welcomes', async () => {
    const { states } = signaling();
    last().open();
    last().say({ type: 'challenge', nonce });
    await pass(5_000);
    expect(states).toEqual(['connecting', 'retrying']);
    await pass(600);
    expect(FakeSocket.made.length).toBeGreaterThan(1);
    await admit();
    expect(states.at(-1)).toBe('open');
  });

  it('does not answer on a socket that was replaced meanwhile', async () => {
    let answer: (enter: Enter) => void = () => undefined;
    const { made } = signaling();
    made.close();
    const slow = new Signaling({
      ...{ origin: 'https://snug.example', roomId: 'room', onState: () => undefined, onRefused: () => undefined },
      ...{ onWelcome: () => undefined, onEntered: () => undefined, onLeft: () => undefined },
      ...{ onFrame: () => undefined, onIce: () => undefined },
      enter: () => new Promise((resolve) => (answer = resolve)),
    });
    slow.open();
    const first = last();
    first.open();
    first.say({ type: 'challenge', nonce });
    // Closing, and not closed yet: the browser would still take what is sent.
    slow.close();
    first.readyState = FakeSocket.OPEN;
    answer({ type: 'enter' } as unknown as Enter);
    await pass(1);
    expect(first.sent).toEqual([]);
  });
});

describe('a socket that was lost', () => {
  it.each([1001, 1006, 1011, 1012, 1013, CLOSE.lease])('with %i is opened again within 0.5 s', async (code) => {
    const { socket, states, onRefused } = await opened();
    vi.spyOn(Math, 'random').mockReturnValue(0.99);
    socket.end(code);
    expect(states.at(-1)).toBe('retrying');
    await pass(500);
    expect(FakeSocket.made).toHaveLength(2);
    await admit();
    expect([states.at(-1), onRefused.mock.calls]).toEqual(['open', []]);
  });

  it.each([
    ['removed', CLOSE.removed],
    ['refused', CLOSE.refused],
    ['replaced', CLOSE.replaced],
    ['protocol', CLOSE.protocol],
    ['rate', CLOSE.rate],
    ['full', CLOSE.full],
    ['ended', CLOSE.ended],
  ])('because of %s is final, and is told with its reason', async (reason, code) => {
    const { socket, states, onRefused } = await opened();
    socket.end(code, reason);
    await pass(60_000);
    expect([FakeSocket.made.length, states.at(-1)]).toEqual([1, 'closed']);
    expect(onRefused.mock.calls).toEqual([[code, reason]]);
  });

  it('may be asked for again after it was final', async () => {
    const { made, socket, states } = await opened();
    socket.end(CLOSE.full);
    made.open();
    await admit();
    expect(states.at(-1)).toBe('open');
  });

  it('waits a random time, so that not everyone comes back in the same instant', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.9);
    const { socket } = await opened();
    socket.end(1006);
    await pass(449);
    expect(FakeSocket.made).toHaveLength(1);
    await pass(2);
    expect(FakeSocket.made).toHaveLength(2);
  });

  it('begins with the short wait again once it was open', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.1);
    const { socket } = await opened();
    socket.end(1006);
    await pass(51);
    last().end(1006);
    // The first wait is any within 0.5 s, the next ones never less than half of theirs.
    await pass(149);
    expect(FakeKnock.made).toHaveLength(0);
    await pass(300);
    expect(FakeKnock.made).toHaveLength(1);
    FakeKnock.made[0]?.answer(true);
    await pass(0);
    await admit();
    last().end(1006);
    await pass(51);
    expect(FakeSocket.made).toHaveLength(4);
  });

  it('says nothing more', async () => {
    const { socket, onFrame, states } = await opened();
    const handler = socket.onmessage;
    socket.end(1006);
    handler?.({ data: JSON.stringify({ type: 'frame', from: nonce, box: 'AA' }) });
    expect([onFrame.mock.calls, states.at(-1)]).toEqual([[], 'retrying']);
  });
});
