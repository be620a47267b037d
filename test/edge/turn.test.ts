/** ICE servers for each way of configuring them, and for each way in which a provider fails. */
import { env } from 'cloudflare:test';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { policyOf, type Env } from '../../worker/env.ts';
import { iceServersFor } from '../../worker/turn.ts';
import { makeIdentity, makeLink } from '../support/room-client.ts';
import { connect } from './meeting.ts';

const SID = 'AAAAAAAAAAAAAAAAAAAAAA';
const NOW = 1_700_000_000_500;
const STUN = { urls: ['stun:stun.cloudflare.com:3478', 'stun:stun.l.google.com:19302'] };
const CLOUDFLARE = { TURN_KEY_ID: 'a/key', TURN_KEY_API_TOKEN: 'a token' };
const STATIC = { TURN_URLS: 'turn:t.test', TURN_USERNAME: 'u', TURN_CREDENTIAL: 'c' };

const iceOf = (variables: Omit<Env, 'ROOMS'>, now = NOW) => iceServersFor({ ROOMS: env.ROOMS, ...variables }, SID, now);
const policyWith = (variables: Omit<Env, 'ROOMS'>) => policyOf({ ROOMS: env.ROOMS, ...variables });

let log: string[];
beforeEach(() => {
  log = [];
  vi.spyOn(console, 'warn').mockImplementation((...line: unknown[]) => {
    log.push(line.join(' '));
  });
});
afterEach(() => vi.restoreAllMocks());

describe('Without TURN', () => {
  test.each([{}, { TURN_URLS: '', TURN_SECRET: '', TURN_KEY_ID: '', TURN_KEY_API_TOKEN: ' ' }, { TURN_SECRET: 's' }])(
    'there is the default STUN: %j',
    async (variables) => {
      expect(await iceOf(variables)).toEqual({ iceServers: [STUN], iceExpiresAt: null, relayUnavailable: false });
      expect(log).toEqual([]);
    },
  );

  test('STUN is what the deployment names, and an empty name means none', async () => {
    const { iceServers } = await iceOf({ STUN_URLS: ' stun:a.test:1 ,,stuns:b.test, http://c.test' });
    expect(iceServers).toEqual([{ urls: ['stun:a.test:1', 'stuns:b.test'] }]);
    expect((await iceOf({ STUN_URLS: '' })).iceServers).toEqual([]);
  });
});

describe('A shared secret', () => {
  test('makes the credentials that coturn checks: a known answer', async () => {
    // echo -n 1700003600:AAAAAAAAAAAAAAAAAAAAAA | openssl dgst -sha1 -hmac secret -binary | base64
    expect(
      await iceOf({ TURN_URLS: 'turn:t.test:3478,turns:t.test:5349?transport=tcp', TURN_SECRET: 'secret' }),
    ).toEqual({
      iceServers: [
        STUN,
        {
          urls: ['turn:t.test:3478', 'turns:t.test:5349?transport=tcp'],
          username: `1700003600:${SID}`,
          credential: 'ZDm3C65i5BzEVj+Gw72fnrwb6Eo=',
        },
      ],
      iceExpiresAt: 1_700_003_600_000,
      relayUnavailable: false,
    });
  });

  test.each([
    ['30', 30],
    [30, 30],
    ['172800', 172_800],
    ['172801', 3_600],
    ['5', 3_600],
    ['soon', 3_600],
    ['', 3_600],
  ])('lasts TURN_TTL seconds: %j', async (TURN_TTL, seconds) => {
    const { iceExpiresAt } = await iceOf({ TURN_URLS: 'turn:t.test', TURN_SECRET: 's', TURN_TTL });
    expect(iceExpiresAt).toBe(1_700_000_000_000 + seconds * 1_000);
  });
});

describe('Fixed credentials', () => {
  test('are given as they are, and never expire', async () => {
    expect(await iceOf(STATIC)).toEqual({
      iceServers: [STUN, { urls: ['turn:t.test'], username: 'u', credential: 'c' }],
      iceExpiresAt: null,
      relayUnavailable: false,
    });
  });

  test.each([
    { ...STATIC, TURN_CREDENTIAL: '' },
    { ...STATIC, TURN_URLS: 't.test:3478' },
    { TURN_URLS: 'turn:t.test' },
    { TURN_KEY_ID: 'alone' },
  ])('that are incomplete mean STUN only, and are said to be unavailable: %j', async (variables) => {
    expect(await iceOf(variables)).toEqual({ iceServers: [STUN], iceExpiresAt: null, relayUnavailable: true });
    expect(log).toHaveLength(1);
  });
});

