/** Loss, little bandwidth and long ways: what is heard, what is seen, and what must not be said. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Person } from '../person.ts';
import { BOTH, CHROMIUM, FIREFOX, type Scenario } from '../scenario.ts';
import type { Snapshot } from '../site/gauge.ts';
import type { Place } from '../network/internet.ts';
import type { Stage } from '../stage.ts';

/** Percent of packets lost, and of the audio that may be made up between browsers that have RED: Firefox has none. */
const LOSSES = [
  { percent: 5, concealed: 1 },
  { percent: 17, concealed: 2.5 },
  { percent: 28, concealed: 6 },
  { percent: 51, concealed: 20 },
];
/** Milliseconds of listening. */
const LISTEN = 20_000;

async function pair(stage: Stage): Promise<[Person, Person]> {
  await stage.serve();
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) throw new Error('two came');
  await wait(2_000);
  return [ana, bo];
}

function concealed(from: Snapshot, to: Snapshot): number {
  const [one, two] = [from.connections[0], to.connections[0]];
  if (!one || !two) return NaN;
  return (100 * (two.concealed - one.concealed)) / (two.samples - one.samples);
}

/** Percent of the microphone's packets that did not come. */
function lost(from: Snapshot, to: Snapshot): number {
  const [one, two] = [from.connections[0], to.connections[0]];
  if (!one || !two) return NaN;
  const [missing, came] = [two.audioLost - one.audioLost, two.audioReceived - one.audioReceived];
  return (100 * missing) / (missing + came);
}

async function loss(stage: Stage): Promise<void> {
  const [ana, bo] = await pair(stage);
  const red = stage.browsers === 'Chromium';
  for (const { percent, concealed: limit } of LOSSES) {
    const fault = stage.internet.lossy(percent);
    await wait(3_000);
    const before = await Promise.all([ana.look(), bo.look()]);
    await wait(LISTEN);
    const after = await Promise.all([ana.look(), bo.look()]);
    fault.end();
    const worst = (share: (from: Snapshot, to: Snapshot) => number) =>
      Math.max(...before.map((snapshot, index) => share(snapshot, after[index] ?? snapshot)));
    // Without RED: no more than was lost, which of the thousand packets in 20 s is rarely the very share that was asked for.
    const atMost = red ? limit : Math.max(percent, worst(lost));
    stage.figures.measured(`${percent} % lost: audio concealed`, worst(concealed), { unit: '%', atMost });
    await wait(3_000);
  }
  // `audio/red` wherever both browsers offer it (codecs.ts).
  if (red) stage.figures.holds('RED agreed on', (await ana.look()).connections[0]?.audioCodec === 'audio/red');
}

/** Milliseconds one way; percent lost; seconds. Nothing may be said of the connection. */
async function quiet(stage: Stage, faults: { delay: number; lost: number; seconds: number }): Promise<void> {
  await stage.serve();
  await stage.internet.delay(faults.delay);
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) return;
  await wait(3_000);
  const began = Date.now();
  if (faults.lost > 0) stage.internet.lossy(faults.lost);
  await wait(faults.seconds * 1000);
  for (const person of [ana, bo]) {
    const { events, made } = await person.look();
    const said = events.filter(({ at, what }) => at >= began && what !== 'live');
    stage.figures.measured(`${person.name}: said of the connection or the room`, said.length, { atMost: 0 });
    stage.figures.measured(`${person.name}: connections made`, made, { atMost: 1 });
  }
}

/** Bits a second of video that arrive between two looks. */
function rate(from: Snapshot, to: Snapshot): number {
  return (
    (8_000 * ((to.connections[0]?.bytesReceived ?? 0) - (from.connections[0]?.bytesReceived ?? 0))) /
    (to.now - from.now)
  );
}

async function bandwidth(stage: Stage): Promise<void> {
  const capture = { width: 640, height: 360, frameRate: 20 };
  await stage.serve();
  const places = [stage.internet.place('Ana'), stage.internet.place('Bo')];
  const [anaPlace] = places;
  if (!anaPlace) return;
  stage.internet.limit(anaPlace, '2mbit');
  const [ana, bo] = await stage.call(places, [{ capture }, { capture }]);
  if (!ana || !bo) return;
  await wait(15_000);
  const wide = await bo.look();
  await wait(3_000);
  const before = await bo.look();
  const full = rate(wide, before);
  stage.figures.measured('video at 2 Mbit/s', full / 1000, { unit: 'kbit/s' });

  await narrowed(stage, { place: anaPlace, bo, again: '' });
  stage.internet.limit(anaPlace, '2mbit');
  const widened = Date.now();
  let recovered = NaN;
  // Of the last 3 s: one second of 70 % may be a single key frame.
  const looks = [await bo.look()];
  while (Date.now() - widened < 40_000 && Number.isNaN(recovered)) {
    await wait(1_000);
    const now = await bo.look();
    const [earlier] = looks.slice(-3);
    if (earlier && looks.length >= 3 && rate(earlier, now) >= 0.7 * full) recovered = (now.now - widened) / 1000;
    looks.push(now);
  }
  stage.figures.measured('video at 70 % of before again after', recovered, { unit: 's', atMost: 20 });
  await narrowed(stage, { place: anaPlace, bo, again: ' again' });
}

/** What becomes of a call whose way is narrower from now on. */
async function narrowed(
  stage: Stage,
  { place, bo, again }: { place: Place; bo: Person; again: string },
): Promise<void> {
  stage.internet.limit(place, '150kbit');
  const began = Date.now();
  await wait(3_000);
  const after = await bo.look();
  await wait(12_000);
  const narrow = await bo.look();
  stage.figures.measured(`at 150 kbit/s${again}, after 3 s: audio concealed`, concealed(after, narrow), {
    unit: '%',
    atMost: 5,
  });
  stage.figures.measured(`video then${again}`, rate(after, narrow) / 1000, { unit: 'kbit/s', atMost: 130 });
  const said = narrow.events.filter(({ at, what }) => at >= began && what === 'reconnecting');
  stage.figures.measured(`times "reconnecting" was said${again}`, said.length, { atMost: 0 });
}

export const quality: Scenario[] = [
  { faults: [48], name: 'loss of 5, 17, 28 and 51 %', browsers: CHROMIUM, limit: 200_000, play: loss },
  // Without RED what fault 48 asks for cannot be had: this one does not count for it.
  { faults: [], name: 'loss without RED', browsers: FIREFOX, limit: 200_000, play: loss },
  { faults: [50, 51], name: '2 Mbit/s, 150 kbit/s, 2 Mbit/s', browsers: BOTH, play: bandwidth },
  {
    faults: [49],
    name: 'round trip of 600 ms for 30 s',
    browsers: BOTH,
    play: (stage) => quiet(stage, { delay: 300, lost: 0, seconds: 30 }),
  },
  {
    faults: [],
    name: '10 % lost and a round trip of 300 ms, 60 s',
    browsers: BOTH,
    play: (stage) => quiet(stage, { delay: 150, lost: 10, seconds: 60 }),
  },
  {
    faults: [],
    name: '10 % lost and a round trip of 300 ms, 10 min',
    browsers: CHROMIUM,
    limit: 720_000,
    play: (stage) => quiet(stage, { delay: 150, lost: 10, seconds: 600 }),
  },
];
