/**
 * Which recordings this tab is busy with. The browser lets go of a killed tab's locks; while a tab holds one, it is not
 * frozen in the background either. Refuses to know what is done meanwhile.
 */
import { lockName } from './folders.ts';

const held = new Map<string, () => void>();

/** False where another tab is busy with it. */
export async function hold(id: string): Promise<boolean> {
  if (held.has(id)) return true;
  return await new Promise<boolean>((resolve, reject) => {
    navigator.locks
      .request(lockName(id), { ifAvailable: true }, async (lock) => {
        resolve(lock !== null);
        if (lock) await new Promise<void>((release) => held.set(id, release));
      })
      .catch(reject);
  });
}

export function letGo(id: string): void {
  held.get(id)?.();
  held.delete(id);
}
