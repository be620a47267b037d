import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { admits, enterProof, roomIdOf, sidOf } from '../../../worker/admission.ts';
import { fromBase64Url, toBase64Url } from '../../../worker/encoding.ts';
import { createCredentials } from '../../../web/seal/credentials.ts';
import { createLink, deriveSecrets, parseLink } from '../../../web/seal/link.ts';
import { ORIGIN, bytes, knownLink, people, secrets, vectors } from './known.ts';

const { fragment } = vectors.link;
const url = `${ORIGIN}/j#${fragment}`;

describe('what a person pastes', () => {
  it.each([
    ['a whole link', url],
    ['what follows the #', fragment],
    ['a # and what follows it', `#${fragment}`],
    ['a link of another host, opened here', `https://other.example/j#${fragment}`],
    ['stray spaces and a line break', `  ${url.slice(0, 30)}\r\n  ${url.slice(30)}\t`],
    ['a trailing full stop', `${url}.`],
    ['a trailing comma and a bracket', `(${url}),`],
    ['angle brackets of a mail', `<${url}>`],
    ['quotes', `“${url}”`],
  ])('opens: %s', (_, text) => {
    const link = parseLink(text, ORIGIN);
    expect(link?.url).toBe(url);
    expect(link?.fragment).toBe(fragment);
    expect(link?.key).toEqual(bytes(vectors.link.key));
    expect(link?.hk).toEqual(bytes(vectors.link.hk));
  });

  it.each([
    ['nothing', ''],
    ['a link without its key', `${ORIGIN}/j`],
    ['a link with an empty fragment', `${ORIGIN}/j#`],
    ['another version', fragment.replace('1.', '2.')],
    ['a part more', `${fragment}.AAAA`],
    ['the parts in another order', fragment.split('.').reverse().join('.')],
    ['an address that only looks like one', 'https://snug.example/j#about'],
    ['a character that is no base64url', fragment.replace('A', '*')],
    ['padding', `${fragment}=`],
    ['a bit that no encoder sets', fragment.replace('ODw.', 'ODx.')],
  ])('[18] refuses: %s', (_, text) => {
    expect(parseLink(text, ORIGIN)).toBeUndefined();
  });

  it('[18] refuses every link that was cut short, at either end', () => {
    const bytesOf = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map(toBase64Url);
    const links = fc.tuple(bytesOf(16), bytesOf(12)).map(([key, hk]) => `${ORIGIN}/j#1.${key}.${hk}`);
    fc.assert(
      fc.property(links, fc.nat(), (whole, cut) => {
        expect(parseLink(whole, ORIGIN)?.url).toBe(whole);
        expect(parseLink(whole.slice(0, cut % whole.length), ORIGIN)).toBeUndefined();
        const start = whole.indexOf('#') + 2 + (cut % (whole.length - whole.indexOf('#') - 2));
        expect(parseLink(whole.slice(start), ORIGIN)).toBeUndefined();
      }),
    );
  });

  it('[18] refuses a character too many, wherever it stands in the key', () => {
    for (let at = 2; at < fragment.length; at += 1) {
      expect(parseLink(`${fragment.slice(0, at)}A${fragment.slice(at)}`, ORIGIN)).toBeUndefined();
    }
  });
});

describe('a new meeting', () => {
  it('carries 16 random bytes and the hash of a host key that can sign', async () => {
    const [one, other] = await Promise.all([createLink(ORIGIN), createLink(ORIGIN)]);
    expect(one.link.url).not.toBe(other.link.url);
    expect(parseLink(one.link.url, ORIGIN)).toEqual(one.link);
    expect(one.link.key).toHaveLength(16);
    const { d: _, key_ops: __, ...publicKey } = one.hostKey;
    const imported = await crypto.subtle.importKey('jwk', publicKey, { name: 'ECDSA', namedCurve: 'P-256' }, true, []);
    const digest = await crypto.subtle.digest('SHA-256', await crypto.subtle.exportKey('raw', imported));
    expect(one.link.hk).toEqual(new Uint8Array(digest, 0, 12));
  });
});

