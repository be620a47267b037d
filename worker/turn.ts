/**
 * ICE servers for one admitted participant: STUN, and TURN from one provider — Cloudflare, a server with the
 * REST shared secret, or fixed credentials. A provider that fails means STUN only, never a failed entry.
 * Refuses to know who has been admitted: it is asked for nobody else.
 */
import * as v from 'valibot';
import { list, text, wholeNumber, type Env } from './env.ts';
import { IceServer, type IceServer as Server } from './protocol.ts';

export interface Ice {
  readonly iceServers: Server[];
  /** Milliseconds since the epoch; null where nothing expires. */
  readonly iceExpiresAt: number | null;
  /** TURN is configured, but there is none now. */
  readonly relayUnavailable: boolean;
}

const DEFAULT_STUN = 'stun:stun.cloudflare.com:3478,stun:stun.l.google.com:19302';
/** Seconds. Browsers refresh at 70 %; Cloudflare grants at most 48 hours. */
const TTL = { default: 3_600, from: 20, to: 172_800 } as const;
/** Milliseconds an entry may wait for a provider. */
const PROVIDER_TIMEOUT = 3_000;
const CLOUDFLARE_KEYS = 'https://rtc.live.cloudflare.com/v1/turn/keys/';

type Relay = { servers: Server[]; expiresAt: number | null };

/** `sid` names the credentials' holder to the TURN server; `now` in milliseconds since the epoch. */
export async function iceServersFor(env: Env, sid: string, now: number): Promise<Ice> {
  const stun = list(env.STUN_URLS ?? DEFAULT_STUN).filter(isStun);
  const iceServers: Server[] = stun.length > 0 ? [{ urls: stun }] : [];
  try {
    const relay = await relayFor(env, sid, now);
    return {
      iceServers: [...iceServers, ...(relay?.servers ?? [])],
      iceExpiresAt: relay?.expiresAt ?? null,
      relayUnavailable: false,
    };
  } catch (error) {
    console.warn(`No TURN: ${error instanceof TurnError ? error.message : 'the provider did not answer'}`);
    return { iceServers, iceExpiresAt: null, relayUnavailable: true };
  }
}

/** Its messages are ours, without secrets, for the deployment's log. */
class TurnError extends Error {}

/** `undefined` where no TURN is configured. */
async function relayFor(env: Env, sid: string, now: number): Promise<Relay | undefined> {
  const ttl = wholeNumber(env.TURN_TTL, TTL) ?? TTL.default;
  const keyId = text(env.TURN_KEY_ID);
  const token = text(env.TURN_KEY_API_TOKEN);
  if (keyId || token) {
    if (!keyId || !token) throw new TurnError('TURN_KEY_ID and TURN_KEY_API_TOKEN need each other');
    return { servers: await cloudflareServers(keyId, token, ttl), expiresAt: now + ttl * 1000 };
  }

  if (text(env.TURN_URLS) === '') return undefined;
  // One URL that a browser cannot parse makes its whole RTCPeerConnection throw.
  const urls = list(env.TURN_URLS).filter(isTurn);
  if (urls.length === 0) throw new TurnError('TURN_URLS holds no turn: or turns: URL');

  const secret = text(env.TURN_SECRET);
  if (secret) {
    const expiry = Math.floor(now / 1000) + ttl;
    const username = `${expiry}:${sid}`;
    return { servers: [{ urls, username, credential: await hmacSha1(secret, username) }], expiresAt: expiry * 1000 };
  }

  const username = text(env.TURN_USERNAME);
  const credential = text(env.TURN_CREDENTIAL);
  if (!username || !credential)
    throw new TurnError('TURN_URLS needs TURN_SECRET, or TURN_USERNAME and TURN_CREDENTIAL');
  return { servers: [{ urls, username, credential }], expiresAt: null };
}

/** base64(HMAC-SHA1(secret, username)): draft-uberti-behave-turn-rest-00, as coturn's --use-auth-secret checks it. */
async function hmacSha1(secret: string, username: string): Promise<string> {
  const encoder = new TextEncoder();
  const algorithm = { name: 'HMAC', hash: 'SHA-1' };
  const key = await crypto.subtle.importKey('raw', encoder.encode(secret), algorithm, false, ['sign']);
  const mac = await crypto.subtle.sign('HMAC', key, encoder.encode(username));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
}

const CloudflareAnswer = v.object({ iceServers: v.array(IceServer) });

async function cloudflareServers(keyId: string, token: string, ttl: number): Promise<Server[]> {
  const url = `${CLOUDFLARE_KEYS}${encodeURIComponent(keyId)}/credentials/generate-ice-servers`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ ttl }),
    signal: AbortSignal.timeout(PROVIDER_TIMEOUT),
  });
  if (!response.ok) {
    await response.body?.cancel();
    throw new TurnError(`Cloudflare answered ${response.status}`);
  }
  const answer = v.safeParse(CloudflareAnswer, await response.json());
  if (!answer.success) throw new TurnError('Cloudflare answered in an unknown form');

  // STUN is STUN_URLS' to say. Browsers block port 53, and gathering waits for what is blocked.
  const servers = answer.output.iceServers
    .map((server) => ({ ...server, urls: [server.urls].flat().filter((turn) => isTurn(turn) && !isPort53(turn)) }))
    .filter(({ urls, username, credential }) => urls.length > 0 && username && credential);
  if (servers.length === 0) throw new TurnError('Cloudflare named no relay');
  return servers;
}

function isStun(url: string): boolean {
  return /^stuns?:[^\s/]+$/i.test(url);
}

function isTurn(url: string): boolean {
  return /^turns?:[^\s/]+$/i.test(url);
}

function isPort53(url: string): boolean {
  return /:53(\?|$)/.test(url);
}
