/** People with IPv4 alone, with IPv6 alone, and with both: how they reach each other, with a relay and without. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Family } from '../network/internet.ts';
import { Turn } from '../network/turn.ts';
import type { Person } from '../person.ts';
import { BOTH, type Scenario } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import { routeTo, type Route } from './nats.ts';

/** Seconds: what a pair tries by itself before it asks a third, and a connection's making. */
const CARRIED_WITHIN = 10;

/** Cy, who has both, is reached by either family. */
async function arrive(stage: Stage): Promise<[Person, Person, Person]> {
  const at = async (name: string, family: Family) => {
    const person = await stage.arrive(stage.internet.place(name, { family }));
    await person.join();
    return person;
  };
  return [await at('Ana', 'IPv6'), await at('Bo', 'IPv4'), await at('Cy', 'both')];
}

/** Everyone sees everyone, and is told of the right way, within `atMost` seconds of the last one's coming. */
async function meet(stage: Stage, { between, atMost }: { between: Route; atMost: number }): Promise<void> {
  const [ana, bo, cy] = await arrive(stage);
  const came = Date.now();
  const pairs = [
    [ana, bo, 'IPv6 alone × IPv4 alone', between],
    [ana, cy, 'IPv6 alone × both', 'direct'],
    [bo, cy, 'IPv4 alone × both', 'direct'],
  ] as const;
  for (const [one, other, kinds] of pairs) {
    const firsts = await Promise.all([one.firstFrame(other, came), other.firstFrame(one, came)]);
    stage.figures.measured(`${kinds}: seen after`, (Math.max(...firsts) - came) / 1000, { unit: 's', atMost });
  }
  // The route is looked up every 2 s.
  await wait(2_500);
  for (const [one, other, kinds, expected] of pairs) {
    const routes = [routeTo(other, await one.look()), routeTo(one, await other.look())];
    stage.figures.holds(
      `${kinds}: ${[...new Set(routes)].join(' / ')}`,
      routes.every((route) => route === expected),
    );
  }
}

export const families: Scenario[] = [
  {
    faults: [47],
    name: 'one with IPv6 alone, one with IPv4 alone, one with both',
    browsers: BOTH,
    play: async (stage) => {
      await stage.serve({}, { family: 'both' });
      await meet(stage, { between: 'through a third', atMost: CARRIED_WITHIN });
    },
  },
  {
    faults: [47],
    name: 'the same with a relay that has both',
    browsers: BOTH,
    play: async (stage) => {
      const turn = await Turn.start(stage.internet.place('turn', { family: 'both' }));
      stage.onClose(() => turn.close());
      await stage.serve(turn.variables(), { family: 'both' });
      await meet(stage, { between: 'relayed', atMost: CARRIED_WITHIN });
    },
  },
];
