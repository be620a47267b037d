import { describe, expect, it, vi } from 'vitest';
import { FakeKnock, FakeSocket } from '../../support/fake-socket.ts';
import { admit, last, nonce, opened, pass, signaling, useSockets, welcome } from './socket.ts';

useSockets();

/** How the page itself was loaded. */
function navigation(nextHopProtocol: string) {
  const entry = { name: '', entryType: 'navigation', startTime: 0, duration: 0, nextHopProtocol };
  return { ...entry, toJSON: () => entry };
}

describe('dialing', () => {
  it('tries beside an attempt that is not answered, and the first room that speaks wins', async () => {
    const { states } = signaling();
    await pass(1_400);
    const [answered, asked] = FakeKnock.made;
    answered?.answer(true);
    await pass(0);
    const [first, second] = FakeSocket.made;
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([2, 2]);
    second?.open();
    second?.say({ type: 'challenge', nonce });
    await pass(1);
    second?.say(welcome);
    expect(states).toEqual(['connecting', 'open']);
    expect([first?.closedWith, second?.closedWith, asked?.signal.aborted]).toEqual([null, undefined, true]);
    await pass(4_000);
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([2, 2]);
  });

  it('begins the socket before it ends the other requests, which takes time', async () => {
    signaling();
    await pass(1_400);
    const [answered, asked] = FakeKnock.made;
    const before = FakeSocket.made.length;
    const begun: number[] = [];
    asked?.signal.addEventListener('abort', () => begun.push(FakeSocket.made.length - before));
    answered?.answer(true);
    await pass(0);
    expect(begun).toEqual([1]);
  });

  /** When sockets were tried in an outage of a minute that swallows all, after a request of this page was answered. */
  async function triedWhere(protocol: string, loss: 'told' | 'silent'): Promise<number[]> {
    vi.spyOn(performance, 'getEntriesByType').mockImplementation((type) =>
      type === 'navigation' ? [navigation(protocol)] : [],
    );
    signaling();
    await pass(700);
    FakeKnock.made[0]?.answer(true);
    await pass(0);
    const socket = await admit();
    if (loss === 'told') socket.end(1006);
    else await pass(15_000);
    const before = FakeSocket.made.length;
    const tried: number[] = [];
    for (let elapsed = 0; elapsed < 60_000; elapsed += 10) {
      if (FakeSocket.made.length > before + tried.length) tried.push(elapsed);
      await pass(10);
    }
    return tried;
  }

  it.each(['h2', 'h3'])(
    '[33] risks a socket every 2 s where requests by %s may wait for a dead connection',
    async (protocol) => {
      const tried = await triedWhere(protocol, 'silent');
      // The first is not kept waiting for a request either.
      expect(tried[0]).toBeLessThanOrEqual(500);
      const gaps = tried.map((at, index) => at - (tried[index - 1] ?? 0));
      expect(Math.max(...gaps.filter((_, index) => (tried[index] ?? 0) <= 20_000))).toBeLessThan(2_700);
      expect(tried.length).toBeGreaterThan(8);
      expect(tried.length).toBeLessThanOrEqual(12);
    },
  );

  it('[36] risks none where each has its own: Firefox lets the next socket wait for those that were given up', async () => {
    expect(await triedWhere('http/1.1', 'silent')).toEqual([]);
  });

  it('tries one at once where the last one was closed', async () => {
    expect(await triedWhere('http/1.1', 'told')).toHaveLength(1);
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
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    const { states, socket } = await opened();
    socket.end(1006);
    for (let elapsed = 0; elapsed < 60_000; elapsed += 10) {
      FakeSocket.made.at(-1)?.end(1006);
      FakeKnock.made.at(-1)?.refuse();
      await pass(10);
    }
    // The one that was open, and the first that failed.
    expect(FakeSocket.made).toHaveLength(2);
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

  it('waits for the one socket where the server answers and swallows sockets, and calls that failed', async () => {
    const { states } = signaling();
    await pass(700);
    const tried = FakeSocket.made.length;
    FakeKnock.made[0]?.answer(true);
    for (let elapsed = 0; elapsed < 4_000; elapsed += 10) {
      await pass(10);
      FakeKnock.made.at(-1)?.answer(true);
    }
    expect(FakeSocket.made).toHaveLength(tried + 1);
    expect(states).toEqual(['connecting', 'retrying']);
  });

  it('asks no more once a socket that was risked is open', async () => {
    signaling();
    await pass(700);
    last().open();
    expect(FakeKnock.made[0]?.signal.aborted).toBe(true);
    await pass(3_000);
    expect([FakeSocket.made.length, FakeKnock.made.length]).toEqual([1, 1]);
  });

  it('[2] is as quick as ever where a room that turned everyone away is gone and comes back', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0.5);
    signaling();
    for (let time = 0; time < 6; time += 1) {
      const asked = FakeKnock.made.length;
      while (FakeKnock.made.length === asked) {
        last().end(1006);
        await pass(10);
      }
      FakeKnock.made.at(-1)?.answer(true);
      await pass(0);
    }
    for (let elapsed = 0; elapsed < 10_000; elapsed += 10) {
      last().end(1006);
      FakeKnock.made.at(-1)?.refuse();
      await pass(10);
    }
    const asked = FakeKnock.made.length;
    await pass(300);
    expect(FakeKnock.made.length).toBeGreaterThan(asked);
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
    expect(await madeIn(60_000)).toBeGreaterThan(70);
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
