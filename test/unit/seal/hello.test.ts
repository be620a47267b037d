import { describe, expect, it } from 'vitest';
import { toBase64Url, utf8 } from '../../../worker/encoding.ts';
import { helloHash, openHello, sealHello } from '../../../web/seal/hello.ts';
import { createIdentity, descriptionHasFingerprint, fingerprintBytes } from '../../../web/seal/identity.ts';
import { deriveSecrets } from '../../../web/seal/link.ts';
import { bytes, flipped, identityOf, knownHelloKey, knownLink, people } from './known.ts';

const { Ana, Bo } = people;

/** What `sealHello` seals, with any body and signature. */
async function seal(sid: string, body: string, signature: string): Promise<string> {
  const algorithm = { name: 'HKDF', hash: 'SHA-256', salt: new Uint8Array(0), info: utf8(sid) };
  const key = await crypto.subtle.deriveKey(algorithm, await knownHelloKey(), { name: 'AES-GCM', length: 256 }, false, [
    'encrypt',
  ]);
  const nonce = new Uint8Array(12);
  const plain = utf8(JSON.stringify({ body, signature }));
  const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: utf8(sid) }, key, plain);
  return toBase64Url(Buffer.concat([nonce, new Uint8Array(sealed)]));
}

/** Ana's body, signed by `signer`. */
async function signedBody(change: object, signer: 'Ana' | 'Bo' = 'Ana') {
  const { sigPub, dhPub, fingerprint } = Ana;
  const body = JSON.stringify({ sigPub, dhPub, fingerprint, capabilities: [], random: 'AA', ...change });
  const identity = await identityOf(signer);
  return { body, signature: toBase64Url(await identity.sign(utf8(`hello${body}`))) };
}

describe('a hello', () => {
  it('of the fixed vector opens, and is what it was made of', async () => {
    const hello = await openHello(Ana.hello, Ana.sid, await knownHelloKey());
    expect(hello).toEqual({
      sid: Ana.sid,
      dhPub: bytes(Ana.dhPub),
      fingerprint: bytes(Ana.fingerprint),
      capabilities: ['later'],
      hash: bytes(Ana.helloHash),
    });
    expect(await helloHash(Ana.hello)).toEqual(bytes(Ana.helloHash));
  });

  it('opens with the key that the link gives', async () => {
    const { helloKey } = await deriveSecrets(knownLink());
    expect(await openHello(Bo.hello, Bo.sid, helloKey)).toMatchObject({ sid: Bo.sid });
  });

  it('made here opens there, and never looks the same twice', async () => {
    const identity = await createIdentity(new Uint8Array(32).fill(5));
    const key = await knownHelloKey();
    const [one, other] = [await sealHello(identity, key, ['x']), await sealHello(identity, key, ['x'])];
    expect(one).not.toBe(other);
    expect(await openHello(one, identity.sid, key)).toMatchObject({ sid: identity.sid, capabilities: ['x'] });
  });

  it('with any single byte altered does not open', async () => {
    const key = await knownHelloKey();
    const length = Buffer.from(Ana.hello, 'base64url').length;
    for (let at = 0; at < length; at += 1) {
      expect(await openHello(flipped(Ana.hello, at, 1 << (at % 8)), Ana.sid, key), `byte ${at}`).toBeUndefined();
    }
  });

  it('cut short, empty or no base64url does not open', async () => {
    const key = await knownHelloKey();
    for (const text of ['', 'AAAA', Ana.hello.slice(0, 16), Ana.hello.slice(0, -4), `${Ana.hello}*`]) {
      expect(await openHello(text, Ana.sid, key)).toBeUndefined();
    }
  });

  it('sealed with another link does not open', async () => {
    const other = await deriveSecrets({ ...knownLink(), key: new Uint8Array(16) });
    expect(await openHello(Ana.hello, Ana.sid, other.helloKey)).toBeUndefined();
  });

  it('does not introduce somebody else', async () => {
    expect(await openHello(Ana.hello, Bo.sid, await knownHelloKey())).toBeUndefined();
  });

  it('rebuilt by hand opens: what the next tests break is only what they say', async () => {
    const { body, signature } = await signedBody({});
    expect(await openHello(await seal(Ana.sid, body, signature), Ana.sid, await knownHelloKey())).toBeDefined();
  });

  it('signed by another key is refused', async () => {
    const { body, signature } = await signedBody({}, 'Bo');
    expect(await openHello(await seal(Ana.sid, body, signature), Ana.sid, await knownHelloKey())).toBeUndefined();
  });

  it('signed before it was altered is refused', async () => {
    const { body, signature } = await signedBody({});
    const altered = body.replace('[]', '["more"]');
    expect(await openHello(await seal(Ana.sid, altered, signature), Ana.sid, await knownHelloKey())).toBeUndefined();
  });

  it.each([
    ['another agreement key', { dhPub: Bo.dhPub }],
    ['another fingerprint', { fingerprint: Bo.fingerprint }],
    ['another signing key', { sigPub: Bo.sigPub }],
    ['a field missing', { random: undefined }],
    ['a field of another type', { capabilities: 'all' }],
    ['a key that is no point of the curve', { sigPub: toBase64Url(new Uint8Array(65).fill(4)) }],
  ])('that names %s than the sid is made of is refused', async (_, change) => {
    const { body, signature } = await signedBody(change);
    expect(await openHello(await seal(Ana.sid, body, signature), Ana.sid, await knownHelloKey())).toBeUndefined();
  });
});

