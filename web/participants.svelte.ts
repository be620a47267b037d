/**
 * Everyone in one meeting, me first: who is in, who is about to come, who presents, who speaks. Reactive.
 * Refuses to know messages and connections; it is told facts by sid.
 */
import { Participant } from './participant.svelte.ts';
import { SAMPLE_INTERVAL, Speaking } from './speaking.ts';

export class Participants {
  readonly me: Participant;
  #others = $state.raw<Participant[]>([]);
  #speaker = $state<string>();
  readonly #speaking = new Speaking();
  readonly #levelOf: (participant: Participant) => number;
  readonly #timer: ReturnType<typeof setInterval>;

  /** `levelOf` gives the level of someone now, 0 to 1 (see speaking.ts). */
  constructor(me: Participant, levelOf: (participant: Participant) => number) {
    this.me = me;
    this.#levelOf = levelOf;
    this.#timer = setInterval(() => this.#listen(), SAMPLE_INTERVAL);
  }

  /** Me, then the others who are in, in the order in which they came. */
  readonly in = $derived.by(() => [
    ...(this.me.stage === 'in' ? [this.me] : []),
    ...this.#others
      .filter(({ introduced, stage }) => introduced && stage === 'in')
      .sort((a, b) => (a.joinedAt ?? 0) - (b.joinedAt ?? 0) || (a.sid < b.sid ? -1 : 1)),
  ]);

  /** How many others are about to come in. */
  readonly previewing = $derived(
    this.#others.filter(({ introduced, stage }) => introduced && stage === 'preview').length,
  );

  readonly presenters = $derived(this.in.filter(({ screen }) => screen));

  readonly speaker = $derived(this.in.find(({ sid }) => sid === this.#speaker));

  get others(): readonly Participant[] {
    return this.#others;
  }

  find(sid: string): Participant | undefined {
    return sid === this.me.sid ? this.me : this.#others.find((other) => other.sid === sid);
  }

  /** The participant of `sid`, made on first sight and not shown before they have said who they are. */
  of(sid: string): Participant {
    const known = this.find(sid);
    if (known) return known;
    const made = new Participant(sid, 'remote');
    this.#others = [...this.#others, made];
    return made;
  }

  remove(sid: string): Participant | undefined {
    const gone = this.#others.find((other) => other.sid === sid);
    this.#others = this.#others.filter((other) => other !== gone);
    this.#speaking.forget(sid);
    gone?.close();
    return gone;
  }

  close(): void {
    clearInterval(this.#timer);
    for (const { sid } of this.#others) this.remove(sid);
    this.me.close();
  }

  #listen(): void {
    const now = performance.now();
    for (const participant of this.in) {
      const level = participant.microphone === 'on' ? this.#levelOf(participant) : 0;
      participant.level = level;
      participant.speaking = this.#speaking.hear(participant.sid, level, now);
    }
    this.#speaking.choose(now);
    this.#speaker = this.#speaking.speaker;
  }
}
