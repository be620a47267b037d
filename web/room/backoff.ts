/**
 * When to try the room again. Pure. Random, so that a deploy, which drops every socket of a room at once, does not bring
 * everyone back in the same instant; short, because "back within 1 s of the server" is a promise whatever the outage lasted.
 */

/**
 * Milliseconds. A server that is gone for minutes is asked less often: battery, and a log that can be read. On two slow
 * cores a socket, a signature and a cold room once took 0.7 s of the promised second: only the rest may be waited.
 * Attempts that hang live for 4 s, and browsers make six connections to a host at once: hence 670 ms from one to the next.
 */
const STEPS = [
  { until: 120_000, longest: 300, spacing: 670 },
  { until: 600_000, longest: 3_000, spacing: 2_000 },
  { until: Infinity, longest: 8_000, spacing: 5_000 },
] as const;

/** The first retry: anywhere within half a second. */
const FIRST = 500;
/** The longest that a server is left alone that answers and lets nobody into the room. */
const LONGEST = 8_000;
/**
 * Milliseconds from one socket that may fail to the next, while a request may wait for a connection that died with the
 * network: Chromium finds that out within 20 s. TCP asks twice within 2 s, so that some socket does every second.
 */
const SOCKETS = { spacing: 2_000, until: 20_000 };

export interface Retry {
  /** Attempts since the socket was lost. */
  attempt: number;
  /** Milliseconds since the socket was lost. */
  outage: number;
  /** How often in this outage the server answered and did not let me in: overloaded, or asked too often. */
  turnedAway: number;
  /** In [0, 1). */
  random: number;
}

/** Milliseconds to wait before the next attempt. */
export function retryDelay({ attempt, outage, turnedAway, random }: Retry): number {
  if (attempt === 0) return random * FIRST;
  const { longest } = stepAt(outage);
  const patience = Math.min(LONGEST, longest * 2 ** Math.max(0, turnedAway - 1));
  // Never less than half: two attempts at the same instant would be one attempt wasted.
  return patience * (0.5 + random / 2);
}

/** Milliseconds from one unanswered attempt to the next beside it; `outage` milliseconds since the socket was lost. */
export function attemptSpacing(outage: number): number {
  return stepAt(outage).spacing;
}

/**
 * Milliseconds of an outage after which a socket may be tried although no request is answered, the last one having been tried
 * after `outage` of them. Few, for they fail (`knock.ts`).
 */
export function nextSocket(outage: number): number {
  return outage < SOCKETS.until ? outage + SOCKETS.spacing : 2 * outage;
}

function stepAt(outage: number) {
  return STEPS.find(({ until }) => outage < until) ?? STEPS[0];
}
