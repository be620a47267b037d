/** Many at once: a join storm of eight, and five hundred sockets into one room. */
import { spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import { meetBarely } from '../bare.ts';
import type { Tab } from '../browsers/browser.ts';
import { quantile } from '../figures.ts';
import { Person } from '../person.ts';
import { CHROMIUM, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { Workerd } from '../workerd.ts';

const STORM = 8;
const PAIRS = (STORM * (STORM - 1)) / 2;
/** Milliseconds of the storm's aftermath. */
const REST = 15_000;
/** Milliseconds within which all come. */
const WITHIN = 1_000;
/** Milliseconds from the last page's devices to the first click: eight pages that open on two cores have work left for some seconds. */
const SETTLE = 10_000;
const SOCKETS = 500;

/** Eight pages of one browser that meet within a second: on two cores eight browsers would measure themselves. */
async function meet(stage: Stage): Promise<{ people: Person[]; began: number }> {
  // `wrangler dev` has a proxy in front, which no deploy has. It wanted the same two cores as eight people: from the socket to the
  // welcome the last of them waited 1.2 to 1.8 s, and without it under 0.3 s.
  await stage.serve({}, { program: 'workerd' });
  const place = stage.internet.place('all');
  const first = await stage.open(place);
  const people: Person[] = [];
  for (let at = 0; at < STORM; at += 1) {
    const name = `P${at}`;
    people.push(new Person({ ...place, name }, await first.tab.beside(), { camera: false }));
  }
  stage.people.push(...people);
  // Each has a machine of their own for their own devices; here eight pages would open them on two cores at once.
  for (const person of people) await stage.prepare(person);
  await wait(SETTLE);
  const began = Date.now();
  const clicks = people.map(async (person, at) => {
    await wait((at * WITHIN) / STORM);
    await person.tab.evaluate(() => window.lab.enter(), undefined);
    await person.join();
  });
  await Promise.all(clicks);
  await Promise.all(people.map(meetsEveryone));
  return { people, began };
}

async function storm(stage: Stage): Promise<void> {
  const { people, began } = await meet(stage);
  const seen = await Promise.all(people.map((person) => person.look()));
  const after = (at: number) => (at - began) / 1000;
  const lives = seen.flatMap(({ events }) => events.filter(({ what }) => what === 'live').map(({ at }) => after(at)));
  const sounds = seen.flatMap((person) => person.sounds.map(after));
  stage.figures.measured('pairs live, both sides', lives.length / 2, { atLeast: PAIRS });
  stage.figures.measured('last pair live after the first click', Math.max(...lives), { unit: 's', atMost: 5 });
  stage.figures.measured('half of the pairs after', quantile(lives, 0.5), { unit: 's' });
  stage.figures.measured('pairs with sound, both sides', sounds.length / 2, { atLeast: PAIRS });
  stage.figures.measured('last sound after', Math.max(...sounds), { unit: 's', atMost: 5 });
  // Whoever takes a busy machine for a broken path makes more connections, which make it busier.
  await wait(REST);
  const later = await Promise.all(people.map((person) => person.look()));
  const most = Math.max(...later.map(({ made }) => made));
  stage.figures.measured('connections made by one of them', most, { atMost: STORM - 1 });
  const live = later.flatMap(({ tiles }) => tiles.filter(({ connection }) => connection === 'live'));
  stage.figures.measured('pairs live 15 s later', live.length / 2, { atLeast: PAIRS });
  await compare(stage, people, Math.max(...lives), Math.max(...sounds));
}

/** With the same pairs without the product, on the same machine in the same minute. In pages as new as the storm's were. */
async function compare(stage: Stage, people: Person[], live: number, sound: number): Promise<void> {
  const [first] = stage.people;
  if (!first) throw new Error('nobody is there');
  for (const { tab } of people) await tab.close();
  const one = await first.tab.beside();
  const tabs: Tab[] = [one];
  while (tabs.length < STORM) tabs.push(await one.twin());
  const bare = await meetBarely(tabs, WITHIN);
  const [lastOpen, lastSound] = [Math.max(...bare.opened) / 1000, Math.max(...bare.sounds) / 1000];
  stage.figures.measured('without the product the last channel opens after', lastOpen, { unit: 's' });
  stage.figures.measured('and the last sound comes after', lastSound, { unit: 's' });
  stage.figures.measured('last pair live, times that', live / lastOpen);
  stage.figures.measured('last sound, times that', sound / lastSound);
}

/** All are silent and show nothing: then nothing is sent, and the machine has time for what keeps them together. */
async function silence(stage: Stage): Promise<void> {
  const { people } = await meet(stage);
  const arrived = async () => {
    const seen = await Promise.all(people.map((person) => person.look()));
    return seen.flatMap(({ connections }) => connections.map(({ packetsReceived }) => packetsReceived));
  };
  await Promise.all(people.map((person) => person.mute()));
  const muted = Date.now();
  // Silence is sent for 5 s (web/mesh/audience.ts).
  await wait(10_000);
  const before = await arrived();
  await wait(REST);
  const after = await arrived();
  const came = after.reduce((sum, packets, at) => sum + packets - (before[at] ?? 0), 0);
  stage.figures.measured('packets that came in 15 s', came, { atMost: 0 });
  const seen = await Promise.all(people.map((person) => person.look()));
  const live = seen.flatMap(({ tiles }) => tiles.filter(({ connection }) => connection === 'live'));
  stage.figures.measured('pairs live', live.length / 2, { atLeast: PAIRS });
  stage.figures.measured('connections made by one of them', Math.max(...seen.map(({ made }) => made)), {
    atMost: STORM - 1,
  });
  const said = seen.flatMap(({ events }) => events.filter(({ at }) => at >= muted));
  stage.figures.measured('said of anyone or of the room meanwhile', said.length, { atMost: 0 });
}

/** Asks twice a second, and for little: statistics of 56 connections would take the machine that is being measured. */
async function meetsEveryone({ name, tab }: Person): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const met = await tab.evaluate(() => window.lab.met(), undefined);
    if (met >= STORM - 1) return;
    if (Date.now() > deadline) throw new Error(`${name} has met ${met} of ${STORM - 1} within 60 s`);
    await wait(500);
  }
}

async function sockets(stage: Stage): Promise<void> {
  const workerd = await Workerd.start();
  stage.onClose(() => workerd.close());
  const client = spawn(process.execPath, [`${import.meta.dirname}/../crowd.ts`, String(SOCKETS), workerd.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  stage.onClose(() => client.kill('SIGKILL'));
  let said = '';
  client.stdout.on('data', (chunk) => (said += String(chunk)));
  await new Promise((resolve) => client.once('exit', resolve));
  const { welcomed, welcomedAfter, acquainted, acquaintedAfter }: Record<string, number> = JSON.parse(said);
  stage.figures.measured('sockets in', welcomed ?? 0, { atLeast: SOCKETS });
  stage.figures.measured('last one in after', welcomedAfter ?? Infinity, { unit: 's', atMost: 3 });
  stage.figures.measured('sockets that have heard of all others', acquainted ?? 0, { atLeast: SOCKETS });
  stage.figures.measured('the last of them after', acquaintedAfter ?? Infinity, { unit: 's' });
}

export const scale: Scenario[] = [
  { faults: [], name: `${STORM} people who are all muted`, browsers: CHROMIUM, play: silence },
  { faults: [6], name: `join storm of ${STORM} within 1 s, raw workerd`, browsers: CHROMIUM, play: storm },
  {
    faults: [14],
    name: `${SOCKETS} sockets into one room, raw workerd`,
    browsers: ['none'],
    play: sockets,
  },
];
