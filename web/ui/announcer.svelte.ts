/** Words for screen readers alone: what everyone else sees happen on a tile. Refuses to know what happened. */
import { createContext } from 'svelte';

/** Milliseconds a line stays in the live region: long enough to be read from it, then it is gone. */
const STAY = 4_000;

export class Announcer {
  lines = $state.raw<readonly { key: number; text: string }[]>([]);
  #lastKey = 0;
  #timers = new Set<ReturnType<typeof setTimeout>>();

  say(text: string): void {
    this.#lastKey += 1;
    const key = this.#lastKey;
    this.lines = [...this.lines, { key, text }];
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      this.lines = this.lines.filter((line) => line.key !== key);
    }, STAY);
    this.#timers.add(timer);
  }

  close(): void {
    for (const timer of this.#timers) clearTimeout(timer);
    this.lines = [];
  }
}

export const [getAnnouncer, setAnnouncer] = createContext<Announcer>();
