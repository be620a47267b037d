/** Ways between people die while others exist: an address changes, one direction or one pair breaks. */
import { setTimeout as wait } from 'node:timers/promises';
import { quantile } from '../figures.ts';
import { Turn } from '../network/turn.ts';
import type { Person } from '../person.ts';
import { BOTH, CHROMIUM, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds one way, where the round trip is to be 100. */
const HALF_TRIP = 50;

/** First new frames of both after `moment`, milliseconds after it. */
async function back(ana: Person, bo: Person, moment: number): Promise<number[]> {
  const firsts = await Promise.all([ana.firstFrame(bo, moment), bo.firstFrame(ana, moment)]);
  return firsts.map((at) => at - moment);
}

/** Ana has two uplinks and the room is reached by the second; the first dies, `runs` times. */
async function uplinkDies(stage: Stage, runs: number): Promise<void> {
  await stage.serve();
  const place = stage.internet.place('Ana', { uplinks: 2 });
  await stage.internet.delay(HALF_TRIP);
  const [ana, bo] = await stage.call([place, stage.internet.place('Bo')], [{ roomFrom: place.addresses[1] ?? '' }]);
  if (!ana || !bo) return;
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await wait(4_000);
    // Whichever of the two is in use by now.
    const address = (await ana.look()).connections[0]?.address ?? '';
    if (!place.addresses.includes(address)) throw new Error(`the call goes by “${address}”, which is no uplink`);
    const fault = stage.internet.lose(`ip protocol udp ip saddr ${address}`, `ip protocol udp ip daddr ${address}`);
    const died = Date.now();
    times.push(Math.max(...(await back(ana, bo, died + HALF_TRIP))) + HALF_TRIP);
    fault.end();
  }
  stage.figures.measured('first new frame, p50', quantile(times, 0.5) / 1000, { unit: 's', atMost: 1.5 });
  stage.figures.measured('best', Math.min(...times) / 1000, { unit: 's' });
  stage.figures.measured('worst', Math.max(...times) / 1000, { unit: 's' });
}

/**
 * Nothing passes directly between the two from a moment on, and a relay exists. It takes three round trips more than a way that
 * is there already: two to be given a place at the relay, one to open it to the other.
 */
async function directDies(stage: Stage, runs: number): Promise<void> {
  const turn = await Turn.start(stage.internet.place('turn'));
  stage.onClose(() => turn.close());
  await stage.serve(turn.variables());
  await stage.internet.delay(HALF_TRIP);
  const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
  if (!ana || !bo) return;
  const times: number[] = [];
  for (let run = 0; run < runs; run += 1) {
    await wait(4_000);
    const fault = stage.internet.cut(ana.place, bo.place);
    const died = Date.now();
    times.push(Math.max(...(await back(ana, bo, died + HALF_TRIP))) + HALF_TRIP);
    await wait(2_500);
    if (run === 0) stage.figures.holds('said to be relayed', (await ana.look()).tiles[0]?.relayed === true);
    fault.end();
    // Back to the direct way, so that it can die again: as after a reload.
    if (run + 1 < runs) await restart(stage, ana, bo);
  }
  stage.figures.measured('first new frame, p50', quantile(times, 0.5) / 1000, { unit: 's', atMost: 2.5 });
  stage.figures.measured('worst', Math.max(...times) / 1000, { unit: 's' });
}

async function restart(stage: Stage, ana: Person, bo: Person): Promise<void> {
  await bo.tab.reload();
  await stage.enter(bo);
  await bo.join();
  await ana.sees(bo);
  await bo.sees(ana);
}

export const paths: Scenario[] = [
  {
    faults: [37],
    name: 'one of two uplinks dies, R = 100 ms, 4 runs',
    browsers: BOTH,
    play: (stage) => uplinkDies(stage, 4),
  },
  {
    faults: [],
    name: 'one of two uplinks dies, R = 100 ms, 20 runs',
    browsers: CHROMIUM,
    limit: 400_000,
    play: (stage) => uplinkDies(stage, 20),
  },
  {
    faults: [],
    name: 'direct way dies, a relay exists, R = 100 ms, 2 runs',
    browsers: BOTH,
    play: (stage) => directDies(stage, 2),
  },
  {
    faults: [],
    name: 'direct way dies, a relay exists, R = 100 ms, 20 runs',
    browsers: CHROMIUM,
    limit: 500_000,
    play: (stage) => directDies(stage, 20),
  },
  {
    faults: [37],
    name: 'address change',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve();
      const place = stage.internet.place('Ana', { uplinks: 2 });
      place.namespace.ip('link', 'set', 'up1', 'down');
      const [ana, bo] = await stage.call([place, stage.internet.place('Bo')]);
      if (!ana || !bo) return;
      await wait(2_000);
      stage.internet.switchUplink(place, 0, 1);
      const changed = Date.now();
      const times = await back(ana, bo, changed + 100);
      stage.figures.measured('Ana sees Bo after', (times[0] ?? NaN) / 1000 + 0.1, { unit: 's', atMost: 3 });
      stage.figures.measured('Bo sees Ana after', (times[1] ?? NaN) / 1000 + 0.1, { unit: 's', atMost: 3 });
      const open = await ana.until('the room', ({ room }) => room === 'open');
      stage.figures.holds('the room again', open.room === 'open');
    },
  },
  {
    faults: [52],
    name: 'one direction dead for 10 s',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve();
      const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
      if (!ana || !bo) return;
      await wait(2_000);
      const began = Date.now();
      const fault = stage.internet.cut(ana.place, bo.place, 'one way');
      await wait(10_000);
      const during = await Promise.all([ana.look(), bo.look()]);
      fault.end();
      const ended = Date.now();
      const times = await back(ana, bo, ended);
      stage.figures.measured('both see each other after', Math.max(...times) / 1000, { unit: 's', atMost: 1 });
      for (const [index, person] of [ana, bo].entries()) {
        // Ana goes on receiving: what she has to know is that Bo does not.
        const expected = person === ana ? 'cannot hear me' : 'reconnecting';
        const told = during[index]?.events.find(({ at, what }) => at >= began && what === expected);
        stage.figures.measured(`${person.name} told “${expected}” after`, ((told?.at ?? NaN) - began) / 1000, {
          unit: 's',
          atMost: 2.5,
        });
      }
    },
  },
  {
    faults: [53],
    name: 'one pair of four people broken for 10 s',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve();
      const people = await stage.call(['Ana', 'Bo', 'Cy', 'Di'].map((name) => stage.internet.place(name)));
      const [ana, bo] = people;
      if (!ana || !bo) return;
      await wait(2_000);
      const began = Date.now();
      const fault = stage.internet.cut(ana.place, bo.place);
      await wait(10_000);
      fault.end();
      const times = await back(ana, bo, Date.now());
      stage.figures.measured('the two see each other after', Math.max(...times) / 1000, { unit: 's', atMost: 1 });
      for (const person of people) {
        const { events } = await person.look();
        const said = events.filter(({ at, what }) => at >= began && what !== 'live');
        const marked = new Set(said.map(({ who }) => who));
        const expected = person === ana ? ['Bo'] : person === bo ? ['Ana'] : [];
        stage.figures.holds(
          `${person.name}: marked ${expected.join() || 'nobody'}`,
          [...marked].join() === expected.join(),
        );
      }
    },
  },
];
