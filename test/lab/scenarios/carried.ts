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
const hearing = ({ connections }: Snapshot) => connections.map(({ samples, concealed }) => samples - concealed);

/** How long both take to see each other after `moment`, seconds. */
async function seen(bo: Person, cy: Person, moment: number): Promise<number> {
  const firsts = await Promise.all([bo.firstFrame(cy, moment), cy.firstFrame(bo, moment)]);
  return (Math.max(...firsts) - moment) / 1000;
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
  for (const [person, other] of [
    [bo, cy],
    [cy, bo],
  ] as const) {
    const before = await person.look();
    stage.figures.holds(`${person.name}: through Ana`, tileOf(other, before)?.through === 'Ana');
    await wait(1_000);
    const after = await person.look();
    const heard = hearing(after).filter((samples, at) => samples > (hearing(before)[at] ?? 0));
    stage.figures.measured(`${person.name}: connections with sound`, heard.length, { atLeast: 2 });
  }
  fault.end();
  const mended = Date.now();
  for (const [person, other] of [
    [bo, cy],
    [cy, bo],
  ] as const) {
    await person.until('their own way', (snapshot) => tileOf(other, snapshot)?.through === '');
  }
  stage.figures.measured('by a way of their own after', (Date.now() - mended) / 1000, {
    unit: 's',
    atMost: DIRECT_WITHIN,
  });
  await Promise.all([bo.sees(cy), cy.sees(bo)]);
  stage.internet.cut(boPlace, cyPlace);
  const cut = Date.now();
  await wait(500);
  stage.figures.measured('carried in the call after', (await seen(bo, cy, cut + 500)) + 0.5, {
    unit: 's',
    atMost: CARRIED_WITHIN,
  });
}

export const carrying: Scenario[] = [
  {
    faults: [40],
    name: 'two of three reach each other through the third',
    browsers: BOTH,
    quick: CHROMIUM,
    play: carried,
  },
];
