/** What a microphone's level says about it: heard, silent, or nothing yet. Pure; time is passed in. */

export type Verdict = 'unknown' | 'heard' | 'silent';

export interface Hearing {
  readonly verdict: Verdict;
  /** When the level was last above digital zero; at first, when listening began. */
  readonly lastSound: number | undefined;
  /** When the level last rose above a voice's. */
  readonly loudSince: number | undefined;
}

export const NOTHING_HEARD: Hearing = { verdict: 'unknown', lastSound: undefined, loudSince: undefined };

/** 8 s: nobody stays that still in front of a working microphone; its noise alone is above zero. */
const SILENT_AFTER = 8_000;
/** Longer than a click or a knock on the table. */
const HEARD_AFTER = 200;
/** Of 0..1: quiet speech in a quiet room is above it, a fan is not. */
const VOICE_LEVEL = 0.12;
/** Digital silence, with room for rounding. */
const ZERO_LEVEL = 0.0005;

/** One more level (0..1) at `now` (ms). Once heard stays heard; silence ends with the first sound. */
export function hear(before: Hearing, level: number, now: number): Hearing {
  const lastSound = before.lastSound === undefined || level > ZERO_LEVEL ? now : before.lastSound;
  const loudSince = level >= VOICE_LEVEL ? (before.loudSince ?? now) : undefined;
  if (before.verdict === 'heard' || (loudSince !== undefined && now - loudSince >= HEARD_AFTER))
    return { verdict: 'heard', lastSound, loudSince };
  return { verdict: now - lastSound >= SILENT_AFTER ? 'silent' : 'unknown', lastSound, loudSince };
}
