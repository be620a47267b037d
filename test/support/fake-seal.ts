/**
 * The seal without its cryptography, for tests in which time is not real and WebCrypto would be: the same promises, the same
 * refusals (replayed, older, for somebody else, too long), and boxes that a test can read. To be given to `vi.mock`.
 */
import { deflateRawSync } from 'node:zlib';
import { certificateOf } from './fake-webrtc.ts';

interface Frame {
  readonly from: string;
  readonly to: string;
  readonly counter: number;
  readonly text: string;
}

export function openHello(sealed: string, sid: string) {
  if (sealed !== `hello of ${sid}`) return Promise.resolve(undefined);
  const { fingerprint } = certificateOf(sid);
  return Promise.resolve({ sid, fingerprint, dhPub: new Uint8Array(65), capabilities: [], hash: new Uint8Array(32) });
}

export function derivePairKeys({ peer }: { peer: { sid: string } }) {
  if (peer.sid.startsWith('broken')) return Promise.reject(new DOMException('no point of the curve', 'DataError'));
  return Promise.resolve({});
}

export class PairSeal {
  readonly #place: { me: string; peer: string };
  #sent = 0;
  #received = 0;

  constructor(_keys: unknown, place: { me: string; peer: string }) {
    this.#place = place;
  }

  seal(text: string): Promise<string> {
    if (deflateRawSync(text).length > 32_764) return Promise.reject(new RangeError('does not fit into one frame'));
    this.#sent += 1;
    const { me: from, peer: to } = this.#place;
    const frame: Frame = { from, to, counter: this.#sent, text };
    return Promise.resolve(JSON.stringify(frame));
  }

  open(box: string): Promise<string | undefined> {
    const { from, to, counter, text } = readBox(box);
    if (from !== this.#place.peer || to !== this.#place.me || counter <= this.#received)
      return Promise.resolve(undefined);
    this.#received = counter;
    return Promise.resolve(text);
  }
}

/** What a box of this seal holds. */
export function readBox(box: string): Frame {
  return JSON.parse(box) as Frame;
}