describe('the fingerprints of a description', () => {
  const mine = new Uint8Array(32).fill(0xab);
  const stated = Array(32).fill('AB').join(':');
  const other = stated.replace('AB', 'AC');
  const sdp = (...lines: string[]) =>
    ['v=0', 's=-', ...lines.flatMap((line) => ['m=audio 9 UDP/TLS/RTP/SAVPF 111', line]), ''].join('\r\n');

  it.each([
    ['one line', sdp(`a=fingerprint:sha-256 ${stated}`)],
    ['a line in every section', sdp(...Array<string>(5).fill(`a=fingerprint:sha-256 ${stated}`))],
    ['the hash in capitals, the value in small letters', sdp(`a=fingerprint:SHA-256 ${stated.toLowerCase()}`)],
    ['lines that end in LF alone', sdp(`a=fingerprint:sha-256 ${stated}`).replaceAll('\r\n', '\n')],
  ])('hold for %s', (_, text) => {
    expect(descriptionHasFingerprint(text, mine)).toBe(true);
  });

  it.each([
    ['no line', sdp('a=mid:0')],
    ['another certificate', sdp(`a=fingerprint:sha-256 ${other}`)],
    ['a second line of another certificate', sdp(`a=fingerprint:sha-256 ${stated}`, `a=fingerprint:sha-256 ${other}`)],
    ['another hash', sdp(`a=fingerprint:sha-1 ${stated}`)],
    ['a second line of another hash', sdp(`a=fingerprint:sha-256 ${stated}`, `a=fingerprint:sha-512 ${stated}`)],
    ['a value cut short', sdp(`a=fingerprint:sha-256 ${stated.slice(0, -3)}`)],
    ['a value with more behind it', sdp(`a=fingerprint:sha-256 ${stated}:AB`)],
    ['a line with no value', sdp(`a=fingerprint:sha-256 ${stated}`, 'a=fingerprint:sha-256')],
    ['a line with two spaces', sdp(`a=fingerprint:sha-256 ${stated}`, `a=fingerprint:sha-256  ${other}`)],
    ['a line hidden by spaces', sdp(`a=fingerprint:sha-256 ${stated}`, ` a = fingerprint:sha-256 ${other}`)],
    ['a line hidden by capitals', sdp(`a=fingerprint:sha-256 ${stated}`, `A=FINGERPRINT:sha-256 ${other}`)],
  ])('fail for %s', (_, text) => {
    expect(descriptionHasFingerprint(text, mine)).toBe(false);
  });

  it('are 32 bytes', () => {
    expect(fingerprintBytes(stated)).toEqual(mine);
    expect(fingerprintBytes(stated.slice(0, -3))).toBeUndefined();
    expect(fingerprintBytes(stated.replace('AB', 'AG'))).toBeUndefined();
    expect(fingerprintBytes('')).toBeUndefined();
  });
});
