/** The room is killed, half dead, or gone when somebody comes; people leave, crash, sleep and reload. */
import { setTimeout as wait } from 'node:timers/promises';
import { longestGap, type Person } from '../person.ts';
import { BOTH, CHROMIUM, type Scenario } from '../scenario.ts';
import type { Snapshot } from '../site/gauge.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds: at 15 frames a second, and with two cores for three browsers, more than this is a frozen picture. */
const FROZEN = 700;

async function three(stage: Stage): Promise<Person[]> {
  await stage.serve();
  const people = await stage.call(['Ana', 'Bo', 'Cy'].map((name) => stage.internet.place(name)));
  await wait(3_000);
  return people;
}

async function killed(stage: Stage, seconds: number): Promise<void> {
  const people = await three(stage);
  const [ana] = people;
  if (!ana) return;
  const before = await Promise.all(people.map((person) => person.look()));
  const began = Date.now();
  await stage.server.kill();
  await wait(1_000);
  await ana.say('while the room is down');
  await wait(seconds * 1000 - 1_000);
  const during = await Promise.all(people.map((person) => person.look()));
  const back = await stage.server.restart();
  await wait(3_000);
  const after = await Promise.all(people.map((person) => person.look()));

  for (const [index, person] of people.entries()) {
    const [then, now] = [during[index], after[index]];
    if (!then || !now) return;
    const others = people.filter((other) => other !== person);
    const gaps = others.map(({ name }) => longestGap(now.frames[name], began, now.now));
    stage.figures.measured(`${person.name}: longest gap between frames`, Math.max(...gaps), {
      unit: 'ms',
      atMost: FROZEN,
    });
    const grew = then.connections.filter(
      (counted, at) => counted.framesDecoded > (before[index]?.connections[at]?.framesDecoded ?? 0),
    );
    stage.figures.measured(`${person.name}: pairs with frames decoded meanwhile`, grew.length, { atLeast: 2 });
    const story = now.events.filter(({ at }) => at >= began);
    stage.figures.holds(
      `${person.name}: tiles untouched`,
      story.every(({ who }) => who === 'room'),
    );
    stage.figures.measured(`${person.name}: connections made anew`, now.made - (before[index]?.made ?? 0), {
      atMost: 0,
    });
    if (person !== ana) stage.figures.holds(`${person.name}: chat arrived meanwhile`, heard(then));
    const open = story.findLast(({ who, what }) => who === 'room' && what === 'open');
    stage.figures.measured(`${person.name}: socket back after`, ((open?.at ?? NaN) - back) / 1000, {
      unit: 's',
      atMost: 1,
    });
    const told = story.some(({ what }) => what === 'unreachable');
    // As long as it took to start again: on a busy machine a room that was killed for 5 s is away for longer.
    const away = (back - began) / 1000;
    if (away > 12) stage.figures.holds(`${person.name}: told of the room`, told);
    if (away < 9) stage.figures.holds(`${person.name}: not told of the room`, !told);
  }
}

function heard({ chat }: Snapshot): boolean {
  return chat.some(({ text }) => text === 'while the room is down');
}

/** The last event of `who` at or after `moment` in what `person` saw, in seconds after it; NaN where there is none. */
async function saw(
  person: Person,
  event: { who: string; what: string; after: number; within: number },
): Promise<number> {
  const { who, what, after, within } = event;
  const find = ({ events }: Snapshot) =>
    events.find((each) => each.who === who && each.what === what && each.at >= after);
  const seen = await person
    .until(`${who} ${what}`, (snapshot) => find(snapshot) !== undefined, within * 1000)
    .catch(() => undefined);
  return ((seen && find(seen)?.at) ?? NaN) - after;
}

async function vanishes(
  stage: Stage,
  vanish: (bo: Person) => Promise<unknown>,
  within: { told?: number; gone: number },
): Promise<void> {
  await stage.serve();
  const [ana, bo] = await stage.call(['Ana', 'Bo'].map((name) => stage.internet.place(name)));
  if (!ana || !bo) return;
  await wait(2_000);
  const after = Date.now();
  await vanish(bo);
  if (within.told !== undefined) {
    const told = await saw(ana, { who: 'Bo', what: 'reconnecting', after, within: within.told + 3 });
    stage.figures.measured('tile says reconnecting after', told / 1000, { unit: 's', atMost: within.told });
  }
  const gone = await saw(ana, { who: 'Bo', what: 'gone', after, within: within.gone + 10 });
  stage.figures.measured('tile gone after', gone / 1000, { unit: 's', atMost: within.gone });
}

