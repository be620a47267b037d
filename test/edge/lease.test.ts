/** Sockets that say nothing: how the room finds out, whom it tells, and what keeps it asleep. */
import { describe, expect, test } from 'vitest';
import { CLOSE, LIMITS } from '../../worker/protocol.ts';
import { makeIdentity, makeLink } from '../support/room-client.ts';
import { age, come, connect, evict, gather, inside, isSid, ringAlarm, stored } from './meeting.ts';

const OVER = LIMITS.lease + 1_000;

async function three() {
  const link = await makeLink();
  const [alice, bob, carol] = await gather(link, 3);
  if (!alice || !bob || !carol) throw new Error('Nobody there');
  return { link, alice, bob, carol };
}

describe('[7] A lease', () => {
  test('that is over ends the socket, and the alarm tells the others', async () => {
    const { link, alice, bob, carol } = await three();
    await age(link, OVER, isSid(bob.sid));
    expect(await ringAlarm(link)).toBe(true);
    expect(await bob.client.closed).toEqual({ code: CLOSE.lease, reason: 'lease over' });
    for (const { client } of [alice, carol]) {
      expect(await client.next('left')).toEqual({ type: 'left', sid: bob.sid, reason: 'lease' });
    }
  });

  test('that is over is found when someone comes in, who does not see the dead', async () => {
    const { link, alice, bob, carol } = await three();
    // Connected before the lease ended: the sweep at a socket's coming cannot be what finds it.
    const dora = await connect(link);
    await age(link, OVER, isSid(bob.sid));
    const welcome = await dora.enter(link, await makeIdentity());
    expect(welcome.roster.map(({ sid }) => sid)).toEqual([alice.sid, carol.sid]);
    expect((await alice.client.next('left')).reason).toBe('lease');
  });

  test('of all but one ends them all, and nobody who is gone is told', async () => {
    const { link, alice, bob, carol } = await three();
    await age(link, OVER, (entry) => entry.state === 'entered' && entry.sid !== alice.sid);
    await ringAlarm(link);
    for (const { client } of [bob, carol]) {
      expect((await client.closed).code).toBe(CLOSE.lease);
      expect(client.unread()).toEqual([]);
    }
    await alice.client.settle();
    const gone = alice.client.unread().map((message) => (message.type === 'left' ? message.sid : message.type));
    expect(gone.sort()).toEqual([bob.sid, carol.sid].sort());
  });

  test('lasts while there are pings', async () => {
    const { link, bob } = await three();
    await age(link, OVER, () => true);
    bob.client.sendRaw('p');
    await expect.poll(() => bob.client.texts).toEqual(['q']);
    await ringAlarm(link);
    await bob.client.settle();
  });

  test('lasts while there are messages', async () => {
    const { link, alice, bob } = await three();
    await age(link, OVER, () => true);
    await bob.client.settle();
    await ringAlarm(link);
    expect((await alice.client.closed).code).toBe(CLOSE.lease);
    await bob.client.settle();
  });

  test('lasts up to its very end', async () => {
    const { link, bob } = await three();
    await age(link, LIMITS.lease - 2_000, () => true);
    await ringAlarm(link);
    await bob.client.settle();
    expect(bob.client.unread()).toEqual([]);
  });

  test('survives hibernation, and its end does too', async () => {
    const { link, alice, bob } = await three();
    await evict(link);
    await ringAlarm(link);
    await bob.client.settle();
    await age(link, OVER, isSid(bob.sid));
    await ringAlarm(link);
    expect((await alice.client.next('left')).sid).toBe(bob.sid);
  });
});

describe('The alarm', () => {
  test('[20] that rings twice says once who left', async () => {
    const { link, alice, bob } = await three();
    await age(link, OVER, isSid(bob.sid));
    expect(await ringAlarm(link)).toBe(true);
    expect(await ringAlarm(link)).toBe(true);
    await alice.client.settle();
    expect(alice.client.unread()).toEqual([{ type: 'left', sid: bob.sid, reason: 'lease' }]);
  });

  test('rings within 20 seconds while two are there, and not for one', async () => {
    const { link, alice, bob, carol } = await three();
    const { alarm } = await stored(link);
    expect((alarm ?? Infinity) - Date.now()).toBeLessThanOrEqual(20_000);
    for (const { client } of [bob, carol]) {
      client.send({ type: 'leave' });
      await client.closed;
    }
    await ringAlarm(link);
    expect(await stored(link)).toEqual({ keys: [], alarm: null });
    await alice.client.settle();
  });

  test('rings again when the first lease can end', async () => {
    const { link, bob } = await three();
    await age(link, LIMITS.lease - 4_000, isSid(bob.sid));
    await ringAlarm(link);
    const { alarm } = await stored(link);
    const wait = (alarm ?? NaN) - Date.now();
    expect(wait).toBeGreaterThan(2_000);
    expect(wait).toBeLessThanOrEqual(4_001);
  });

  test('is not put off by those who come', async () => {
    const { link } = await three();
    const { alarm } = await stored(link);
    await evict(link);
    await come(link);
    expect(alarm).not.toBeNull();
    expect((await stored(link)).alarm).toBe(alarm);
  });
});

describe('A stranger', () => {
  test('who does not enter in time makes room for the next', async () => {
    const link = await makeLink();
    const stranger = await connect(link);
    await stranger.next('challenge');
    await age(link, LIMITS.enterTimeout + 1_000, () => true);
    await connect(link);
    expect((await stranger.closed).code).toBe(CLOSE.lease);
  });

  test('who has time left keeps it', async () => {
    const link = await makeLink();
    const stranger = await connect(link);
    await stranger.next('challenge');
    await age(link, LIMITS.enterTimeout - 2_000, () => true);
    await connect(link);
    stranger.send({ type: 'leave' });
    expect((await stranger.closed).code).toBe(CLOSE.left);
  });
});

describe('A ping', () => {
  test('is answered while the room sleeps on', async () => {
    const { link, bob } = await three();
    await evict(link);
    bob.client.sendRaw('p');
    await expect.poll(() => bob.client.texts).toEqual(['q']);
    await expect(evict(link)).rejects.toThrow('not currently running');
  });

  test('is remembered as a sign of life', async () => {
    const { link, bob } = await three();
    bob.client.sendRaw('p');
    await expect.poll(() => bob.client.texts).toEqual(['q']);
    const stamps = await inside(link, (state) =>
      state.getWebSockets().map((socket) => state.getWebSocketAutoResponseTimestamp(socket)),
    );
    expect(stamps.filter((stamp) => stamp !== null)).toHaveLength(1);
  });
});
