/**
 * Makes `vectors.json` from the protocol's description alone, with Node's own crypto and none of the product's code:
 * `node test/unit/seal/make-vectors.mjs > test/unit/seal/vectors.json`. To be run again only when the protocol changes,
 * which is a new PROTOCOL_VERSION. Every key here is fixed and public: good for tests, and for nothing else.
 */
import { createCipheriv, createECDH, createHash, createPrivateKey, hkdfSync, sign } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';

const text = (value) => Buffer.from(value, 'utf8');
const range = (length, first) => Buffer.from(Array.from({ length }, (_, at) => (first + at) % 256));
const sha256 = (...parts) => createHash('sha256').update(Buffer.concat(parts)).digest();
const hkdf = (key, salt, info) => Buffer.from(hkdfSync('sha256', key, salt, info, 32));

function encrypt(key, nonce, associated, plain) {
  const cipher = createCipheriv('aes-256-gcm', key, nonce).setAAD(associated);
  return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** A P-256 key whose private number is the SHA-256 of `name`. */
function p256(name) {
  const secret = sha256(text(name));
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(secret);
  const point = ecdh.getPublicKey();
  const [x, y, d] = [point.subarray(1, 33), point.subarray(33), secret].map((part) => part.toString('base64url'));
  return { ecdh, point, jwk: { kty: 'EC', crv: 'P-256', x, y, d } };
}

// 1. The link: HKDF-SHA-256, salt "snug1" ‖ 0; roomId = SHA-256("room" ‖ admit ‖ hk)[0..16].
const key = range(16, 0);
const hk = range(12, 200);
const salt = Buffer.concat([text('snug1'), Buffer.from([0])]);
const [admit, helloKey, psk] = ['admit', 'hello', 'psk'].map((info) => hkdf(key, salt, text(info)));
const roomId = sha256(text('room'), admit, hk).subarray(0, 16).toString('base64url');

// 2. Two people: sid = SHA-256("sid" ‖ sigPub ‖ dhPub ‖ fingerprint)[0..16].
function person(name, first) {
  const signing = p256(`${name} signs`);
  const agreement = p256(`${name} agrees`);
  const fingerprint = range(32, first);
  const sid = sha256(text('sid'), signing.point, agreement.point, fingerprint).subarray(0, 16);
  return { name, signing, agreement, fingerprint, sid, sidText: sid.toString('base64url') };
}

/** Signed body, sealed under HKDF(helloKey, sid): nonce ‖ AES-256-GCM, the sid as associated data. */
function hello({ signing, agreement, fingerprint, sidText }, first) {
  const body = JSON.stringify({
    sigPub: signing.point.toString('base64url'),
    dhPub: agreement.point.toString('base64url'),
    fingerprint: fingerprint.toString('base64url'),
    capabilities: ['later'],
    random: range(16, first).toString('base64url'),
  });
  const privateKey = createPrivateKey({ key: signing.jwk, format: 'jwk' });
  const signature = sign('sha256', text(`hello${body}`), { key: privateKey, dsaEncoding: 'ieee-p1363' });
  const plain = text(JSON.stringify({ body, signature: signature.toString('base64url') }));
  const nonce = range(12, first);
  const sealingKey = hkdf(helloKey, Buffer.alloc(0), text(sidText));
  return Buffer.concat([nonce, encrypt(sealingKey, nonce, text(sidText), plain)]);
}

const ana = person('Ana', 10);
const bo = person('Bo', 90);
const sealed = { Ana: hello(ana, 1), Bo: hello(bo, 2) };

// 3. The pair: HKDF(ECDH, salt = psk, info = "pair" ‖ sidLo ‖ sidHi ‖ H(helloLo) ‖ H(helloHi) ‖ sender's sid).
const shared = ana.agreement.ecdh.computeSecret(bo.agreement.point);
const [lo, hi] = ana.sidText < bo.sidText ? [ana, bo] : [bo, ana];
const info = Buffer.concat([text('pair'), lo.sid, hi.sid, sha256(sealed[lo.name]), sha256(sealed[hi.name])]);
const keyFrom = (sender) => hkdf(shared, psk, Buffer.concat([info, sender.sid]));

// 4. A frame: version ‖ type ‖ from ‖ to ‖ counter, then AES-256-GCM of length ‖ deflated ‖ zeros to a padding step.
function frame({ from, to, counter, plain, step }) {
  const count = Buffer.alloc(8);
  count.writeBigUInt64BE(BigInt(counter));
  const header = Buffer.concat([Buffer.from([1, 1]), from.sid, to.sid, count]);
  const deflated = deflateRawSync(text(plain));
  const padded = Buffer.alloc(step);
  padded.writeUInt32BE(deflated.length);
  deflated.copy(padded, 4);
  const nonce = Buffer.concat([Buffer.alloc(4), count]);
  return Buffer.concat([header, encrypt(keyFrom(from), nonce, Buffer.concat([header, text(roomId)]), padded)]);
}

const base64url = (bytes) => bytes.toString('base64url');
const people = Object.fromEntries(
  [ana, bo].map((one) => [
    one.name,
    {
      signing: one.signing.jwk,
      agreement: one.agreement.jwk,
      sigPub: base64url(one.signing.point),
      dhPub: base64url(one.agreement.point),
      fingerprint: base64url(one.fingerprint),
      sid: one.sidText,
      hello: base64url(sealed[one.name]),
      helloHash: base64url(sha256(sealed[one.name])),
      sendingKey: base64url(keyFrom(one)),
    },
  ]),
);
const message = '[{"type":"reaction","emoji":"👋"}]';
const first = frame({ from: ana, to: bo, counter: 1, plain: message, step: 256 });
const later = frame({ from: ana, to: bo, counter: 4_294_967_297, plain: message, step: 256 });
const link = { key: base64url(key), hk: base64url(hk), fragment: `1.${base64url(key)}.${base64url(hk)}` };
const secrets = { admit: base64url(admit), helloKey: base64url(helloKey), psk: base64url(psk), roomId };
const enter = { challenge: 'AAAAAAAAAAAAAAAAAAAAAA', proof: `enter${roomId}${ana.sidText}AAAAAAAAAAAAAAAAAAAAAA` };
const frames = { message, first: base64url(first), later: base64url(later) };
console.log(JSON.stringify({ link, secrets, people, enter, frames }, null, 2));
