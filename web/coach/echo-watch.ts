/**
 * Listens for my own voice coming back from the others, one finder each, and says from whom. Refuses to know what is
 * done about it.
 */
import { EchoFinder, LOOK } from './echo.ts';

/** Milliseconds from one word to the same person to the next. */
const INTERVAL = 30_000;

export interface EchoWatchOptions {
  /** How loud I am, and each of those whose microphone is on; levels 0..1. Undefined while I am not sent. */
  look: () => { mine: number; theirs: ReadonlyMap<string, number> } | undefined;
  onEcho: (sid: string) => void;
}

export class EchoWatch {
  readonly #options: EchoWatchOptions;
  readonly #finders = new Map<string, EchoFinder>();
  readonly #told = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(options: EchoWatchOptions) {
    this.#options = options;
  }

  start(): void {
    this.#timer ??= setInterval(() => this.#look(), LOOK);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#finders.clear();
  }

  #look(): void {
    const seen = this.#options.look();
    if (seen === undefined) return this.#finders.clear();
    for (const sid of this.#finders.keys()) if (!seen.theirs.has(sid)) this.#finders.delete(sid);
    for (const [sid, level] of seen.theirs) {
      const finder = this.#finders.get(sid) ?? new EchoFinder();
      this.#finders.set(sid, finder);
      if (finder.push(seen.mine, level)) this.#tell(sid);
    }
  }

  #tell(sid: string): void {
    const now = performance.now();
    if (now - (this.#told.get(sid) ?? -Infinity) < INTERVAL) return;
    this.#told.set(sid, now);
    this.#options.onEcho(sid);
  }
}
