/**
 * Rooms for the edge tests: sockets through the Worker, and a look inside the object behind a link.
 * Knows the test pool; refuses to know what a test expects.
 */
import { env, evictDurableObject, runDurableObjectAlarm, runInDurableObject, SELF } from 'cloudflare:test';
import { makeIdentity, RoomClient, type Identity, type RoomLink } from '../support/room-client.ts';
import type { Entry } from '../../worker/roster.ts';

export const ORIGIN = 'http://snug.test';

/** Someone who is in. */
export interface Guest {
  readonly client: RoomClient;
  readonly identity: Identity;
  readonly sid: string;
}

export function upgrade(roomId: string, headers: Record<string, string> = {}): Promise<Response> {
  return SELF.fetch(`${ORIGIN}/api/rooms/${roomId}`, { headers: { Upgrade: 'websocket', Origin: ORIGIN, ...headers } });
}

/** A socket that has not entered. */
export async function connect(link: RoomLink): Promise<RoomClient> {
  const { webSocket } = await upgrade(link.roomId);
  if (!webSocket) throw new Error('No socket');
  const client = new RoomClient({
    send: (data) => webSocket.send(data),
    close: (code, reason) => webSocket.close(code, reason),
    addEventListener: (type: 'message' | 'close', listener: (event: never) => void) => {
      webSocket.addEventListener(type, (event) => {
        (listener as (event: unknown) => void)(event);
      });
    },
  });
  webSocket.accept();
  return client;
}

export async function come(link: RoomLink, known?: Identity): Promise<Guest> {
  const identity = known ?? (await makeIdentity());
  const client = await connect(link);
  await client.enter(link, identity);
  return { client, identity, sid: identity.sid };
}

/** `count` guests, entered one after the other, who have read what they were told. */
export async function gather(link: RoomLink, count: number): Promise<Guest[]> {
  const guests: Guest[] = [];
  for (let n = 0; n < count; n++) guests.push(await come(link));
  await Promise.all(guests.map(({ client }) => client.settle()));
  for (const { client } of guests) client.unread();
  return guests;
}

export function stubOf(link: RoomLink): DurableObjectStub {
  return env.ROOMS.getByName(link.roomId);
}

/** Hibernates the room: its sockets stay, its memory is gone. */
export function evict(link: RoomLink): Promise<void> {
  return evictDurableObject(stubOf(link));
}

export function ringAlarm(link: RoomLink): Promise<boolean> {
  return runDurableObjectAlarm(stubOf(link));
}

export function inside<T>(link: RoomLink, look: (state: DurableObjectState) => T | Promise<T>): Promise<T> {
  return runInDurableObject(stubOf(link), (_room, state) => look(state));
}

/** What storage holds, the alarm included. */
export function stored(link: RoomLink): Promise<{ keys: string[]; alarm: number | null }> {
  return inside(link, async ({ storage }) => ({
    keys: [...(await storage.list()).keys()],
    alarm: await storage.getAlarm(),
  }));
}

/** Makes every sign of life of the sockets that `matches` names `milliseconds` older, and the room read it: it wakes anew. */
export async function age(link: RoomLink, milliseconds: number, matches: (entry: Entry) => boolean): Promise<void> {
  await inside(link, (state) => {
    for (const socket of state.getWebSockets()) {
      const entry = socket.deserializeAttachment() as Entry;
      if (!matches(entry)) continue;
      const meter = { ...entry.meter, at: entry.meter.at - milliseconds };
      const older = { ...entry, meter, acceptedAt: entry.acceptedAt - milliseconds };
      socket.serializeAttachment(
        'enteredAt' in older ? { ...older, enteredAt: older.enteredAt - milliseconds } : older,
      );
    }
  });
  await evict(link);
}

export function isSid(sid: string): (entry: Entry) => boolean {
  return (entry) => entry.state === 'entered' && entry.sid === sid;
}