describe('Cloudflare', () => {
  const relay = { urls: ['turn:turn.cloudflare.com:3478?transport=udp'], username: 'u', credential: 'c' };
  const answer = (body: unknown, status = 201) =>
    vi.spyOn(globalThis, 'fetch').mockImplementation(() => Promise.resolve(Response.json(body, { status })));

  test('is asked with the key and the time to live', async () => {
    const fetched = answer({ iceServers: [relay] });
    expect(await iceOf({ ...CLOUDFLARE, TURN_TTL: '600' })).toEqual({
      iceServers: [STUN, relay],
      iceExpiresAt: NOW + 600_000,
      relayUnavailable: false,
    });
    const [url, request] = fetched.mock.calls[0] ?? [];
    expect(url).toBe('https://rtc.live.cloudflare.com/v1/turn/keys/a%2Fkey/credentials/generate-ice-servers');
    expect(request).toMatchObject({
      method: 'POST',
      headers: { Authorization: 'Bearer a token' },
      body: '{"ttl":600}',
    });
  });

  test('its STUN and what browsers block are dropped', async () => {
    answer({
      iceServers: [
        { urls: ['stun:stun.cloudflare.com:3478', 'stun:stun.cloudflare.com:53'] },
        { ...relay, urls: [...relay.urls, 'turn:turn.cloudflare.com:53?transport=udp', 'turn:turn.cloudflare.com:53'] },
      ],
    });
    expect((await iceOf(CLOUDFLARE)).iceServers).toEqual([STUN, relay]);
  });

  test.each([
    ['says 401', { errors: [] }, 401],
    ['says 500', {}, 500],
    ['answers in another form', { iceServers: 'none' }, 201],
    ['names no relay', { iceServers: [{ urls: ['stun:x.test'] }] }, 201],
    ['gives no credentials', { iceServers: [{ urls: ['turn:x.test'] }] }, 201],
  ])('that %s means STUN only', async (_name, body, status) => {
    answer(body, status);
    expect(await iceOf(CLOUDFLARE)).toEqual({ iceServers: [STUN], iceExpiresAt: null, relayUnavailable: true });
    expect(log).toHaveLength(1);
  });

  test('that cannot be reached means STUN only, and its secret is in no log', async () => {
    vi.spyOn(globalThis, 'fetch').mockRejectedValue(new TypeError('Bearer a token was refused'));
    expect((await iceOf(CLOUDFLARE)).relayUnavailable).toBe(true);
    expect(log.join()).not.toContain('token');
  });

  test('that does not answer is waited for 3 seconds', async () => {
    vi.spyOn(globalThis, 'fetch').mockImplementation(
      (_url, request) =>
        new Promise((_resolve, reject) => {
          request?.signal?.addEventListener('abort', () => reject(new DOMException('timed out', 'TimeoutError')));
        }),
    );
    const start = Date.now();
    expect((await iceOf(CLOUDFLARE)).relayUnavailable).toBe(true);
    expect(Date.now() - start).toBeGreaterThanOrEqual(2_900);
    expect(Date.now() - start).toBeLessThan(4_000);
  });

  test('is asked for nobody who has not been admitted', async () => {
    const fetched = answer({ iceServers: [relay] });
    const link = await makeLink();
    const other = await makeLink();
    const client = await connect(link);
    await expect(client.enter({ ...other, roomId: link.roomId }, await makeIdentity())).rejects.toThrow('refused');
    expect(fetched).not.toHaveBeenCalled();
  });
});

describe('The policy', () => {
  test.each([
    [undefined, 16],
    ['', 16],
    ['8', 8],
    [8, 8],
    ['2', 2],
    ['64', 64],
    ['1', 16],
    ['65', 16],
    ['-3', 16],
    ['8.5', 16],
    ['many', 16],
  ])('MAX_PARTICIPANTS %j means %i', (MAX_PARTICIPANTS, maxParticipants) => {
    expect(policyWith({ MAX_PARTICIPANTS }).maxParticipants).toBe(maxParticipants);
  });

  test.each([
    [undefined, 'all'],
    ['', 'all'],
    ['relay', 'relay'],
    [' Relay ', 'relay'],
    ['none', 'all'],
  ])('ICE_TRANSPORT_POLICY %j means %s', (ICE_TRANSPORT_POLICY, iceTransportPolicy) => {
    expect(policyWith({ ICE_TRANSPORT_POLICY }).iceTransportPolicy).toBe(iceTransportPolicy);
  });
});
