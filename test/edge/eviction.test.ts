/** A room that forgets everything but its sockets, or those too: whoever talks through it must not notice. */
import { evictDurableObject } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { CLOSE, type FromRoom } from '../../worker/protocol.ts';
import { makeIdentity, makeLink, type Identity, type RoomLink } from '../support/room-client.ts';
import { come, connect, evict, gather, inside, ringAlarm, stubOf, type Guest } from './meeting.ts';

type Pause = () => Promise<void>;

/** Everything a room does, one frame at a time, with `pause` between every two. What each browser heard, in order. */
async function exchange(link: RoomLink, pause: Pause): Promise<string[][]> {
  const people = await Promise.all(Array.from({ length: 4 }, () => makeIdentity()));
  const names = new Map(people.map(({ sid }, n) => [sid, `#${n}`]));
  const [alice, bob, carol, dora] = people;
  if (!alice || !bob || !carol || !dora) throw new Error('Nobody there');
  const clients: Guest['client'][] = [];

  const enter = async (identity: Identity): Promise<Guest['client']> => {
    const client = await connect(link);
    clients.push(client);
    await pause();
    await client.enter(link, identity);
    await pause();
    return client;
  };
  const inAlice = await enter(alice);
  const inBob = await enter(bob);
  const inCarol = await enter(carol);
  inCarol.relay({ to: alice.sid, box: 'AA' }, { to: bob.sid, box: 'AQ' });
  await Promise.all([inAlice.next('frame'), inBob.next('frame')]);
  await pause();
  inAlice.relay({ to: carol.sid, box: 'Ag' });
  await inCarol.next('frame');
  await pause();
  inBob.relay({ to: carol.sid, box: 'Aw' });
  await inCarol.next('frame');
  await pause();
  inBob.sendRaw('p');
  await expect.poll(() => inBob.texts).toEqual(['q']);
  await pause();
  await inAlice.settle();
  await pause();
  const bobAgain = await enter(bob);
  await inBob.closed;
  await pause();
  bobAgain.relay({ to: alice.sid, box: 'BA' });
  await inAlice.next('frame');
  await pause();
  const inDora = await enter(dora);
  inAlice.send({ type: 'leave' });
  await inAlice.closed;
  await pause();
  inCarol.close(1000);
  await inCarol.closed;
  await pause();
  await ringAlarm(link);
  await pause();
  inDora.sendRaw('nonsense');
  await inDora.closed;
  await pause();
  await bobAgain.settle();
  return clients.map(({ received }) => received.map((message) => told(message, names)));
}

/** A message without what is random in it. */
function told(message: FromRoom, names: Map<string, string>): string {
  const name = (sid: string) => names.get(sid) ?? 'nobody';
  switch (message.type) {
    case 'welcome':
      return `welcome ${message.roster.map(({ sid }) => name(sid)).join(' ')}`;
    case 'entered':
    case 'left':
      return `${message.type} ${name(message.sid)} ${message.type === 'left' ? message.reason : ''}`;
    case 'frame':
      return `frame ${name(message.from)} ${message.box}`;
    case 'challenge':
    case 'ice':
    case 'refused':
      return message.type;
  }
}

describe('[5] Hibernation between every two frames', () => {
  test('changes nothing that anyone hears', async () => {
    const undisturbed = await exchange(await makeLink(), () => Promise.resolve());
    expect(undisturbed.map((heard) => heard[1])).toEqual([
      'welcome ',
      'welcome #0',
      'welcome #0 #1',
      'welcome #0 #2',
      'welcome #0 #1 #2',
    ]);

    const link = await makeLink();
    const pauses: ('evicted' | 'asleep already')[] = [];
    const heard = await exchange(link, async () => {
      pauses.push(
        await evict(link).then(
          () => 'evicted' as const,
          () => 'asleep already' as const,
        ),
      );
    });
    expect(heard).toEqual(undisturbed);
    // Asleep already: after the ping, and after the close of the replaced socket where that was done before.
    expect(pauses.filter((pause) => pause === 'asleep already').length).toBeLessThanOrEqual(2);
    expect(pauses.length).toBeGreaterThanOrEqual(20);
  });

  test('keeps the epoch', async () => {
    const link = await makeLink();
    const epochs = new Set<string>();
    for (let n = 0; n < 4; n++) {
      epochs.add((await (await connect(link)).enter(link, await makeIdentity())).epoch);
      await evict(link);
    }
    expect(epochs.size).toBe(1);
  });

  test('keeps the challenge', async () => {
    const link = await makeLink();
    const client = await connect(link);
    await evict(link);
    await client.enter(link, await makeIdentity());
  });

  test('keeps what a socket has spent', async () => {
    const link = await makeLink();
    const [alice] = await gather(link, 1);
    const frames = Array.from({ length: 12 }, () => ({ to: 'A'.repeat(22), box: 'A'.repeat(42_000) }));
    // 504,000 characters of 2,097,152 each time.
    for (let n = 0; n < 4; n++) {
      alice?.client.relay(...frames);
      await alice?.client.settle();
      await evict(link);
    }
    alice?.client.relay(...frames);
    expect((await alice?.client.closed)?.code).toBe(CLOSE.rate);
  });
});

describe('[6] A storm of joins', () => {
  test('with evictions at random lets everyone in once', async () => {
    const link = await makeLink();
    const identities = await Promise.all(Array.from({ length: 50 }, () => makeIdentity()));
    let over = false;
    const evicting = (async () => {
      let evictions = 0;
      while (!over) {
        await new Promise((resolve) => setTimeout(resolve, Math.random() * 30));
        await evict(link).then(
          () => evictions++,
          () => undefined,
        );
      }
      return evictions;
    })();
    const guests = await Promise.all(identities.map((identity) => come(link, identity)));
    over = true;
    expect(await evicting).toBeGreaterThan(0);

    const sids = identities.map(({ sid }) => sid).sort();
    for (const { client, sid } of guests) {
      await client.settle();
      // Everyone else is heard of exactly once: in the welcome, or as they enter.
      const heard = client.received.flatMap((message) => {
        if (message.type === 'welcome') return message.roster.map((entry) => entry.sid);
        return message.type === 'entered' ? [message.sid] : [];
      });
      expect([...heard, sid].sort()).toEqual(sids);
      expect(client.received.filter(({ type }) => type === 'left')).toEqual([]);
    }
  });
});

describe('[4] A room that lost its sockets', () => {
  test('takes everyone back under a new epoch, and says of nobody that they left', async () => {
    const link = await makeLink();
    const identities = [await makeIdentity(), await makeIdentity(), await makeIdentity()];
    const before = [];
    const lost = [];
    for (const identity of identities) {
      const client = await connect(link);
      before.push((await client.enter(link, identity)).epoch);
      lost.push(client);
    }
    await evictDurableObject(stubOf(link), { webSockets: 'close' });
    for (const client of lost) {
      await client.closed;
      expect(client.received.filter(({ type }) => type === 'left')).toEqual([]);
    }
    expect(await inside(link, (state) => state.getWebSockets().length)).toBe(0);

    const after = [];
    for (const [n, identity] of identities.entries()) {
      const welcome = await (await connect(link)).enter(link, identity);
      expect(welcome.roster.map(({ sid }) => sid)).toEqual(identities.slice(0, n).map(({ sid }) => sid));
      after.push(welcome.epoch);
    }
    expect(new Set(after).size).toBe(1);
    expect(after[0]).not.toBe(before[0]);
  });
});
