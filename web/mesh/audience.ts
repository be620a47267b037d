/**
 * Who is sent my media, and from when on: connections first, then sound and pictures. Where many come at once every connection
 * wants the processor once, and sound wants it for good: eight people on two cores needed nearly all of both for it, by threads
 * that the system puts before those that connect. All 28 pairs were up after 2.5 s without any sound, and after 8 to 9 s with
 * it; with sound that waits for them, after 2.6 to 5.9 s, and all were heard after 3.5 to 8.1 s (`npm run lab "join storm"`,
 * Chromium 156, 20 plays of one day; in one more a pair was not up within a minute; without the product after 1.8 to 4.8 s
 * beside them). So in a rush nobody else is begun to be sent anything until all are connected and nobody else comes for a moment.
 * Who has been before the door for a few seconds is connected already, and makes no rush when they come in.
 *
 * A muted microphone costs as much as one that is spoken into: silence is encoded for everyone and sent. 14 streams of it took 42 % of
 * a core and 42 kbit/s each, with nothing in their place 3 % and none (one page, Chromium 156). So after a while nothing is sent in
 * its place, but to those between whom and me there are pictures: its packets show within 0.3 s that the way is broken, and
 * whoever sends pictures into a broken way has none to send for seconds after it.
 * Refuses to know connections, and who says that they are in.
 */
import type { LivedTime } from '../lived-time.ts';
import { SLOTS, type Slot } from './peer.ts';

/** Connections coming up at once that make a rush: fewer are over before a person would notice. */
const MANY = 3;
/**
 * Milliseconds with all connected, by the clock on the wall, after which it is over: those who come one after the other within a
 * second are in the room by then, and known to be coming. And not as the page lives them: who comes does not come later because
 * this page is late.
 */
const CALM = 150;
/**
 * Milliseconds, as the page lives them, without a connection more or less after which none is waited for any more: one of them may never
 * come up.
 */
const STANDSTILL = 1_500;
/** The same that anybody waits at most, and for which a connection counts as coming up. */
const LONGEST_WAIT = 5_000;
/**
 * Milliseconds muted, by the clock on the wall, after which nothing is sent: who talks with a key held, or has just thought of
 * something, does not wait. A page that is late would live them in a minute, and be late because of what is sent meanwhile.
 */
const REST = 5_000;

export interface AudienceOptions {
  /** What is sent to someone in `slot` from now on; null for nothing. */
  send: (sid: string, slot: Slot, track: MediaStreamTrack | null) => void;
  /** How many connections have been coming up for the first time, for less than so many milliseconds. */
  connecting: (within: number) => number;
  /** Connections take as long as the page lives, people as long as the wall's clock says. */
  time: Pick<LivedTime, 'now' | 'wall'>;
}

export class Audience implements Iterable<string> {
  readonly #options: AudienceOptions;
  readonly #tracks: Partial<Record<Slot, MediaStreamTrack | null>> = {};
  readonly #listeners = new Set<string>();
  /** Those of them who are sent nothing yet, and since when they wait. */
  readonly #waiting = new Map<string, number>();
  /** Those of whom pictures come, as they say; a sid never names another. */
  readonly #showing = new Set<string>();
  /** Who is sent something of my microphone: silence and nothing are different things. */
  readonly #heard = new Map<string, MediaStreamTrack | null>();
  #mutedSince: number | undefined;
  #rush = false;
  /** Connections that were coming up when last looked at, and since when there were so many. */
  #coming = { count: 0, since: 0 };
  /** Since when all have been connected, by the clock on the wall. */
  #calmSince: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(options: AudienceOptions) {
    this.#options = options;
  }

  /** Whether many connections are coming up. */
  get rush(): boolean {
    return this.#rush;
  }

  get size(): number {
    return this.#listeners.size;
  }

  has(sid: string): boolean {
    return this.#listeners.has(sid);
  }

  [Symbol.iterator](): Iterator<string> {
    return this.#listeners.values();
  }

  /** My track in `slot`, for all; null for none. To be called again when the microphone is no longer muted. */
  setTrack(slot: Slot, track: MediaStreamTrack | null): void {
    this.#tracks[slot] = track;
    if (slot !== 'microphone') for (const sid of this.#begun()) this.#options.send(sid, slot, track);
    this.#followMicrophone();
  }

  /** Whether pictures of someone come. */
  expect(sid: string, pictures: 'some' | 'none'): void {
    if (pictures === 'some') this.#showing.add(sid);
    else this.#showing.delete(sid);
    this.#followMicrophone();
  }

  admit(sid: string): void {
    if (!this.#listeners.has(sid)) this.#waiting.set(sid, this.#options.time.now());
    this.#listeners.add(sid);
    if (this.#waiting.has(sid)) this.tick();
    // They may have come back, and their connection with nothing to send.
    else this.#begin(sid);
  }

  dismiss(sid: string): void {
    this.forget(sid);
    for (const slot of SLOTS) this.#options.send(sid, slot, null);
  }

  /** They are gone, and their connection with them. */
  forget(sid: string): void {
    this.#listeners.delete(sid);
    this.#waiting.delete(sid);
    this.#heard.delete(sid);
  }

  /** To be called a few times a second. */
  tick(): void {
    this.#followMicrophone();
    const { connecting, time } = this.#options;
    const now = time.now();
    const count = connecting(LONGEST_WAIT);
    if (count !== this.#coming.count) this.#coming = { count, since: now };
    const coming = now - this.#coming.since < STANDSTILL ? count : 0;
    if (coming > 0) this.#calmSince = undefined;
    else if (this.#calmSince === undefined) {
      this.#calmSince = time.wall();
      clearTimeout(this.#timer);
      // Then, not with the next look: in a rush that comes up to 0.3 s later.
      if (this.#rush) this.#timer = setTimeout(() => this.tick(), CALM);
    }
    if (coming >= MANY) this.#rush = true;
    else if (this.#calmSince !== undefined && time.wall() - this.#calmSince >= CALM) this.#rush = false;
    for (const [sid, since] of this.#waiting) if (!this.#rush || now - since >= LONGEST_WAIT) this.#begin(sid);
  }

  close(): void {
    clearTimeout(this.#timer);
  }

  #begin(sid: string): void {
    this.#waiting.delete(sid);
    this.#heard.delete(sid);
    this.#followMicrophone();
    for (const slot of SLOTS) {
      if (slot !== 'microphone') this.#options.send(sid, slot, this.#tracks[slot] ?? null);
    }
  }

  /** Mute is `enabled` of the track, and no event tells of it. */
  #followMicrophone(): void {
    const { microphone = null, ...others } = this.#tracks;
    const now = this.#options.time.wall();
    this.#mutedSince = microphone?.enabled === false ? (this.#mutedSince ?? now) : undefined;
    const rests = this.#mutedSince !== undefined && now - this.#mutedSince >= REST;
    const shown = Object.values(others).some(Boolean);
    for (const sid of this.#begun()) {
      const wanted = rests && !shown && !this.#showing.has(sid) ? null : microphone;
      if (wanted === this.#heard.get(sid)) continue;
      this.#heard.set(sid, wanted);
      this.#options.send(sid, 'microphone', wanted);
    }
  }

  /** Who is sent what I send. */
  #begun(): string[] {
    return [...this.#listeners].filter((sid) => !this.#waiting.has(sid));
  }
}
