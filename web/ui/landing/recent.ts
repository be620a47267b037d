/**
 * The last meetings of this browser, for those who asked to have them remembered. A link is a key, so this is off
 * until somebody turns it on, stays in localStorage, and is forgotten when it is turned off.
 * Refuses to know the screen that shows them.
 */
import * as v from 'valibot';

const STORAGE_KEY = 'snug.rooms';
const MOST = 5;

const Recent = v.array(v.object({ fragment: v.pipe(v.string(), v.maxLength(200)), at: v.number() }));
export type RecentRoom = v.InferOutput<typeof Recent>[number];

/** Newest first; empty where storage is barred or holds something else. */
export function recentRooms(): RecentRoom[] {
  try {
    const stored = v.safeParse(Recent, JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]'));
    return stored.success ? stored.output.slice(0, MOST) : [];
  } catch {
    return [];
  }
}

export function rememberRoom(fragment: string, at: number): void {
  const others = recentRooms().filter((room) => room.fragment !== fragment);
  try {
    localStorage.setItem(STORAGE_KEY, JSON.stringify([{ fragment, at }, ...others].slice(0, MOST)));
  } catch {
    // Private windows of some browsers bar storage; a meeting needs none.
  }
}

export function forgetRooms(): void {
  try {
    localStorage.removeItem(STORAGE_KEY);
  } catch {
    // As above.
  }
}
