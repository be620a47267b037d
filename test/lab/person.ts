/**
 * Someone in a call, asked from outside what they see and hear. Times are milliseconds since the epoch, of the one clock that
 * all browsers of this machine share. Refuses to know the network.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Tab } from './browsers/browser.ts';
import type { Place } from './network/internet.ts';
import type { Seat } from './stage.ts';
import type { Snapshot } from './site/gauge.ts';

/** Milliseconds between questions while waiting. */
const ASK = 100;
const PATIENCE = 30_000;

export class Person {
  readonly name: string;
  readonly place: Place;
  readonly tab: Tab;
  readonly seat: Seat;

  constructor(place: Place, tab: Tab, seat: Seat) {
    this.name = place.name;
    this.place = place;
    this.tab = tab;
    this.seat = seat;
  }

  look(): Promise<Snapshot> {
    return this.tab.evaluate(() => window.lab.snapshot(), undefined);
  }

  join(): Promise<void> {
    return this.tab.evaluate(() => window.lab.join(), undefined);
  }

  leave(): Promise<void> {
    return this.tab.evaluate(() => window.lab.leave(), undefined);
  }

  mute(): Promise<void> {
    return this.tab.evaluate(() => window.lab.mute(), undefined);
  }

  say(text: string): Promise<void> {
    return this.tab.evaluate((words) => window.lab.say(words), text);
  }

  /** The first snapshot that satisfies `test`; an error that says `what` was waited for, and what there was, after `timeout`. */
  async until(what: string, test: (snapshot: Snapshot) => boolean, timeout = PATIENCE): Promise<Snapshot> {
    const deadline = Date.now() + timeout;
    for (;;) {
      const snapshot = await this.look();
      if (test(snapshot)) return snapshot;
      if (Date.now() > deadline) throw new Error(`${this.name} waited ${timeout} ms for ${what}: ${summary(snapshot)}`);
      await wait(ASK);
    }
  }

  /** Waits until ten frames of `other` have been shown after now. */
  async sees(other: Person, timeout = PATIENCE): Promise<void> {
    const now = Date.now();
    const enough = ({ frames }: Snapshot) => (frames[other.name] ?? []).filter((at) => at > now).length >= 10;
    await this.until(`frames of ${other.name}`, enough, timeout);
  }

  /** When the first frame of `other` after `moment` was shown. */
  async firstFrame(other: Person, moment: number, timeout = PATIENCE): Promise<number> {
    const first = ({ frames }: Snapshot) => frames[other.name]?.find((at) => at > moment);
    const snapshot = await this.until(`a frame of ${other.name}`, (seen) => first(seen) !== undefined, timeout);
    return first(snapshot) ?? NaN;
  }
}

/** The longest time without a frame between `from` and `to`, milliseconds. */
export function longestGap(frames: number[] | undefined, from: number, to: number): number {
  const inside = [from, ...(frames ?? []).filter((at) => at > from && at < to), to];
  return Math.max(...inside.slice(1).map((at, index) => at - (inside[index] ?? at)));
}

export function summary({ stage, room, tiles, connections, frames, events, notices, players, made }: Snapshot): string {
  const shown = Object.fromEntries(Object.entries(frames).map(([name, times]) => [name, times.length]));
  const start = events[0]?.at ?? 0;
  const story = events.map(({ at, who, what }) => `${((at - start) / 1000).toFixed(2)} ${who} ${what}`);
  const links = connections.map((counters) => JSON.stringify(counters));
  return [JSON.stringify({ stage, room, tiles, shown, players, notices, made }), ...links, story.join(', ')].join(
    '\n           ',
  );
}