async function asleep(stage: Stage, seconds: number): Promise<void> {
  await stage.serve();
  const [ana, bo] = await stage.call(['Ana', 'Bo'].map((name) => stage.internet.place(name)));
  if (!ana || !bo) return;
  await wait(2_000);
  bo.place.namespace.signal('SIGSTOP');
  await wait(seconds * 1000);
  const woke = Date.now();
  bo.place.namespace.signal('SIGCONT');
  const [seen, sees] = await Promise.all([ana.firstFrame(bo, woke), bo.firstFrame(ana, woke)]);
  stage.figures.measured('seen again after', (seen - woke) / 1000, { unit: 's', atMost: 2 });
  stage.figures.measured('sees again after', (sees - woke) / 1000, { unit: 's', atMost: 2 });
  const open = await bo.until('the room', ({ room }) => room === 'open');
  const at = open.events.findLast(({ who, what }) => who === 'room' && what === 'open')?.at ?? NaN;
  stage.figures.measured('room open again after', Math.max(0, at - woke) / 1000, { unit: 's', atMost: 2.5 });
}

export const rooms: Scenario[] = [
  {
    faults: [1, 4],
    name: 'room killed for 5 s, three people',
    browsers: BOTH,
    play: (stage) => killed(stage, 5),
  },
  {
    faults: [2],
    name: 'room killed for 60 s, three people',
    browsers: BOTH,
    limit: 200_000,
    play: (stage) => killed(stage, 60),
  },
  {
    faults: [3],
    name: 'room down when somebody comes',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve();
      const ana = await stage.arrive(stage.internet.place('Ana'));
      await ana.join();
      const cut = stage.internet.lose(`tcp dport 8787`, `tcp sport 8787`);
      cut.end();
      const bo = await stage.open(stage.internet.place('Bo'));
      await stage.server.kill();
      await stage.enter(bo);
      await bo.join();
      await bo.until('trying again', ({ room }) => room === 'retrying' || room === 'unreachable', 10_000);
      await wait(3_000);
      const back = await stage.server.restart();
      const live = await bo.until('Ana live', ({ tiles }) => tiles.some(({ connection }) => connection === 'live'));
      const since = live.events.find(({ who, what }) => who === 'Ana' && what === 'live')?.at ?? NaN;
      stage.figures.measured('live with Ana after the room is back', (since - back) / 1000, { unit: 's', atMost: 4 });
    },
  },
  {
    faults: [9],
    name: 'somebody leaves',
    browsers: BOTH,
    quick: CHROMIUM,
    play: (stage) => vanishes(stage, (bo) => bo.leave(), { gone: 0.5 }),
  },
  {
    faults: [10],
    name: 'renderer killed',
    browsers: BOTH,
    quick: CHROMIUM,
    play: (stage) => vanishes(stage, (bo) => bo.tab.crash(), { told: 2.5, gone: 20 }),
  },
  {
    faults: [7],
    name: 'lid closed: everything of one person half open',
    browsers: BOTH,
    play: (stage) => vanishes(stage, (bo) => Promise.resolve(stage.internet.cutOff(bo.place)), { told: 2.5, gone: 40 }),
  },
  {
    faults: [12],
    name: 'reload',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve();
      const [ana, bo] = await stage.call(['Ana', 'Bo'].map((name) => stage.internet.place(name)));
      if (!ana || !bo) return;
      const began = Date.now();
      await bo.tab.reload();
      const reloaded = Date.now();
      const [{ tiles }] = await Promise.all([ana.look(), stage.enter(bo)]);
      await bo.join();
      await bo.sees(ana);
      await ana.sees(bo);
      stage.figures.measured('tiles of Bo right after', tiles.length, { atMost: 1 });
      stage.figures.measured('tiles of Bo in the end', (await ana.look()).tiles.length, { atMost: 1, atLeast: 1 });
      const first = await ana.firstFrame(bo, reloaded);
      stage.figures.measured('seen again after', (first - began) / 1000, { unit: 's' });
    },
  },
  {
    faults: [8, 69],
    name: 'asleep for 30 s',
    browsers: BOTH,
    play: (stage) => asleep(stage, 30),
  },
  {
    faults: [8],
    name: 'asleep for 60 s, given up by the other meanwhile',
    browsers: BOTH,
    play: (stage) => asleep(stage, 60),
  },
];
