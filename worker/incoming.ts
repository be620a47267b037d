/**
 * What a browser says: text to a message of the protocol, or why it is none.
 * Refuses to know who says it and what follows.
 */
import * as v from 'valibot';
import { FromBrowser, LIMITS, PROTOCOL_VERSION } from './protocol.ts';
import type { Entry } from './roster.ts';

/** A valid message, `version` where an `enter` is of another, or `undefined` for whatever breaks the protocol. */
export function read(data: string | ArrayBuffer, state: Entry['state']): FromBrowser | 'version' | undefined {
  // Length before parse: only whoever is in may send a relay.
  if (typeof data !== 'string' || data.length > (state === 'entered' ? LIMITS.relay : LIMITS.message)) return undefined;
  const parsed = parse(data);
  if (state === 'challenged' && v.is(OtherVersion, parsed)) return 'version';
  const message = v.safeParse(FromBrowser, parsed);
  if (!message.success) return undefined;
  return message.output.type === 'relay' || data.length <= LIMITS.message ? message.output : undefined;
}

/** Looked for before the schema, which is this version's own. */
const OtherVersion = v.object({
  type: v.literal('enter'),
  version: v.pipe(v.number(), v.notValue(PROTOCOL_VERSION)),
});

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
