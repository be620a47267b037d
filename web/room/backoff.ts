/**
 * When to try the room again. Pure. Random, so that a deploy, which drops every socket of a room at once, does not bring
 * everyone back in the same instant; short, because "back within 1 s of the server" is a promise whatever the outage lasted.
 */

/**
 * Milliseconds. A server that is gone for minutes is asked less often: battery, and a log that can be read. On two slow
 * cores a socket, a signature and a cold room once took 0.7 s of the promised second: only the rest may be waited.
 */
const STEPS = [
  { until: 120_000, longest: 300, spacing: 350 },
  { until: 600_000, longest: 3_000, spacing: 2_000 },
  { until: Infinity, longest: 8_000, spacing: 5_000 },
] as const;

/** The first retry: anywhere within half a second. */
const FIRST = 500;

/** Milliseconds to wait before the next attempt; `random` in [0, 1), `outage` milliseconds since the socket was lost. */
export function retryDelay(options: { attempt: number; outage: number; random: number }): number {
  const { attempt, outage, random } = options;
  if (attempt === 0) return random * FIRST;
  const { longest } = stepAt(outage);
  // Never less than half: two attempts at the same instant would be one attempt wasted.
  return longest * (0.5 + random / 2);
}

/** Milliseconds from one unanswered attempt to the next beside it; `outage` milliseconds since the socket was lost. */
export function attemptSpacing(outage: number): number {
  return stepAt(outage).spacing;
}

function stepAt(outage: number) {
  return STEPS.find(({ until }) => outage < until) ?? STEPS[0];
}
