/**
 * Whether what I say comes back from somebody: their loudspeaker feeds their microphone. Pure: my loudness and theirs go in,
 * side by side; told by how alike they are, one of them later than the other. Refuses to know tracks and people.
 */

/** Milliseconds between two looks. */
export const LOOK = 50;
/** Looks compared: 4 s, a few words with the pauses between them. */
const WINDOW = 80;
/** An echo has gone to them, through their room and back: 100 to 800 ms. */
const SHORTEST = 100 / LOOK;
const LONGEST = 800 / LOOK;
/** Levels, 0..1 from −60 dB to −10 dB: speech is above, and what comes back of it. */
const SPEECH = 0.35;
const RETURNED = 0.15;
/** Of my looks, so many must be speech, and so many not: only what rises and falls can be known again. */
const LEAST = 0.2;
const MOST = 0.9;
/** Correlation of two people in conversation stays below 0.5; that of an echo is above 0.8. */
const ALIKE = 0.75;
/** Windows in a row, a second apart, that must say so at about the same delay. */
const AGAIN = 3;
const EVERY = 1_000 / LOOK;
const SAME_DELAY = 100 / LOOK;

export class EchoFinder {
  #mine: number[] = [];
  #theirs: number[] = [];
  #looks = 0;
  #delay: number | undefined;
  #times = 0;

  /** One look, every LOOK milliseconds: levels 0..1, linear in decibels. True where it is an echo, once every AGAIN. */
  push(mine: number, theirs: number): boolean {
    this.#mine.push(mine);
    this.#theirs.push(theirs);
    if (this.#mine.length > WINDOW + LONGEST) {
      this.#mine.shift();
      this.#theirs.shift();
    }
    this.#looks += 1;
    if (this.#looks % EVERY !== 0 || this.#mine.length < WINDOW + LONGEST) return false;
    return this.#judge();
  }

  #judge(): boolean {
    const delay = this.#found();
    const same = delay !== undefined && this.#delay !== undefined && Math.abs(delay - this.#delay) <= SAME_DELAY;
    this.#times = delay === undefined ? 0 : same ? this.#times + 1 : 1;
    this.#delay = delay;
    if (this.#times < AGAIN) return false;
    this.#times = 0;
    return true;
  }

  /** The delay, in looks, at which their last WINDOW is most like mine; undefined where none is like it. */
  #found(): number | undefined {
    const theirs = this.#theirs.slice(LONGEST);
    if (theirs.filter((level) => level > RETURNED).length < LEAST * WINDOW) return undefined;
    let best: { delay: number; alike: number } | undefined;
    for (let delay = 0; delay <= LONGEST; delay += 1) {
      const mine = this.#mine.slice(LONGEST - delay, LONGEST - delay + WINDOW);
      const speech = mine.filter((level) => level > SPEECH).length / WINDOW;
      if (speech < LEAST || speech > MOST) continue;
      const alike = correlation(mine, theirs);
      if (alike > (best?.alike ?? ALIKE)) best = { delay, alike };
    }
    // Sooner than sound can travel there and back: we both hear the same thing, in one room.
    return best && best.delay >= SHORTEST ? best.delay : undefined;
  }
}

/** Pearson's, −1 to 1; 0 where one of them does not change. */
function correlation(one: readonly number[], other: readonly number[]): number {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const [a, b] = [mean(one), mean(other)];
  let [both, ones, others] = [0, 0, 0];
  for (const [index, value] of one.entries()) {
    const [x, y] = [value - a, (other[index] ?? b) - b];
    both += x * y;
    ones += x * x;
    others += y * y;
  }
  return ones === 0 || others === 0 ? 0 : both / Math.sqrt(ones * others);
}
