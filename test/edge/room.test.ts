/** Being in: who hears what when people come, speak, come back and go; and how many messages that takes. */
import { describe, expect, test } from 'vitest';
import { CLOSE } from '../../worker/protocol.ts';
import { enterMessage, makeIdentity, makeLink, randomBox } from '../support/room-client.ts';
import { come, connect, gather, inside } from './meeting.ts';

describe('Coming in', () => {
  test('the welcome lists everyone else in the order in which they entered', async () => {
    const link = await makeLink();
    const guests = await gather(link, 4);
    const welcome = await (await connect(link)).enter(link, await makeIdentity());
    expect(welcome.roster).toEqual(guests.map(({ identity }) => ({ sid: identity.sid, hello: identity.hello })));
  });

  test('the k-th to come costs one welcome, one entered for each other, and one frame for each of its offers', async () => {
    const link = await makeLink();
    const others = await gather(link, 5);
    const { client, identity, sid } = await come(link);
    client.relay(...others.map((other, n) => ({ to: other.sid, box: randomBox(1_024 + n) })));
    for (const [n, other] of others.entries()) {
      await other.client.settle();
      const [entered, frame, ...more] = other.client.unread();
      expect(entered).toEqual({ type: 'entered', sid, hello: identity.hello });
      expect(frame).toMatchObject({ type: 'frame', from: sid });
      expect(frame?.type === 'frame' && frame.box.length).toBe(Math.ceil(((1_024 + n) * 4) / 3));
      expect(more).toEqual([]);
      other.client.relay({ to: sid, box: randomBox(1_024) });
    }
    for (const _ of others) await client.next('frame');
    await client.settle();
    expect(client.received.map(({ type }) => type)).toEqual([
      'challenge',
      'welcome',
      ...others.map(() => 'frame'),
      'ice',
    ]);
  });

  test('everyone in a room hears the same epoch, and another room has another', async () => {
    const link = await makeLink();
    const epochs = [];
    for (let n = 0; n < 3; n++) {
      epochs.push((await (await connect(link)).enter(link, await makeIdentity())).epoch);
    }
    expect(new Set(epochs).size).toBe(1);
    const other = await makeLink();
    expect((await (await connect(other)).enter(other, await makeIdentity())).epoch).not.toBe(epochs[0]);
  });

  test('TURN credentials name the sid they are for, and come anew when asked', async () => {
    const link = await makeLink();
    const identity = await makeIdentity();
    const client = await connect(link);
    const welcome = await client.enter(link, identity);
    expect(welcome.iceServers).toEqual([
      {
        urls: ['turn:127.0.0.1:3478'],
        username: expect.stringMatching(`^\\d+:${identity.sid}$`),
        credential: expect.any(String),
      },
    ]);
    expect((welcome.iceExpiresAt ?? NaN) - (welcome.now ?? NaN)).toBeGreaterThan(3_500_000);
    client.send({ type: 'refresh' });
    const ice = await client.next('ice');
    expect(ice.iceServers[0]?.username).toMatch(`:${identity.sid}`);
    expect(ice.iceExpiresAt).toBeGreaterThanOrEqual(welcome.iceExpiresAt ?? Infinity);
    expect((ice.iceExpiresAt ?? NaN) - (ice.now ?? NaN)).toBeGreaterThan(3_500_000);
  });
});

describe('Frames', () => {
  test('say from whom they are by the socket, and no message has a field to claim another', async () => {
    const link = await makeLink();
    const [alice, bob, mallory] = await gather(link, 3);
    if (!alice || !bob || !mallory) throw new Error('Nobody there');
    mallory.client.relay({ to: bob.sid, box: 'AAAA' });
    expect(await bob.client.next('frame')).toEqual({ type: 'frame', from: mallory.sid, box: 'AAAA' });

    for (const spoofed of [
      { type: 'relay', from: alice.sid, frames: [{ to: bob.sid, box: 'AAAA' }] },
      { type: 'relay', frames: [{ to: bob.sid, box: 'AAAA', from: alice.sid }] },
      { type: 'frame', from: alice.sid, box: 'AAAA' },
      { type: 'left', sid: alice.sid, reason: 'left' },
    ]) {
      const { client } = await come(link);
      client.send(spoofed);
      expect((await client.closed).code).toBe(CLOSE.protocol);
    }
    await bob.client.settle();
    expect(bob.client.unread().filter(({ type }) => type === 'frame')).toEqual([]);
  });

  test('to nobody, to a stranger and to another room vanish without a word', async () => {
    const link = await makeLink();
    const [alice, bob] = await gather(link, 2);
    const [elsewhere] = await gather(await makeLink(), 1);
    if (!alice || !bob || !elsewhere) throw new Error('Nobody there');
    const stranger = await makeIdentity();
    alice.client.relay(
      { to: stranger.sid, box: 'AAAA' },
      { to: elsewhere.sid, box: 'AAAA' },
      { to: bob.sid, box: 'BBBB' },
    );
    expect(await bob.client.next('frame')).toEqual({ type: 'frame', from: alice.sid, box: 'BBBB' });
    await elsewhere.client.settle();
    expect(elsewhere.client.unread()).toEqual([]);
    await alice.client.settle();
    expect(alice.client.unread()).toEqual([]);
  });

  test('of one sender keep their order', async () => {
    const link = await makeLink();
    const [alice, bob] = await gather(link, 2);
    if (!alice || !bob) throw new Error('Nobody there');
    const boxes = Array.from({ length: 40 }, () => randomBox(30));
    for (const box of boxes) alice.client.relay({ to: bob.sid, box });
    for (const box of boxes) expect((await bob.client.next('frame')).box).toBe(box);
  });

  test('reach nobody who has not entered', async () => {
    const link = await makeLink();
    const [alice] = await gather(link, 1);
    const identity = await makeIdentity();
    const waiting = await connect(link);
    await waiting.next('challenge');
    alice?.client.relay({ to: identity.sid, box: 'AAAA' });
    await alice?.client.settle();
    await come(link);
    expect(waiting.unread()).toEqual([]);
  });
});

