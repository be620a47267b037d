/** Nothing passes to one person for a while; or their address changes; or one of two ways dies. */
import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../figures.ts';
import { BOTH, CHROMIUM, FIREFOX, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

const OUTAGES = [
  { fault: 31, seconds: 1 },
  { fault: 32, seconds: 3 },
  { fault: 33, seconds: 10 },
  { fault: 34, seconds: 20 },
  { fault: 35, seconds: 40 },
  { fault: 36, seconds: 70 },
  { fault: 36, seconds: 300 },
];

/**
 * Seconds after which whoever cannot be reached is taken for crashed: a lease ends after 15 to 20 s, and who has none and is not
 * heard is gone 18 s later (recovery-times.ts).
 */
const CRASHED_AFTER = 39;

/** What was promised: seconds from the end of an outage to the next frame. */
const BACK = { Chromium: 1, 'Chromium × Firefox': 3, none: 0 } as const;

async function outage(stage: Stage, seconds: number): Promise<void> {
  const back = BACK[stage.browsers];
  await stage.serve();
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) return;
  await wait(2_000);
  const began = Date.now();
  const fault = stage.internet.cutOff(ana.place);
  await wait(seconds * 1000);
  const during = await Promise.all([ana.look(), bo.look()]);
  fault.end();
  const ended = Date.now();
  const firsts = await Promise.all([ana.firstFrame(bo, ended), bo.firstFrame(ana, ended)]);
  stage.figures.measured('Ana sees Bo again after', (firsts[0] - ended) / 1000, { unit: 's', atMost: back });
  stage.figures.measured('Bo sees Ana again after', (firsts[1] - ended) / 1000, { unit: 's', atMost: back });
  await wait(1_500);
  const after = await Promise.all([ana.look(), bo.look()]);
  const stories = after.map(({ events }) => events.filter(({ at, who }) => at >= began && who !== 'room'));
  for (const [index, person] of [ana, bo].entries()) {
    const story = stories[index] ?? [];
    // Whoever is out for so long has crashed, as far as the room and Bo can tell; Ana knows better.
    const crashed = person === bo && seconds > CRASHED_AFTER;
    stage.figures.holds(
      `${person.name}: ${crashed ? 'the tile went' : 'no tile went'}`,
      story.some(({ what }) => what === 'gone') === crashed,
    );
    stage.figures.holds(`${person.name}: tile live`, after[index]?.tiles[0]?.connection === 'live');
    if (seconds < 3) continue;
    const told = story.find(({ what }) => what === 'reconnecting');
    stage.figures.measured(`${person.name}: told after`, ((told?.at ?? NaN) - began) / 1000, {
      unit: 's',
      atMost: 2.5,
    });
    const shown = during[index]?.tiles[0]?.connection;
    if (!crashed) stage.figures.holds(`${person.name}: reconnecting while out`, shown === 'reconnecting');
  }
}

/**
 * One call, cut off again and again, Ana and Bo in turn: for `shortest` seconds, then longer each time until `longest`, so that the
 * ends fall on every moment between two attempts to recover.
 */
async function outageAfterOutage(stage: Stage, shortest: number, longest: number, runs: number): Promise<void> {
  const back = BACK[stage.browsers];
  await stage.serve();
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) return;
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await wait(4_000);
    const fault = stage.internet.cutOff((run % 2 === 0 ? ana : bo).place);
    await wait((shortest + ((longest - shortest) * run) / (runs - 1)) * 1000);
    fault.end();
    const ended = Date.now();
    const firsts = await Promise.all([ana.firstFrame(bo, ended), bo.firstFrame(ana, ended)]);
    times.push(...firsts.map((at) => (at - ended) / 1000));
  }
  stage.figures.measured('seen again after, p50', quantile(times, 0.5), { unit: 's' });
  stage.figures.measured('worst', Math.max(...times), { unit: 's', atMost: back });
}

/** Long enough that ICE fails, and the room is away before, during and after it: nothing can be said but by the way itself. */
async function withoutRoom(stage: Stage): Promise<void> {
  await stage.serve();
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) return;
  await wait(2_000);
  await stage.server.kill();
  const fault = stage.internet.cutOff(ana.place);
  await wait(25_000);
  fault.end();
  const ended = Date.now();
  const firsts = await Promise.all([ana.firstFrame(bo, ended), bo.firstFrame(ana, ended)]);
  stage.figures.measured('seen again after', (Math.max(...firsts) - ended) / 1000, { unit: 's', atMost: 1 });
  stage.figures.holds('the room is still away', (await ana.look()).room !== 'open');
}

const REPEATED = [
  { shortest: 1, longest: 20, runs: 20 },
  { shortest: 20, longest: 70, runs: 8 },
];

export const outages: Scenario[] = [
  ...OUTAGES.map(({ fault, seconds }) => ({
    faults: [fault],
    name: seconds < 300 ? `${seconds} s outage` : '5 min outage',
    browsers: BOTH,
    quick: seconds === 20 ? FIREFOX : [],
    limit: seconds * 1000 + 120_000,
    play: (stage: Stage) => outage(stage, seconds),
  })),
  ...REPEATED.map(({ shortest, longest, runs }) => ({
    faults: [],
    name: `outages of ${shortest} to ${longest} s, ${runs} runs`,
    browsers: BOTH,
    limit: runs * (longest + 15) * 1000,
    play: (stage: Stage) => outageAfterOutage(stage, shortest, longest, runs),
  })),
  {
    faults: [34],
    name: '25 s outage, and no room from before it to after it',
    browsers: CHROMIUM,
    quick: CHROMIUM,
    play: withoutRoom,
  },
];
