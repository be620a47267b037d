/**
 * The deployment's bindings and variables, and what unset, empty or wrong values of the latter mean.
 * Unset and empty mean the same everywhere but in STUN_URLS, where empty says "no STUN".
 * Refuses to know what a room or a TURN provider does with them.
 */
import { LIMITS, type Policy } from './protocol.ts';

export interface Env {
  readonly ROOMS: DurableObjectNamespace;
  /** Absent in raw workerd, which has no rate limits. */
  readonly ENTER_LIMIT?: RateLimit;
  /** Described in `.dev.vars.example`. A number is what `[vars]` in wrangler.toml makes of an unquoted value. */
  readonly MAX_PARTICIPANTS?: Variable;
  readonly ICE_TRANSPORT_POLICY?: Variable;
  readonly STUN_URLS?: Variable;
  readonly TURN_URLS?: Variable;
  readonly TURN_SECRET?: Variable;
  readonly TURN_USERNAME?: Variable;
  readonly TURN_CREDENTIAL?: Variable;
  readonly TURN_KEY_ID?: Variable;
  readonly TURN_KEY_API_TOKEN?: Variable;
  readonly TURN_TTL?: Variable;
}

export type Variable = string | number | undefined;

/** What the deployment asks of everyone in a room. */
export function policyOf(env: Env): Policy {
  return {
    maxParticipants: wholeNumber(env.MAX_PARTICIPANTS, { from: 2, to: LIMITS.sockets }) ?? LIMITS.participants,
    iceTransportPolicy: text(env.ICE_TRANSPORT_POLICY).toLowerCase() === 'relay' ? 'relay' : 'all',
  };
}

/** The variable without surrounding spaces; '' where unset. */
export function text(variable: Variable): string {
  return variable === undefined ? '' : String(variable).trim();
}

/** The variable as a whole number within `range`, or `undefined` where it is anything else. */
export function wholeNumber(variable: Variable, range: { from: number; to: number }): number | undefined {
  const digits = text(variable);
  if (!/^\d{1,9}$/.test(digits)) return undefined;
  const value = Number(digits);
  return value >= range.from && value <= range.to ? value : undefined;
}

/** The entries of a comma-separated variable. */
export function list(variable: Variable): string[] {
  return text(variable)
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}
