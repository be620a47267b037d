/**
 * Short sentences that appear and go: what happened, and at most one thing to do about it. The polite ones wait for
 * a screen reader's pause, the assertive ones do not. Refuses to know who says them and how they look.
 */
export type NoticeKind = 'polite' | 'assertive';

export interface NoticeAction {
  label: string;
  run: () => void;
}

export interface NoticeOptions {
  kind?: NoticeKind;
  action?: NoticeAction;
  /** How long it is shown; Infinity: until dismissed. */
  seconds?: number;
}

/** A notice on its way to say(). */
export interface NewNotice extends NoticeOptions {
  text: string;
}

export interface Notice {
  key: number;
  text: string;
  kind: NoticeKind;
  action?: NoticeAction;
}

/** Long enough for a sentence; twice that when there is something to decide. */
const SECONDS = 6;
const SECONDS_WITH_ACTION = 12;
const MOST_SHOWN = 3;

export class Notices {
  #shown = $state.raw<Notice[]>([]);
  #timers = new Map<number, ReturnType<typeof setTimeout>>();
  #lastKey = 0;

  /** Oldest first. */
  get shown(): Notice[] {
    return this.#shown;
  }

  /** The same text again keeps its place, and stays for its whole time once more. */
  say(text: string, { kind = 'polite', action, seconds }: NoticeOptions = {}): void {
    const same = this.#shown.find((notice) => notice.text === text);
    const key = same?.key ?? this.#nextKey();
    const notice: Notice = { key, text, kind, ...(action && { action: this.#closing(key, action) }) };
    this.#shown = same ? this.#shown.map((old) => (old === same ? notice : old)) : [...this.#shown, notice];
    if (this.#shown.length > MOST_SHOWN) this.#dropOne(key);
    this.#time(key, seconds ?? (action ? SECONDS_WITH_ACTION : SECONDS));
  }

  dismiss(key: number): void {
    clearTimeout(this.#timers.get(key));
    this.#timers.delete(key);
    this.#shown = this.#shown.filter((notice) => notice.key !== key);
  }

  close(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
    this.#shown = [];
  }

  #nextKey(): number {
    this.#lastKey += 1;
    return this.#lastKey;
  }

  /** The oldest one that asks for nothing, or else the oldest. Not the newest. */
  #dropOne(newest: number): void {
    const old = this.#shown.filter((notice) => notice.key !== newest);
    const dropped = old.find((notice) => notice.action === undefined) ?? old[0];
    if (dropped) this.dismiss(dropped.key);
  }

  #closing(key: number, action: NoticeAction): NoticeAction {
    return {
      label: action.label,
      run: () => {
        this.dismiss(key);
        action.run();
      },
    };
  }

  #time(key: number, seconds: number): void {
    clearTimeout(this.#timers.get(key));
    if (Number.isFinite(seconds))
      this.#timers.set(
        key,
        setTimeout(() => this.dismiss(key), seconds * 1_000),
      );
  }
}