describe('Coming back', () => {
  test('[12] the same sid replaces its older socket, and nobody else hears of it', async () => {
    const link = await makeLink();
    const [alice, bob, carol] = await gather(link, 3);
    if (!alice || !bob || !carol) throw new Error('Nobody there');
    const again = await come(link, bob.identity);
    expect(await bob.client.closed).toEqual({ code: CLOSE.replaced, reason: 'replaced' });
    for (const { client } of [alice, carol]) {
      await client.settle();
      expect(client.unread()).toEqual([]);
    }
    const welcome = await (await connect(link)).enter(link, await makeIdentity());
    expect(welcome.roster.map(({ sid }) => sid)).toEqual([alice.sid, bob.sid, carol.sid]);
    alice.client.relay({ to: bob.sid, box: 'AAAA' });
    expect((await again.client.next('frame')).from).toBe(alice.sid);
  });

  test('with another hello it is news', async () => {
    const link = await makeLink();
    const [alice, bob] = await gather(link, 2);
    if (!alice || !bob) throw new Error('Nobody there');
    const hello = randomBox(600);
    await come(link, { ...bob.identity, hello });
    await alice.client.settle();
    expect(alice.client.unread()).toEqual([{ type: 'entered', sid: bob.sid, hello }]);
  });

  test('[13] the older socket closing after the newer one opened takes nobody away', async () => {
    const link = await makeLink();
    const [alice, bob] = await gather(link, 2);
    if (!alice || !bob) throw new Error('Nobody there');
    const again = await come(link, bob.identity);
    await bob.client.closed;
    bob.client.close(1000);
    alice.client.relay({ to: bob.sid, box: 'AAAA' });
    await again.client.next('frame');
    await alice.client.settle();
    expect(alice.client.unread()).toEqual([]);
  });

  test('[13] the older socket whose enter is late does not replace the newer', async () => {
    const link = await makeLink();
    const identity = await makeIdentity();
    const older = await connect(link);
    const { nonce } = await older.next('challenge');
    // One millisecond, which is what a clock of milliseconds can tell.
    await new Promise((resolve) => setTimeout(resolve, 2));
    const newer = await come(link, identity);
    older.send(await enterMessage(link, identity, nonce));
    expect((await older.closed).code).toBe(CLOSE.replaced);
    await newer.client.settle();
  });

  test('[12] of sockets of one sid that enter at once the newest stays, and the others hear of one', async () => {
    const link = await makeLink();
    const [alice] = await gather(link, 1);
    const identity = await makeIdentity();
    const sockets = [];
    for (let n = 0; n < 4; n++) {
      sockets.push(await connect(link));
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const enters = await Promise.all(
      sockets.map(async (socket) => enterMessage(link, identity, (await socket.next('challenge')).nonce)),
    );
    for (const [n, socket] of sockets.entries()) socket.send(enters[n]);
    for (const older of sockets.slice(0, -1)) expect((await older.closed).code).toBe(CLOSE.replaced);
    await sockets.at(-1)?.settle();
    await alice?.client.settle();
    expect(alice?.client.unread()).toEqual([{ type: 'entered', sid: identity.sid, hello: identity.hello }]);
  });
});

describe('Going', () => {
  test.each([
    { way: 'leave', go: { type: 'leave' }, code: CLOSE.left, reason: 'left' },
    { way: 'a close with 4000', go: CLOSE.left, code: CLOSE.left, reason: 'left' },
    { way: 'a close with 1000', go: 1000, code: 1000, reason: 'lost' },
    { way: 'a close without a code', go: undefined, code: 1000, reason: 'lost' },
  ])('[9] by $way is answered and told within 200 ms, and is no 1006', async ({ go, code, reason }) => {
    const link = await makeLink();
    const [alice, bob, carol] = await gather(link, 3);
    if (!alice || !bob || !carol) throw new Error('Nobody there');
    const start = Date.now();
    if (typeof go === 'object') bob.client.send(go);
    else bob.client.close(go);
    expect((await bob.client.closed).code).toBe(code);
    for (const { client } of [alice, carol]) {
      expect(await client.next('left')).toEqual({ type: 'left', sid: bob.sid, reason });
    }
    expect(Date.now() - start).toBeLessThan(200);
    for (const { client } of [alice, carol]) {
      await client.settle();
      expect(client.unread()).toEqual([]);
    }
  });

  test('without having entered is told to nobody', async () => {
    const link = await makeLink();
    const [alice] = await gather(link, 1);
    const stranger = await connect(link);
    await stranger.next('challenge');
    stranger.send({ type: 'leave' });
    expect((await stranger.closed).code).toBe(CLOSE.left);
    await alice?.client.settle();
    expect(alice?.client.unread()).toEqual([]);
  });

  test('leaves no socket behind', async () => {
    const link = await makeLink();
    const guests = await gather(link, 3);
    for (const { client } of guests) {
      client.send({ type: 'leave' });
      await client.closed;
    }
    await expect.poll(() => inside(link, (state) => state.getWebSockets().length)).toBe(0);
  });
});
