/**
 * New meetings, and the keys with which their creator can govern them: kept in this browser by the hash that stands in the link.
 * A room made today stays governable by whoever made it. Refuses to know what governing means.
 */
import { toBase64Url } from '../worker/encoding.ts';
import { createLink, type Link } from './seal/link.ts';

const KEY = 'snug.host.';
/** Keys kept; a private key is 200 bytes, and rooms are made by the dozen. */
const MAX_KEPT = 50;

/** A new meeting at this origin; nothing is asked of any server. */
export async function newMeeting(): Promise<Link> {
  const { link, hostKey } = await createLink(location.origin);
  try {
    const old = Object.keys(localStorage).filter((key) => key.startsWith(KEY));
    for (const key of old.slice(0, Math.max(0, old.length - MAX_KEPT + 1))) localStorage.removeItem(key);
    localStorage.setItem(KEY + toBase64Url(link.hk), JSON.stringify(hostKey));
  } catch {
    // Blocked or full storage: the meeting works, and has no host after this visit.
  }
  return link;
}
