/**
 * Time as this page lives it: the mesh's clock, and how long the room's socket is waited for. What is to be run ten times a second
 * is run three times or less on a machine that has more to do than it can. Answers take as much longer there; whoever counted them
 * as missing by the clock on the wall would try again and have still more to do: eight people in one browser on two slow cores made
 * up to 104 connections each in a minute, and never came to rest. And a page that was not run for a while has not listened either.
 * Refuses to know what is waited for.
 */

/** Milliseconds between ticks: under a third of the shortest silence that means something in recovery-times.ts. */
const TICK = 100;
/** Milliseconds from one tick to the next that count at most. */
const STEP = 150;
/** The same for a page in the background: browsers run it once a second, however much time there is. */
const HIDDEN_STEP = 1_100;

export class LivedTime {
  readonly #timer: ReturnType<typeof setInterval>;
  #lived = 0;
  #lastTick = performance.now();
  #stopped = false;

  constructor(onTick: () => void) {
    this.#timer = setInterval(() => {
      this.#lived = this.now();
      this.#lastTick = performance.now();
      onTick();
    }, TICK);
  }

  /** Milliseconds since this clock was made. */
  now(): number {
    const step = typeof document !== 'undefined' && document.hidden ? HIDDEN_STEP : STEP;
    return this.#lived + Math.min(performance.now() - this.#lastTick, step);
  }

  /** The clock on the wall, for what a person waits for: milliseconds since the page was opened. */
  wall(): number {
    return performance.now();
  }

  /**
   * Resolves when so many milliseconds have been lived, or the clock has stopped. On a page that is late a timer of that length
   * runs before what has long been waiting for its turn; here that gets several.
   */
  async passes(milliseconds: number): Promise<void> {
    for (const end = this.now() + milliseconds; this.now() < end && !this.#stopped;) {
      await new Promise((resolve) => setTimeout(resolve, TICK / 2));
    }
  }

  stop(): void {
    this.#stopped = true;
    clearInterval(this.#timer);
  }
}

/** Calls `run` when so many milliseconds have been lived, once; not after the function that is returned has been called. */
export function afterLived(milliseconds: number, run: () => void): () => void {
  const time = new LivedTime(() => {
    if (time.now() < milliseconds) return;
    time.stop();
    run();
  });
  return () => time.stop();
}
