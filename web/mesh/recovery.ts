/**
 * The ladder of one pair: new → live → suspect → restarting(n) → rebuilding → … → gone. A pure state machine: it is told
 * facts and the time, and answers with effects. It decides by timers, never by a connection's events alone: in Firefox an
 * ICE restart that fails fires no second event, so whoever waits for one waits for ever.
 *
 * Both sides run it. The driver (larger sid) acts at once; the other waits a moment longer, so that one offer is made and not
 * two; where only one of them notices (one direction is dead), it acts by itself, and perfect negotiation sorts out the rest.
 * It never gives up while the tab lives: only a leave, or an absence that the room confirms, makes a pair `gone`.
 * Refuses to know connections, descriptions and sockets.
 */
import { TIMES } from './recovery-times.ts';

/** Restarts that were answered and brought nothing: then the connection itself is at fault. */
const ANSWERED_BEFORE_REBUILD = 2;

export type RecoveryState =
  | { name: 'new'; since: number; nextAt: number }
  | { name: 'live' }
  | { name: 'suspect'; since: number }
  | { name: 'restarting'; since: number; answered: number; nextAt: number }
  | { name: 'gone' };

export interface RecoveryEffects {
  /** Sends the unanswered first offer again. */
  resend(): void;
  restart(): void;
  /** A new connection; every second one through the relay alone. */
  rebuild(path: 'any' | 'relay'): void;
  gone(): void;
  /** A ping at once, to find out. */
  probe(): void;
  /**
   * `held`: none are to be sent for now. `renewed`: whole ones, as after a silence that retransmission does not fill, once the
   * other side is heard again.
   */
  pictures(wanted: 'held' | 'renewed'): void;
}

export class Recovery {
  readonly #effects: RecoveryEffects;
  readonly #driver: boolean;
  #state: RecoveryState;
  #born: number;
  #lastContact: number;
  #lastMedia = -Infinity;
  #expected: 'media' | 'pongs' = 'media';
  #absentSince: number | undefined;
  #farewell = false;
  #rebuilds = 0;
  #rebuiltAt = -Infinity;
  #triedAt = -Infinity;
  #everLive = false;
  #everHeard = false;
  #pictures: 'held' | 'sent' = 'sent';

  constructor(options: { driver: boolean; now: number; effects: RecoveryEffects }) {
    this.#effects = options.effects;
    this.#driver = options.driver;
    this.#born = options.now;
    this.#lastContact = options.now;
    this.#state = { name: 'new', since: options.now, nextAt: options.now + this.#delay(TIMES.unanswered) };
  }

  get state(): RecoveryState {
    return this.#state;
  }

  /** Milliseconds for which nothing has come from the other side directly; 0 while it is live. */
  outOfReach(now: number): number {
    return this.#state.name === 'live' ? 0 : now - (this.#everLive ? this.#lastContact : this.#born);
  }

  /** It was made less than so many milliseconds ago, and has never carried anything of theirs: on their side it may not be up. */
  isNew(now: number, within: number): boolean {
    return this.#state.name !== 'gone' && !this.#everHeard && now - this.#born < within;
  }