describe('what is derived from a link', () => {
  it('is what the protocol says: admit, psk and the room’s name', async () => {
    const derived = await deriveSecrets(knownLink());
    expect(toBase64Url(derived.admit)).toBe(secrets.admit);
    expect(toBase64Url(derived.psk)).toBe(secrets.psk);
    expect(derived.roomId).toBe(secrets.roomId);
    expect(await roomIdOf(bytes(secrets.admit), bytes(vectors.link.hk))).toBe(secrets.roomId);
  });

  it('is another room for another key and for another host', async () => {
    const link = knownLink();
    const otherKey = await deriveSecrets({ ...link, key: link.key.map((byte) => byte ^ 1) });
    const otherHost = await deriveSecrets({ ...link, hk: link.hk.map((byte) => byte ^ 1) });
    expect(new Set([secrets.roomId, otherKey.roomId, otherHost.roomId]).size).toBe(3);
  });

  it('makes a sid of two keys and a fingerprint', async () => {
    for (const { sigPub, dhPub, fingerprint, sid } of Object.values(people)) {
      expect(await sidOf(bytes(sigPub), bytes(dhPub), bytes(fingerprint))).toBe(sid);
    }
  });

  it('signs room, sid and challenge to enter', () => {
    const proof = enterProof(secrets.roomId, people.Ana.sid, vectors.enter.challenge);
    expect(Buffer.from(proof).toString('utf8')).toBe(vectors.enter.proof);
  });
});

describe('entering', () => {
  const challenge = toBase64Url(new Uint8Array(16).fill(7));
  const credentials = () => createCredentials(knownLink(), new Uint8Array(32).fill(9));

  it('is admitted with this link, this sid and this challenge', async () => {
    const { enter } = await credentials();
    expect(await admits(await enter(challenge), secrets.roomId, challenge)).toBe(true);
  });

  it('answers every challenge with the same hello and sid', async () => {
    const { enter } = await credentials();
    const [one, other] = [await enter(challenge), await enter(vectors.enter.challenge)];
    expect({ ...one, signature: '' }).toEqual({ ...other, signature: '' });
    expect(one.signature).not.toBe(other.signature);
  });

  it.each(['admit', 'hk', 'sid', 'sigPub', 'dhPub', 'fingerprint', 'signature'] as const)(
    'is refused with another %s',
    async (field) => {
      const { enter } = await credentials();
      const honest = await enter(challenge);
      const changed = Buffer.from(honest[field], 'base64url');
      changed[3] = (changed[3] ?? 0) ^ 1;
      const forged = { ...honest, [field]: changed.toString('base64url') };
      expect(await admits(forged, secrets.roomId, challenge)).toBe(false);
    },
  );

  it('is refused with somebody else’s keys under one’s own signature', async () => {
    const mine = await (await credentials()).enter(challenge);
    const theirs = await (await credentials()).enter(challenge);
    expect(await admits({ ...theirs, signature: mine.signature }, secrets.roomId, challenge)).toBe(false);
  });

  it('is refused in another room and for another challenge', async () => {
    const honest = await (await credentials()).enter(challenge);
    expect(await admits(honest, people.Ana.sid, challenge)).toBe(false);
    expect(await admits(honest, secrets.roomId, vectors.enter.challenge)).toBe(false);
  });
});

describe('base64url', () => {
  it('has one spelling for every value', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 100 }), (value) => {
        expect(toBase64Url(value)).toBe(Buffer.from(value).toString('base64url'));
        expect(fromBase64Url(toBase64Url(value))).toEqual(value);
      }),
    );
    expect(['A', 'AB', 'AA=', 'A+', 'A/', 'Ä'].map(fromBase64Url)).toEqual(Array(6).fill(undefined));
  });
});
