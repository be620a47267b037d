import { expect, it, vi } from 'vitest';
import { withDtlsRole } from '../../../web/mesh/dtls-role.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { talking, internet } = stage();

const OFFER = 'v=0\r\nm=audio 9\r\na=setup:actpass\r\nm=video 9\r\na=setup:actpass\r\n';
const said = (setup: string) => OFFER.replaceAll('actpass', setup);

it.each([
  ['my answer was active', { type: 'answer', setup: 'active' }, { type: 'offer', setup: 'actpass' }, 'active'],
  ['my answer was passive', { type: 'answer', setup: 'passive' }, { type: 'offer', setup: 'actpass' }, 'passive'],
  ['theirs was active', { type: 'offer', setup: 'actpass' }, { type: 'answer', setup: 'active' }, 'passive'],
  ['theirs was passive', { type: 'offer', setup: 'actpass' }, { type: 'answer', setup: 'passive' }, 'active'],
] as const)('where %s an offer says so', (_, mine, theirs, role) => {
  const currentLocalDescription = { type: mine.type, sdp: said(mine.setup) };
  const currentRemoteDescription = { type: theirs.type, sdp: said(theirs.setup) };
  expect(withDtlsRole(OFFER, { currentLocalDescription, currentRemoteDescription })).toBe(said(role));
});

it('a first offer leaves the choice to the other side', () => {
  expect(withDtlsRole(OFFER, { currentLocalDescription: null, currentRemoteDescription: null })).toBe(OFFER);
});

// The newcomer offers first; whose sid is larger offers all restarts.
it.each([
  ['Ana', 'Bo'],
  ['Bo', 'Ana'],
])('after %s was there first and then %s, restarts are answered by who is which end already', async (...names) => {
  await talking(...names);
  const made = internet().connections.length;
  internet().move();
  await pass(5_000);
  const both = internet().connections.slice(0, made);
  expect(both.flatMap(({ refused }) => refused)).toEqual([]);
  // The first, and a restart's.
  expect(both.reduce((sum, { offers }) => sum + offers, 0)).toBeGreaterThanOrEqual(2);
});
