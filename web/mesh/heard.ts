/**
 * Whether someone receives my microphone, by their own word (`heard`), and what to do where they do not. Pure; the time is given.
 * A wedged track heals in steps: the track is set anew, then ICE restarts, then the connection is made again.
 * Refuses to know senders, and what a person is told.
 */

/** Milliseconds after their first report without sound until it is said, and acted upon: within 2.5 s of the last sound. */
export const UNHEARD_AFTER = 1_500;
/** Milliseconds from one remedy to the next. */
const REMEDY_INTERVAL = 5_000;

const REMEDIES = ['reset-track', 'restart', 'rebuild'] as const;
export type Remedy = (typeof REMEDIES)[number];

export class Heard {
  #unheardSince: number | undefined;
  #everHeard = false;
  #remedies = 0;
  #lastRemedy = -Infinity;

  /** Their report: whether packets of my microphone reach their loudspeaker. `again`: they do, after they had ceased to. */
  reported(audio: boolean, now: number): 'again' | undefined {
    if (!audio) {
      this.#unheardSince ??= now;
      return undefined;
    }
    const again = this.#everHeard && this.#unheardSince !== undefined;
    this.#everHeard = true;
    this.#unheardSince = undefined;
    this.#remedies = 0;
    return again ? 'again' : undefined;
  }

  /** True where their last report was of silence. */
  get silent(): boolean {
    return this.#unheardSince !== undefined;
  }

  /** True where they have not received me for UNHEARD_AFTER. */
  unheard(now: number): boolean {
    return this.#unheardSince !== undefined && now - this.#unheardSince >= UNHEARD_AFTER;
  }

  /** What is to be tried now; `sending` says whether there is anything to hear and the connection lives. */
  remedy(now: number, sending: 'sending' | 'not-sending'): Remedy | undefined {
    if (sending === 'not-sending') {
      this.#unheardSince = undefined;
      return undefined;
    }
    if (!this.unheard(now) || now - this.#lastRemedy < REMEDY_INTERVAL) return undefined;
    const remedy = REMEDIES[Math.min(this.#remedies, REMEDIES.length - 1)];
    this.#remedies += 1;
    this.#lastRemedy = now;
    return remedy;
  }
}
