/** What nobody may do to a room: each breach ends the socket of whoever does it, and nobody else notices. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { CLOSE, LIMITS } from '../../worker/protocol.ts';
import { makeIdentity, makeLink, randomBox, type RoomClient, type RoomLink } from '../support/room-client.ts';
import { come, connect, gather, type Guest } from './meeting.ts';

const TO = 'A'.repeat(22);
const box = (characters: number) => 'A'.repeat(characters);
const relayOf = (frames: unknown) => JSON.stringify({ type: 'relay', frames });

const BREACHES: Record<string, string | ArrayBuffer> = {
  'no JSON': 'hello',
  'an empty text': '',
  'half a message': '{"type":"refresh"',
  'a JSON number': '7',
  null: 'null',
  'a list': '[]',
  'no type': '{}',
  'an unknown type': '{"type":"host"}',
  'a message of the room': '{"type":"challenge","nonce":"AAAAAAAAAAAAAAAAAAAAAA"}',
  'an enter with nothing in it': '{"type":"enter"}',
  'a field too many': '{"type":"refresh","sid":"x"}',
  'a prototype': '{"__proto__":{"type":"refresh"}}',
  'no frames': relayOf([]),
  'frames that are none': relayOf(['x']),
  'a recipient that is no sid': relayOf([{ to: '<b>', box: 'AAAA' }]),
  'a box that is no base64url': relayOf([{ to: TO, box: '‮<script>' }]),
  'a box over its limit': relayOf([{ to: TO, box: box(LIMITS.box + 1) }]),
  'more frames than sockets': relayOf(Array.from({ length: LIMITS.sockets + 1 }, () => ({ to: TO, box: 'A' }))),
  'a relay over its limit': relayOf(Array.from({ length: 13 }, () => ({ to: TO, box: box(41_000) }))),
  'a refresh over the limit of messages': `{"type":"refresh"${' '.repeat(LIMITS.message)}}`,
  'a binary frame': new ArrayBuffer(64),
};

describe('[81] A breach ends its sender alone', () => {
  const log: unknown[] = [];
  const write = (...line: unknown[]) => {
    log.push(line);
  };
  beforeEach(() => {
    log.length = 0;
    for (const level of ['log', 'warn', 'error'] as const) vi.spyOn(console, level).mockImplementation(write);
  });
  afterEach(() => {
    vi.restoreAllMocks();
    // What a stranger sends is not the log's either.
    expect(log).toEqual([]);
  });

  test.each(Object.entries(BREACHES))('%s, from someone who is in', async (_name, data) => {
    const { link, alice } = await aliceIn();
    const mallory = await come(link);
    mallory.client.sendRaw(data);
    expect(await mallory.client.closed).toEqual({ code: CLOSE.protocol, reason: 'protocol' });
    expect(await heardBy(alice)).toEqual([
      { type: 'entered', sid: mallory.sid, hello: mallory.identity.hello },
      { type: 'left', sid: mallory.sid, reason: 'lost' },
    ]);
  });

  test.each(Object.entries(BREACHES))('%s, from a stranger', async (_name, data) => {
    const { link, alice } = await aliceIn();
    const stranger = await connect(link);
    await stranger.next('challenge');
    stranger.sendRaw(data);
    expect(await stranger.closed).toEqual({ code: CLOSE.protocol, reason: 'protocol' });
    expect(await heardBy(alice)).toEqual([]);
  });

  test.each(['relay', 'refresh'])('%s before entering', async (type) => {
    const { link, alice } = await aliceIn();
    const stranger = await connect(link);
    stranger.send(type === 'relay' ? { type, frames: [{ to: alice.sid, box: 'AAAA' }] } : { type });
    expect((await stranger.closed).code).toBe(CLOSE.protocol);
    expect(await heardBy(alice)).toEqual([]);
  });

  test('whatever JSON a stranger sends', async () => {
    const { link, alice } = await aliceIn();
    const type = fc.constantFrom('enter', 'relay', 'refresh ', 'hello', 'q');
    const message = fc.oneof(
      fc.json(),
      fc.record({ type, frames: fc.jsonValue(), sid: fc.string() }).map((m) => JSON.stringify(m)),
    );
    await fc.assert(
      fc.asyncProperty(message, async (data) => {
        const stranger = await connect(link);
        stranger.sendRaw(data);
        expect((await stranger.closed).code).toBe(CLOSE.protocol);
      }),
      { numRuns: 60 },
    );
    expect(await heardBy(alice)).toEqual([]);
  });

  test('messages beyond the burst', async () => {
    const { link, alice } = await aliceIn();
    const mallory = await come(link);
    for (let n = 0; n < 400; n++) mallory.client.relay({ to: TO, box: 'A' });
    expect(await mallory.client.closed).toEqual({ code: CLOSE.rate, reason: 'rate' });
    expect((await heardBy(alice)).at(-1)).toEqual({ type: 'left', sid: mallory.sid, reason: 'lost' });
  });

  test('messages beyond the burst, from a stranger, of which the first already breaks the protocol', async () => {
    const { link, alice } = await aliceIn();
    const stranger = await connect(link);
    for (let n = 0; n < 400; n++) stranger.sendRaw('x');
    expect((await stranger.closed).code).toBe(CLOSE.protocol);
    expect(await heardBy(alice)).toEqual([]);
  });

  test('characters beyond those of a minute', async () => {
    const { link, alice } = await aliceIn();
    const mallory = await come(link);
    const frames = Array.from({ length: 12 }, () => ({ to: TO, box: box(42_000) }));
    for (let n = 0; n < 6; n++) mallory.client.relay(...frames);
    expect(await mallory.client.closed).toEqual({ code: CLOSE.rate, reason: 'rate' });
    expect((await heardBy(alice)).at(-1)).toMatchObject({ type: 'left', reason: 'lost' });
  });
});

describe('What is allowed', () => {
  test('the largest boxes of a join to everyone pass in one relay', async () => {
    const link = await makeLink();
    const [alice, ...others] = await gather(link, 12);
    if (!alice) throw new Error('Nobody there');
    const boxes = others.map(({ sid }) => ({ to: sid, box: randomBox(32_768) }));
    alice.client.relay(...boxes);
    for (const [n, { client }] of others.entries()) expect((await client.next('frame')).box).toBe(boxes[n]?.box);
  });

  test('a burst of 120 messages passes', async () => {
    const link = await makeLink();
    const [alice, bob] = await gather(link, 2);
    if (!alice || !bob) throw new Error('Nobody there');
    // Two messages have been sent since the bucket was full: enter and refresh.
    for (let n = 0; n < LIMITS.messageBurst - 2; n++) alice.client.relay({ to: bob.sid, box: 'A' });
    for (let n = 0; n < LIMITS.messageBurst - 2; n++) await bob.client.next('frame');
  });
});

describe('A full room', () => {
  test('[19] tells who comes next so, lets nobody half in, and lets those inside come back', async () => {
    const link = await makeLink();
    const guests = await gather(link, 50);
    const late = await connect(link);
    await expect(late.enter(link, await makeIdentity())).rejects.toThrow();
    expect(late.unread()).toEqual([{ type: 'refused', code: CLOSE.full, message: 'This room is full.' }]);
    expect(await late.closed).toEqual({ code: CLOSE.full, reason: 'full' });
    const [first, second] = guests;
    if (!first || !second) throw new Error('Nobody there');
    expect(await heardBy(first)).toEqual([]);

    await come(link, second.identity);
    expect((await second.client.closed).code).toBe(CLOSE.replaced);
    first.client.send({ type: 'leave' });
    await first.client.closed;
    await come(link);
  });

  test('[19] takes of those who come at once as many as there are seats', async () => {
    const link = await makeLink();
    await gather(link, 44);
    // The room awaits a key for each one's TURN credentials; slow enough here that all are on their way in at once.
    const importKey = crypto.subtle.importKey.bind(crypto.subtle);
    vi.spyOn(crypto.subtle, 'importKey').mockImplementation(async (...key: Parameters<typeof importKey>) => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return importKey(...key);
    });
    const outcomes = await Promise.allSettled(Array.from({ length: 12 }, () => come(link)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
    vi.restoreAllMocks();
  });

  test('of strangers gives way to who comes next', async () => {
    const link = await makeLink();
    const strangers: RoomClient[] = [];
    for (let n = 0; n < LIMITS.sockets; n++) strangers.push(await connect(link));
    await come(link);
    expect((await strangers[0]?.closed)?.code).toBe(CLOSE.lease);
    strangers[1]?.send({ type: 'leave' });
    expect((await strangers[1]?.closed)?.code).toBe(CLOSE.left);
  });
});

async function aliceIn(): Promise<{ link: RoomLink; alice: Guest }> {
  const link = await makeLink();
  const [alice] = await gather(link, 1);
  if (!alice) throw new Error('Nobody there');
  return { link, alice };
}

async function heardBy({ client }: Guest) {
  await client.settle();
  return client.unread();
}
