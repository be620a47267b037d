/** Who is shown big while people speak in turn: slow enough that nobody's "mhm" takes the stage. Pure. */

export interface Spotlight {
  readonly shown: string | undefined;
  readonly since: number;
  readonly candidate: string | undefined;
  readonly candidateSince: number;
}

export const NOBODY: Spotlight = { shown: undefined, since: 0, candidate: undefined, candidateSince: 0 };

/** Milliseconds somebody must dominate before the stage turns to them. */
export const DOMINANCE = 1_500;
/** Milliseconds the stage stays with somebody at least. */
export const HOLD = 3_000;

/** The next state, with `speaker` dominant at `now` (ms). Silence leaves the last speaker on stage. */
export function turn(before: Spotlight, speaker: string | undefined, now: number): Spotlight {
  if (speaker === undefined || speaker === before.shown) return { ...before, candidate: undefined };
  if (speaker !== before.candidate) return turnTo({ ...before, candidate: speaker, candidateSince: now }, now);
  return turnTo(before, now);
}

function turnTo(state: Spotlight, now: number): Spotlight {
  const free = state.shown === undefined || now - state.since >= HOLD;
  const due = state.shown === undefined || now - state.candidateSince >= DOMINANCE;
  return free && due ? { shown: state.candidate, since: now, candidate: undefined, candidateSince: 0 } : state;
}
