import { describe, expect, it, vi } from 'vitest';
import type { Enter, FromRoom } from '../../../worker/protocol.ts';
import { CLOSE } from '../../../worker/protocol.ts';
import { Signaling } from '../../../web/room/signaling.ts';
import { FakeKnock, FakeSocket } from '../../support/fake-socket.ts';
import { admit, last, nonce, opened, pass, signaling, useSockets, welcome } from './socket.ts';

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

describe('dialing', () => {
  it('tries beside an attempt that is not answered, and the first room that speaks wins', async () => {
    const { states } = signaling();
    await pass(1_400);
    const [first, second] = FakeSocket.made;
    const [asked] = FakeKnock.made;
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([2, 1]);
    second?.open();
    second?.say({ type: 'challenge', nonce });
    await pass(1);
    second?.say(welcome);
    expect(states).toEqual(['connecting', 'open']);
    expect([first?.closedWith, second?.closedWith, asked?.signal.aborted]).toEqual([null, undefined, true]);
    await pass(4_000);
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([2, 1]);
  });

  it('has not failed while another attempt may still be answered', async () => {
    const { states } = signaling();
    await pass(700);
    FakeSocket.made[0]?.end(1006);
    expect(states).toEqual(['connecting']);
    FakeKnock.made[0]?.refuse();
    await pass(0);
    expect(states).toEqual(['connecting', 'retrying']);
  });

  it('[2] asks by requests while the server is away, and risks a socket as soon as one is answered', async () => {
    const { states, socket } = await opened();
    socket.end(1006);
    for (let elapsed = 0; elapsed < 60_000; elapsed += 10) {
      FakeSocket.made.at(-1)?.end(1006);
      FakeKnock.made.at(-1)?.refuse();
      await pass(10);
    }
    // Each half of an outage but for the first 1.25 s, and the one that was open.
    expect(FakeSocket.made.length).toBeLessThanOrEqual(9);
    expect(FakeKnock.made.length).toBeGreaterThan(200);
    const [asked, tried] = [FakeKnock.made.length, FakeSocket.made.length];
    while (FakeKnock.made.length === asked) await pass(10);
    FakeKnock.made.at(-1)?.answer(true);
    await pass(0);
    expect(FakeSocket.made).toHaveLength(tried + 1);
    await admit();
    expect(states.at(-1)).toBe('open');
  });

  it('takes an answer that is an error for none', async () => {
    signaling();
    await pass(700);
    FakeKnock.made[0]?.answer(false);
    await pass(0);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('opens one socket where several requests are answered', async () => {
    signaling();
    await pass(4_000);
    const asked = FakeKnock.made.filter(({ signal }) => !signal.aborted);
    const tried = FakeSocket.made.length;
    expect(asked.length).toBeGreaterThan(1);
    for (const each of asked) each.answer(true);
    await pass(0);
    expect(FakeSocket.made).toHaveLength(tried + 1);
  });

  it('leaves a server alone that answers and opens no room', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    signaling();
    const triesIn = async (ms: number) => {
      const before = FakeSocket.made.length;
      for (let elapsed = 0; elapsed < ms; elapsed += 10) {
        FakeKnock.made.at(-1)?.answer(true);
        await pass(10);
        FakeSocket.made.at(-1)?.end(1006);
      }
      return FakeSocket.made.length - before;
    };
    expect(await triesIn(1_000)).toBeGreaterThan(2);
    await pass(20_000);
    expect(await triesIn(60_000)).toBeLessThanOrEqual(16);
  });

  it('leaves a room alone that accepts and welcomes nobody', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    signaling();
    const closesIn = async (ms: number) => {
      const before = FakeSocket.made.length;
      for (let elapsed = 0; elapsed < ms; elapsed += 10) {
        FakeKnock.made.at(-1)?.answer(true);
        await pass(10);
        if (last().readyState === FakeSocket.CONNECTING) last().open();
        last().say({ type: 'challenge', nonce });
        last().end(1011);
      }
      return FakeSocket.made.length - before;
    };
    await closesIn(20_000);
    expect(await closesIn(60_000)).toBeLessThanOrEqual(16);
  });

  it('ends an attempt that hangs after 4 s', async () => {
    signaling();
    const [first] = FakeSocket.made;
    await pass(4_000);
    expect(first?.closedWith).toBeNull();
  });

  it('starts no more once one is open, though the room is slow to speak', async () => {
    signaling();
    last().open();
    await pass(3_000);
    expect(FakeSocket.made).toHaveLength(1);
  });

  it('asks a network that swallows everything less often, the longer it does', async () => {
    signaling();
    const madeIn = async (ms: number) => {
      const before = FakeKnock.made.length;
      await pass(ms);
      return FakeKnock.made.length - before;
    };
    expect(await madeIn(60_000)).toBeGreaterThan(80);
    await pass(60_000);
    expect(await madeIn(60_000)).toBeLessThanOrEqual(30);
    await pass(540_000);
    expect(await madeIn(60_000)).toBeLessThanOrEqual(12);
  });

  it('never gives up', async () => {
    const { states } = signaling();
    for (let minute = 0; minute < 60; minute += 1) {
      await pass(60_000);
      for (const socket of FakeSocket.made) socket.end(1006);
      for (const asked of FakeKnock.made) asked.refuse();
    }
    const asked = FakeKnock.made.length;
    while (FakeKnock.made.length === asked) await pass(500);
    FakeKnock.made.at(-1)?.answer(true);
    await pass(0);
    await admit();
    expect(states.at(-1)).toBe('open');
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
