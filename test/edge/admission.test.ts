/** Who gets in: each proof of `enter`, alone, and what someone who fails learns and leaves behind. */
import { describe, expect, test } from 'vitest';
import { sidOf } from '../../worker/admission.ts';
import { fromBase64Url, toBase64Url } from '../../worker/encoding.ts';
import { CLOSE, type Enter } from '../../worker/protocol.ts';
import { enterMessage, makeIdentity, makeLink, type Identity, type RoomLink } from '../support/room-client.ts';
import { come, connect, gather, stored } from './meeting.ts';

/** What every failed proof is answered with, to the letter. */
const REFUSED = {
  refused: { type: 'refused', code: 4003, message: 'This link does not open this room.' },
  closed: { code: 4003, reason: 'refused' },
};

interface Attempt {
  readonly link: RoomLink;
  readonly identity: Identity;
  readonly enter: Enter;
}

const WRONG: Record<string, (attempt: Attempt) => Enter | Promise<Enter>> = {
  'another admit': ({ enter }) => ({ ...enter, admit: flipped(enter.admit) }),
  'another host key hash': ({ enter }) => ({ ...enter, hk: flipped(enter.hk) }),
  'the link of another room': async ({ identity, enter }) => {
    const other = await makeLink();
    return { ...enter, admit: toBase64Url(other.admit), hk: toBase64Url(other.hk), sid: identity.sid };
  },
  'a sid of its own choice': async ({ link, identity, enter }) => {
    const chosen = flipped(identity.sid);
    const { signature } = await enterMessage(link, { ...identity, sid: chosen }, 'irrelevant');
    return { ...enter, sid: chosen, signature };
  },
  'another signing key': async ({ enter }) => ({ ...enter, sigPub: toBase64Url((await makeIdentity()).sigPub) }),
  'another agreement key': ({ enter }) => ({ ...enter, dhPub: flipped(enter.dhPub) }),
  'another fingerprint': ({ enter }) => ({ ...enter, fingerprint: flipped(enter.fingerprint) }),
  'a broken signature': ({ enter }) => ({ ...enter, signature: flipped(enter.signature) }),
  'a signature of another challenge': async ({ link, identity }) =>
    await enterMessage(link, identity, toBase64Url(new Uint8Array(16))),
  'a signature for another room': async ({ link, identity, enter }) => {
    const { nonce } = await (await connect(link)).next('challenge');
    const { signature } = await enterMessage({ ...link, roomId: (await makeLink()).roomId }, identity, nonce);
    return { ...enter, signature };
  },
  'a signing key that is no point of the curve': async ({ link, identity, enter }) => {
    const sigPub = new Uint8Array(65).fill(7);
    const sid = await sidOf(sigPub, identity.dhPub, identity.fingerprint);
    const { signature } = await enterMessage(link, { ...identity, sid }, 'irrelevant');
    return { ...enter, sigPub: toBase64Url(sigPub), sid, signature };
  },
  'base64url that is not canonical': ({ enter }) => ({ ...enter, admit: uncanonical(enter.admit) }),
};

describe('Admission', () => {
  test('lets in whoever proves the link, keys and challenge', async () => {
    const link = await makeLink();
    const client = await connect(link);
    const welcome = await client.enter(link, await makeIdentity());
    expect(welcome).toMatchObject({
      version: 1,
      roster: [],
      policy: { maxParticipants: 50, iceTransportPolicy: 'all' },
    });
  });

  test.each(Object.entries(WRONG))('refuses %s in the same words as any other', async (_name, spoil) => {
    const link = await makeLink();
    const identity = await makeIdentity();
    const client = await connect(link);
    const { nonce } = await client.next('challenge');
    client.send(await spoil({ link, identity, enter: await enterMessage(link, identity, nonce) }));
    expect(await client.next('refused')).toEqual(REFUSED.refused);
    expect(await client.closed).toEqual(REFUSED.closed);
    expect(client.received.map(({ type }) => type)).toEqual(['challenge', 'refused']);
  });

  test('refuses an enter that was valid for an older challenge', async () => {
    const link = await makeLink();
    const identity = await makeIdentity();
    const first = await connect(link);
    const recorded = await enterMessage(link, identity, (await first.next('challenge')).nonce);
    first.send(recorded);
    await first.next('welcome');

    const second = await connect(link);
    await second.next('challenge');
    second.send(recorded);
    expect(await second.next('refused')).toEqual(REFUSED.refused);
    await first.settle();
    expect(first.unread()).toEqual([]);
  });

  test('tells those who are in nothing of who was refused', async () => {
    const link = await makeLink();
    const [guest] = await gather(link, 1);
    const stranger = await connect(link);
    const identity = await makeIdentity();
    const { nonce } = await stranger.next('challenge');
    const enter = await enterMessage(link, identity, nonce);
    stranger.send({ ...enter, signature: flipped(enter.signature) });
    await stranger.closed;
    await guest?.client.settle();
    expect(guest?.client.unread()).toEqual([]);
  });

  test.each([{ version: 0 }, { version: 2 }, { version: 99, unheardOf: true, sid: 5 }])(
    '[17] tells a page of another version to reload: %j',
    async (change) => {
      const link = await makeLink();
      const client = await connect(link);
      const { nonce } = await client.next('challenge');
      client.send({ ...(await enterMessage(link, await makeIdentity(), nonce)), ...change });
      const refused = await client.next('refused');
      expect(refused.code).toBe(CLOSE.refused);
      expect(refused.message).toContain('Reload');
      expect(await client.closed).toEqual({ code: CLOSE.refused, reason: 'version' });
    },
  );

  test('one challenge is worth one try', async () => {
    const link = await makeLink();
    const client = await connect(link);
    const { nonce } = await client.next('challenge');
    const enter = await enterMessage(link, await makeIdentity(), nonce);
    client.send(enter);
    client.send(enter);
    expect((await client.closed).code).toBe(CLOSE.protocol);
  });
});

describe('Storage', () => {
  const NOTHING = { keys: [], alarm: null };

  test('is empty before a valid enter, whatever strangers send', async () => {
    const link = await makeLink();
    const silent = await connect(link);
    await silent.next('challenge');
    expect(await stored(link)).toEqual(NOTHING);

    const babbling = await connect(link);
    babbling.sendRaw('{"type":"relay"}');
    await babbling.closed;
    const lying = await connect(link);
    const { nonce } = await lying.next('challenge');
    const enter = await enterMessage(link, await makeIdentity(), nonce);
    lying.send({ ...enter, admit: flipped(enter.admit) });
    await lying.closed;
    expect(await stored(link)).toEqual(NOTHING);
  });

  test('holds an alarm and nothing else while two are in', async () => {
    const link = await makeLink();
    await come(link);
    expect(await stored(link)).toEqual(NOTHING);
    await come(link);
    const { keys, alarm } = await stored(link);
    expect(keys).toEqual([]);
    expect(alarm).toBeGreaterThan(Date.now());
  });
});

/** The same bytes with one bit changed. */
function flipped(text: string): string {
  const bytes = fromBase64Url(text);
  const last = bytes?.at(-1);
  if (!bytes || last === undefined) throw new Error('Not base64url');
  bytes[bytes.length - 1] = last ^ 1;
  return toBase64Url(bytes);
}

/** The same bytes, with a bit set that they do not use. */
function uncanonical(text: string): string {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
  return text.slice(0, -1) + alphabet.charAt(alphabet.indexOf(text.slice(-1)) | 1);
}
