/**
 * The Worker: routes as a table, and every check that needs no room, made before a room's object is touched —
 * its first request fixes its region for ever, and costs. Refuses to know what is said on a room's socket.
 */
import { Hono, type Context, type MiddlewareHandler } from 'hono';
import * as v from 'valibot';
import type { Env } from './env.ts';
import { secured } from './headers.ts';
import { HEALTH_PATH, PROTOCOL_VERSION, RoomId, ROOM_PATH } from './protocol.ts';

export { Room } from './room.ts';

type Bound = { Bindings: Env };

const app = new Hono<Bound>()
  .get(HEALTH_PATH, (c) => (asksUpgrade(c) ? greet() : c.json({ ok: true, version: PROTOCOL_VERSION })))
  .all(`${ROOM_PATH}:roomId`, onlyRooms(), onlyGet(), onlyUpgrades(), onlyOurPages(), limited(), openRoom)
  .notFound((c) => c.text('Not found', 404))
  .onError((error, c) => {
    // The name alone: a message may carry what a person sent.
    console.error(`${c.req.method} failed: ${error.name}`);
    return c.text('Something went wrong on our side', 500);
  });

export default {
  async fetch(request, env, ctx): Promise<Response> {
    return secured(await app.fetch(request, env, ctx));
  },
} satisfies ExportedHandler<Env>;

function openRoom(c: Context<Bound>): Promise<Response> {
  return c.env.ROOMS.get(c.env.ROOMS.idFromName(roomIdIn(c))).fetch(c.req.raw);
}

function onlyRooms(): MiddlewareHandler<Bound> {
  return (c, next) => pass(v.is(RoomId, roomIdIn(c)), next, () => c.notFound());
}

function onlyGet(): MiddlewareHandler<Bound> {
  return (c, next) => pass(c.req.method === 'GET', next, () => c.text('Method not allowed', 405, { Allow: 'GET' }));
}

function onlyUpgrades(): MiddlewareHandler<Bound> {
  return (c, next) => pass(asksUpgrade(c), next, () => c.text('A room is a WebSocket', 426, { Upgrade: 'websocket' }));
}

function asksUpgrade(c: Context<Bound>): boolean {
  return c.req.header('Upgrade')?.toLowerCase() === 'websocket';
}

/** A WebSocket that ends at once: whoever sees it open knows that the way here takes WebSockets. */
function greet(): Response {
  const { 0: theirs, 1: ours } = new WebSocketPair();
  ours.accept();
  ours.close(1000);
  return new Response(null, { status: 101, webSocket: theirs });
}

/** Browsers always send Origin with a WebSocket; what sends none is no page and needs no protection from one. */
function onlyOurPages(): MiddlewareHandler<Bound> {
  return (c, next) => {
    const origin = c.req.header('Origin');
    return pass(origin === undefined || hostOf(origin) === hostOf(c.req.url), next, () => c.text('Forbidden', 403));
  };
}

function limited(): MiddlewareHandler<Bound> {
  return async (c, next) => {
    const address = c.req.header('CF-Connecting-IP');
    const limit = c.env.ENTER_LIMIT;
    const allowed = !limit || !address || (await limit.limit({ key: networkOf(address) })).success;
    return await pass(allowed, next, () => c.text('Too many requests', 429, { 'Retry-After': '60' }));
  };
}

async function pass(
  allowed: boolean,
  next: () => Promise<void>,
  refuse: () => Response | Promise<Response>,
): Promise<Response | void> {
  if (!allowed) return await refuse();
  await next();
}

function roomIdIn(c: Context<Bound>): string {
  return c.req.param('roomId') ?? '';
}

/** Host and port, without the scheme: behind a tunnel the page is https and the Worker sees http. */
function hostOf(url: string): string | undefined {
  return URL.parse(url)?.host;
}

/** Who shares a limit: an IPv4 address, or the /64 of an IPv6 one, whose every address one customer has. */
function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const groups = address.split('::')[0]?.split(':') ?? [];
  return [...groups, '0', '0', '0', '0'].slice(0, 4).join(':');
}
