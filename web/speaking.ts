/**
 * Who is speaking, from the loudness of everyone: a ring with a short attack and a long release, and one dominant speaker who
 * changes slowly. Pure: (samples, now) in, decisions out. Refuses to know tracks and tiles.
 */

/** Milliseconds between samples. */
export const SAMPLE_INTERVAL = 100;
/** −36 dB: above a quiet room after the browser's noise suppression, below quiet speech. */
const LOUD = levelOf(0.016);
/** Milliseconds: the ring comes after ATTACK of speech and stays RELEASE longer. */
const ATTACK = 150;
const RELEASE = 800;
/** Milliseconds that someone must lead before they are the speaker, and that a speaker stays at least. */
const DOMINANCE = 1_500;
const HOLD = 3_000;

/**
 * A linear loudness (1 = full scale) as a level, 0 to 1, that grows as loudness is felt: −60 dB is 0 and −10 dB is 1.
 * The same scale as that of the microphone's own meter.
 */
export function levelOf(loudness: number): number {
  return Math.min(1, Math.max(0, (20 * Math.log10(loudness) + 60) / 50));
}

interface Voice {
  loudSince: number | undefined;
  lastLoud: number;
  speaking: boolean;
  /** Loudness averaged over about a second. */
  average: number;
}

export class Speaking {
  readonly #voices = new Map<string, Voice>();
  #speaker: string | undefined;
  #speakerSince = -Infinity;
  #leader: string | undefined;
  #leaderSince = 0;

  /** The dominant speaker's sid. */
  get speaker(): string | undefined {
    return this.#speaker;
  }

  /** `level` of `sid` now, 0 to 1 (see levelOf); true where they speak. */
  hear(sid: string, level: number, now: number): boolean {
    const voice = this.#voices.get(sid) ?? { loudSince: undefined, lastLoud: -Infinity, speaking: false, average: 0 };
    this.#voices.set(sid, voice);
    voice.average += (level - voice.average) * 0.1;
    if (level >= LOUD) {
      voice.loudSince ??= now;
      voice.lastLoud = now;
    } else if (now - voice.lastLoud > ATTACK) voice.loudSince = undefined;
    if (voice.loudSince !== undefined && now - voice.loudSince >= ATTACK) voice.speaking = true;
    else if (now - voice.lastLoud >= RELEASE) voice.speaking = false;
    return voice.speaking;
  }

  forget(sid: string): void {
    this.#voices.delete(sid);
    if (this.#speaker === sid) this.#speaker = undefined;
  }

  /** To be called after everyone was heard. */
  choose(now: number): void {
    let leader: string | undefined;
    for (const [sid, voice] of this.#voices) {
      const best = leader === undefined ? 0 : (this.#voices.get(leader)?.average ?? 0);
      if (voice.speaking && voice.average > best) leader = sid;
    }
    if (leader !== this.#leader) this.#leaderSince = now;
    this.#leader = leader;
    if (leader === undefined || leader === this.#speaker) return;
    const led = now - this.#leaderSince >= DOMINANCE;
    if (this.#speaker === undefined || (led && now - this.#speakerSince >= HOLD)) {
      this.#speaker = leader;
      this.#speakerSince = now;
    }
  }
}
