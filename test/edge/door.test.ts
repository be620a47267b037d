/** The Worker's own checks: what is turned away before a room's object is touched, and the headers of every response. */
import { createExecutionContext, env, listDurableObjectIds, SELF } from 'cloudflare:test';
import { describe, expect, test } from 'vitest';
import { makeLink } from '../support/room-client.ts';
import assetHeaders from '../../web/public/_headers?raw';
import { SECURITY_HEADERS } from '../../worker/headers.ts';
import worker from '../../worker/index.ts';
import { ORIGIN, upgrade } from './meeting.ts';

describe('The door of a room', () => {
  test('opens for a page of the same host', async () => {
    const { roomId } = await makeLink();
    const response = await upgrade(roomId);
    expect(response.status).toBe(101);
    expect(await exists(roomId)).toBe(true);
    hangUp(response);
  });

  test('opens for a page whose scheme differs, as behind a tunnel', async () => {
    const { roomId } = await makeLink();
    const response = await upgrade(roomId, { Origin: ORIGIN.replace('http:', 'https:') });
    expect(response.status).toBe(101);
    hangUp(response);
  });

  test('opens for what is no page', async () => {
    const { roomId } = await makeLink();
    const response = await SELF.fetch(`${ORIGIN}/api/rooms/${roomId}`, { headers: { Upgrade: 'websocket' } });
    expect(response.status).toBe(101);
    hangUp(response);
  });

  test('compresses nothing: what the room carries is sealed', async () => {
    const { roomId } = await makeLink();
    const response = await upgrade(roomId, { 'Sec-WebSocket-Extensions': 'permessage-deflate' });
    expect(response.headers.get('Sec-WebSocket-Extensions')).toBeNull();
    hangUp(response);
  });

  test.each([
    ['another host', 'http://elsewhere.test'],
    ['a subdomain', 'http://a.snug.test'],
    ['another port', `${ORIGIN}:8080`],
    ['a page without an origin', 'null'],
  ])('stays shut for %s, and the room is not touched', async (_name, Origin) => {
    const { roomId } = await makeLink();
    expect((await upgrade(roomId, { Origin })).status).toBe(403);
    expect(await exists(roomId)).toBe(false);
  });

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'HEAD'])('answers %s with 405', async (method) => {
    const { roomId } = await makeLink();
    const response = await SELF.fetch(`${ORIGIN}/api/rooms/${roomId}`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get('Allow')).toBe('GET');
    expect(await exists(roomId)).toBe(false);
  });

  test('answers a plain GET with 426', async () => {
    const { roomId } = await makeLink();
    expect((await SELF.fetch(`${ORIGIN}/api/rooms/${roomId}`)).status).toBe(426);
    expect(await exists(roomId)).toBe(false);
  });

  test.each([
    'short',
    'A'.repeat(21),
    'A'.repeat(23),
    `${'A'.repeat(21)}!`,
    `${'A'.repeat(21)}%2F`,
    `${'A'.repeat(22)}/x`,
  ])('[18] knows no room called %s', async (name) => {
    expect((await upgrade(name)).status).toBe(404);
    expect(await exists(name)).toBe(false);
  });

  test('[81] asks the limit of the address, a whole /64 for IPv6, and says 429 beyond it', async () => {
    const keys: string[] = [];
    const limit = (options: RateLimitOptions) => {
      keys.push(options.key);
      return Promise.resolve({ success: false });
    };
    for (const address of ['192.0.2.7', '2001:db8:1:2:3:4:5:6', '2001:db8::7']) {
      const { roomId } = await makeLink();
      const headers = { Upgrade: 'websocket', 'CF-Connecting-IP': address };
      const request = new Request<unknown, IncomingRequestCfProperties>(`${ORIGIN}/api/rooms/${roomId}`, { headers });
      const response = await worker.fetch(request, { ...env, ENTER_LIMIT: { limit } }, createExecutionContext());
      expect(response.status).toBe(429);
      expect(await exists(roomId)).toBe(false);
    }
    expect(keys).toEqual(['192.0.2.7', '2001:db8:1:2', '2001:db8:0:0']);
  });
});

describe('The headers', () => {
  test('are on every response of the Worker', async () => {
    const { roomId } = await makeLink();
    const responses = [
      await SELF.fetch(`${ORIGIN}/api/health`),
      await SELF.fetch(`${ORIGIN}/api/nothing`),
      await SELF.fetch(`${ORIGIN}/api/rooms/${roomId}`),
      await upgrade(roomId, { Origin: 'http://elsewhere.test' }),
      await upgrade(roomId),
    ];
    expect(responses.map(({ status }) => status)).toEqual([200, 404, 426, 403, 101]);
    for (const { headers } of responses) {
      for (const [name, value] of Object.entries(SECURITY_HEADERS)) expect(headers.get(name)).toBe(value);
    }
    responses.forEach(hangUp);
  });

  test('are the same on the static assets', () => {
    const { 'Cache-Control': caching, ...security } = rule('/*');
    expect(security).toEqual(SECURITY_HEADERS);
    expect(caching).toBe('no-cache');
  });

  test('let only files named by their content be kept', () => {
    expect(rule('/assets/*')['Cache-Control']).toBe('public, max-age=31536000, immutable');
  });

  test('allow no other origin and no inline code', () => {
    const policy = SECURITY_HEADERS['Content-Security-Policy'];
    expect(policy).toMatch(/^default-src 'none';/);
    expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  });
});

test('Health says the protocol version', async () => {
  const response = await SELF.fetch(`${ORIGIN}/api/health`);
  expect(await response.json()).toEqual({ ok: true, version: 1 });
});

test('[15] Health opens a WebSocket and ends it at once, without a room', async () => {
  const rooms = (await listDurableObjectIds(env.ROOMS)).length;
  const { status, webSocket } = await SELF.fetch(`${ORIGIN}/api/health`, { headers: { Upgrade: 'websocket' } });
  expect(status).toBe(101);
  const code = new Promise((resolve) => webSocket?.addEventListener('close', (event) => resolve(event.code)));
  webSocket?.accept();
  expect(await code).toBe(1000);
  expect(await listDurableObjectIds(env.ROOMS)).toHaveLength(rooms);
});

async function exists(roomId: string): Promise<boolean> {
  const id = env.ROOMS.idFromName(roomId);
  return (await listDurableObjectIds(env.ROOMS)).some((other) => other.equals(id));
}

function hangUp({ webSocket }: Response): void {
  webSocket?.accept();
  webSocket?.close(1000);
}

/** The headers that `_headers` sets for `path`. */
function rule(path: string): Record<string, string> {
  const lines = assetHeaders.split('\n');
  const start = lines.indexOf(path) + 1;
  const end = lines.findIndex((line, index) => index >= start && !line.startsWith('  '));
  return Object.fromEntries(
    lines
      .slice(start, end < 0 ? undefined : end)
      .filter((line) => !line.trim().startsWith('!'))
      .map((line) => [line.slice(0, line.indexOf(':')).trim(), line.slice(line.indexOf(':') + 1).trim()]),
  );
}