  /** What the tile says. */
  shown(now: number): 'connecting' | 'live' | 'reconnecting' | 'stuck' {
    const state = this.#state;
    if (state.name === 'live') return 'live';
    if (!this.#everLive) return now - this.#born >= TIMES.stuck ? 'stuck' : 'connecting';
    const told = this.#suspicious() === TIMES.mediaSilence ? TIMES.told : TIMES.toldWithoutMedia;
    return now - this.#lastContact >= told ? 'reconnecting' : 'live';
  }

  /** The other side was reached by the connection itself: its channel opened, or a message, a pong or a packet came. */
  contact(now: number, kind: 'open' | 'message' | 'media'): void {
    const back = this.#everLive && now - this.#lastContact >= TIMES.retransmitted && this.#state.name !== 'live';
    this.#lastContact = now;
    if (kind === 'media') this.#lastMedia = now;
    if (this.#state.name === 'gone') return;
    if (kind !== 'open') this.#everHeard = true;
    this.#state = { name: 'live' };
    this.#everLive = true;
    this.#rebuilds = 0;
    if (back || this.#pictures === 'held') this.#renewPictures();
  }

  /** By their own word: whether sound of theirs is on its way, so that its end would be a stall. */
  expect(expected: 'media' | 'pongs'): void {
    this.#expected = expected;
  }

  /** An answer to my restart came: the other side is there, and signals still have a path. */
  answered(): void {
    if (this.#state.name === 'restarting') this.#state = { ...this.#state, answered: this.#state.answered + 1 };
  }

  /**
   * The connection says that it is up: what can come by it comes now. Where nothing does, my side has lost its candidate pairs just
   * before the outage ended, and theirs has not: they hear me, and send where nobody receives.
   */
  up(now: number): void {
    if (this.#state.name !== 'restarting') return;
    const soon = Math.max(now + TIMES.mediaSilence, this.#triedAt + TIMES.attemptsWhenUp);
    this.#state = { ...this.#state, nextAt: Math.min(this.#state.nextAt, soon) };
  }

  /** The room says that they said goodbye to it. Believed as soon as nothing comes from them any more. */
  farewell(now: number): void {
    this.roster(now, 'absent');
    this.#farewell = true;
    if (this.#state.name !== 'live') this.left();
  }

  /** The room does not know the other side any more, or knows it again. Advice, not a reason: see `tick`. */
  roster(now: number, presence: 'present' | 'absent' | 'asleep'): void {
    const since = presence === 'asleep' ? now + TIMES.asleep : now;
    this.#absentSince = presence === 'present' ? undefined : (this.#absentSince ?? since);
    this.#farewell = false;
  }

  /** A word of theirs came, by the room or by a third: they are there, whoever does not know them. */
  there(now: number): void {
    if (this.#absentSince !== undefined) this.#absentSince = Math.max(this.#absentSince, now);
  }

  /** The network, the page or the room has come back: no reason to wait for the timer. */
  nudge(now: number): void {
    const state = this.#state;
    if (state.name === 'restarting' || state.name === 'new') this.#attempt(now);
    else if (state.name === 'suspect') this.#restart(now);
    else if (state.name === 'live') this.#effects.probe();
  }

  /** The browser refused a description, or the connection cannot go on. */
  broken(now: number): void {
    if (this.#state.name === 'gone') return;
    if (now - this.#rebuiltAt >= TIMES.attempts) this.#rebuild(now);
    // Two browsers that refuse each other's descriptions would else rebuild as fast as messages travel.
    else {
      const nextAt = this.#rebuiltAt + this.#delay(TIMES.attempts);
      this.#state = { name: 'restarting', since: now, answered: ANSWERED_BEFORE_REBUILD, nextAt };
    }
  }

  /** The allowed routes have changed: the connection must not go on where it went. */
  rerouted(now: number): void {
    if (this.#state.name !== 'gone') this.#rebuild(now);
  }

  /** The other side said goodbye. */
  left(): void {
    if (this.#state.name === 'gone') return;
    this.#state = { name: 'gone' };
    this.#effects.gone();
  }

  /** They are there. True where they had been gone: their connection is made anew by whoever offers. */
  returned(now: number): boolean {
    if (this.#state.name !== 'gone') return false;
    this.#absentSince = undefined;
    this.#born = now;
    this.#lastContact = now;
    this.#everLive = this.#everHeard = false;
    this.#state = { name: 'new', since: now, nextAt: now + this.#delay(TIMES.unanswered) };
    return true;
  }

  /** To be called a few times a second. */
  tick(now: number): void {
    const state = this.#state;
    if (state.name === 'gone') return;
    const silentFor = now - this.#lastContact;
    this.#holdPictures(silentFor - this.#suspicious() - TIMES.heldAfter);
    const absent = this.#absentSince !== undefined && now - this.#absentSince >= TIMES.absence;
    if ((this.#farewell && silentFor >= this.#suspicious()) || (absent && silentFor >= TIMES.absence)) {
      this.left();
      return;
    }
    switch (state.name) {
      case 'live':
        if (silentFor < this.#suspicious()) return;
        this.#state = { name: 'suspect', since: now };
        this.#effects.probe();
        return;
      case 'suspect':
        if (now - state.since >= this.#delay(TIMES.patience)) this.#restart(now);
        return;
      case 'new':
      case 'restarting':
        if (now >= state.nextAt) this.#attempt(now);
        return;
      default:
        state satisfies never;
    }
  }

  /** @param since milliseconds since they are to be held, negative before */
  #holdPictures(since: number): void {
    const silent = this.#everLive && this.#state.name !== 'live' && since >= 0;
    if (this.#pictures === 'held' && since >= TIMES.held) this.#renewPictures();
    else if (this.#pictures === 'sent' && silent && since < TIMES.held) {
      this.#pictures = 'held';
      this.#effects.pictures('held');
    }
  }

  #renewPictures(): void {
    this.#pictures = 'sent';
    this.#effects.pictures('renewed');
  }

  /** Milliseconds of silence that mean something: few while audio was flowing, more where only pongs come. */
  #suspicious(): number {
    const flowed = this.#expected === 'media' && this.#lastContact - this.#lastMedia < TIMES.mediaSilence;
    return flowed ? TIMES.mediaSilence : TIMES.silence;
  }

  #attempt(now: number): void {
    const state = this.#state;
    if (state.name === 'new') {
      if (now - state.since < TIMES.stuck) {
        this.#effects.resend();
        this.#state = { ...state, nextAt: now + this.#delay(TIMES.unanswered) };
      } else this.#rebuild(now);
    } else if (state.name === 'restarting') {
      if (state.answered >= ANSWERED_BEFORE_REBUILD) this.#rebuild(now);
      else this.#restart(now, state);
    }
  }

  #restart(now: number, from?: { since: number; answered: number }): void {
    const wait = now - this.#lastContact < TIMES.rareAfter ? TIMES.attempts : TIMES.rareAttempts;
    this.#state = {
      name: 'restarting',
      since: from?.since ?? now,
      answered: from?.answered ?? 0,
      nextAt: now + this.#delay(wait),
    };
    this.#triedAt = now;
    this.#effects.restart();
  }

  #rebuild(now: number): void {
    this.#rebuilds += 1;
    this.#rebuiltAt = this.#triedAt = now;
    this.#state = { name: 'restarting', since: now, answered: 0, nextAt: now + this.#delay(TIMES.stuck) };
    this.#effects.rebuild(this.#rebuilds % 2 === 0 ? 'relay' : 'any');
  }

  #delay(time: number): number {
    return this.#driver ? time : time + TIMES.courtesy;
  }
}
