/** Two people whom no way joins, and a third who reaches both. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Person } from '../person.ts';
import { BOTH, CHROMIUM, type Scenario } from '../scenario.ts';
import type { Snapshot } from '../site/gauge.ts';
import type { Stage } from '../stage.ts';

/** Seconds: what a pair tries by itself before it asks, and a connection's making. */
const CARRIED_WITHIN = 10;
/** Seconds: the pair's own attempts go on, one each 5 s. */
const DIRECT_WITHIN = 10;

const tileOf = (other: Person, { tiles }: Snapshot) => tiles.find(({ name }) => name === other.name);
/** Each of the two, and whom they miss. */
const eachOf = (bo: Person, cy: Person) =>
  [
    [bo, cy],
    [cy, bo],
  ] as const;
const hearing = ({ connections }: Snapshot) => connections.map(({ samples, concealed }) => samples - concealed);

/** Seconds for which the path of two is cut: a connection of Firefox has failed by then, and one that never came up as well. */
const APART = 40;

/** How long both take to see each other after `moment`, seconds. */
async function seen(bo: Person, cy: Person, moment: number): Promise<number> {
  const firsts = await Promise.all([bo.firstFrame(cy, moment), cy.firstFrame(bo, moment)]);
  return (Math.max(...firsts) - moment) / 1000;
}

/** How long it takes until nobody carries the two any more, whom nothing keeps apart from now on. */
async function meetsAgain(stage: Stage, bo: Person, cy: Person): Promise<void> {
  const mended = Date.now();
  for (const [person, other] of eachOf(bo, cy)) {
    await person.until('their own way', (snapshot) => tileOf(other, snapshot)?.through === '');
  }
  stage.figures.measured('by a way of their own after', (Date.now() - mended) / 1000, {
    unit: 's',
    atMost: DIRECT_WITHIN,
  });
}

async function carried(stage: Stage): Promise<void> {
  await stage.serve();
  const places = ['Ana', 'Bo', 'Cy'].map((name) => stage.internet.place(name));
  const [, boPlace, cyPlace] = places;
  if (!boPlace || !cyPlace) return;
  const fault = stage.internet.cut(boPlace, cyPlace);
  for (const place of places) await (await stage.arrive(place)).join();
  const [ana, bo, cy] = stage.people;
  if (!ana || !bo || !cy) return;
  const joined = Date.now();
  stage.figures.measured('the two see each other after', await seen(bo, cy, joined), {
    unit: 's',
    atMost: CARRIED_WITHIN,
  });
  for (const [person, other] of eachOf(bo, cy)) {
    const before = await person.look();
    stage.figures.holds(`${person.name}: through Ana`, tileOf(other, before)?.through === 'Ana');
    await wait(1_000);
    const after = await person.look();
    const heard = hearing(after).filter((samples, at) => samples > (hearing(before)[at] ?? 0));
    stage.figures.measured(`${person.name}: connections with sound`, heard.length, { atLeast: 2 });
  }
  fault.end();
  await meetsAgain(stage, bo, cy);
  await Promise.all([bo.sees(cy), cy.sees(bo)]);
  stage.internet.cut(boPlace, cyPlace);
  const cut = Date.now();
  await wait(500);
  stage.figures.measured('carried in the call after', (await seen(bo, cy, cut + 500)) + 0.5, {
    unit: 's',
    atMost: CARRIED_WITHIN,
  });
}

/** Two of three, who find each other while the room is away: by the third. */
async function withoutRoom(stage: Stage, apart: 'from the beginning' | 'for a while'): Promise<void> {
  await stage.serve();
  const places = ['Ana', 'Bo', 'Cy'].map((name) => stage.internet.place(name));
  const [, boPlace, cyPlace] = places;
  if (!boPlace || !cyPlace) return;
  const cut = () => stage.internet.cut(boPlace, cyPlace);
  let fault = apart === 'from the beginning' ? cut() : undefined;
  for (const place of places) await (await stage.arrive(place)).join();
  const [, bo, cy] = stage.people;
  if (!bo || !cy) return;
  await Promise.all([bo.sees(cy), cy.sees(bo)]);
  await stage.server.kill();
  fault ??= cut();
  await wait(APART * 1000);
  for (const [person, other] of eachOf(bo, cy)) {
    stage.figures.holds(`${person.name}: through Ana`, tileOf(other, await person.look())?.through === 'Ana');
  }
  fault.end();
  await meetsAgain(stage, bo, cy);
  await Promise.all([bo.sees(cy), cy.sees(bo)]);
  const rooms = await Promise.all([bo.look(), cy.look()]);
  stage.figures.holds(
    'the room was away',
    rooms.every(({ room }) => room !== 'open'),
  );
}

export const carrying: Scenario[] = [
  {
    faults: [40],
    name: 'two of three reach each other through the third',
    browsers: BOTH,
    quick: CHROMIUM,
    play: carried,
  },
  {
    faults: [2, 53],
    name: 'two of three who never met, while the room is away',
    browsers: BOTH,
    play: (stage) => withoutRoom(stage, 'from the beginning'),
  },
  {
    faults: [2, 53],
    name: `${APART} s outage between two of three, while the room is away`,
    browsers: BOTH,
    play: (stage) => withoutRoom(stage, 'for a while'),
  },
];
