/**
 * The last meetings of this browser, for those who asked to have them remembered. A link is a key, so this is off
 * until somebody turns it on, stays in localStorage, and is forgotten when it is turned off.
 * Refuses to know the screen that shows them.
 */
const STORAGE_KEY = 'snug.rooms';
const MOST = 5;

export interface RecentRoom {
  /** What stands behind the link's `#`. */
  readonly fragment: string;
  /** When it was last joined: milliseconds since the epoch. */
  readonly at: number;
}

/** Newest first; empty where storage is barred or holds something else. */
export function recentRooms(): RecentRoom[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter(isRoom).slice(0, MOST) : [];
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

/** By hand: the start page does without a schema library (3 kB of its 25). */
function isRoom(value: unknown): value is RecentRoom {
  if (typeof value !== 'object' || value === null || !('fragment' in value) || !('at' in value)) return false;
  const { fragment, at } = value;
  return typeof fragment === 'string' && fragment.length <= 200 && typeof at === 'number' && Number.isFinite(at);
}
