/** Every kind of NAT with every kind, with a relay and without: does it connect, and by which route. */
import { setTimeout as wait } from 'node:timers/promises';
import { NATS, type Nat } from '../network/nat.ts';
import { Turn } from '../network/turn.ts';
import type { Person } from '../person.ts';
import { BOTH, CHROMIUM, type Scenario } from '../scenario.ts';
import type { Snapshot } from '../site/gauge.ts';
import type { Stage } from '../stage.ts';

/** Milliseconds: `stuck` is said after 8 s, and a repair through somebody else takes a few more. */
const CONNECTS = 25_000;

/** Between these no packet of one ever finds the other: a direct way is not expected. */
function directPossible(one: Nat, two: Nat): boolean {
  const kinds = [one, two];
  if (kinds.includes('udp-blocked')) return false;
  return !(kinds.includes('symmetric') && (kinds.includes('port-restricted') || one === two));
}

async function serve(stage: Stage, relay: boolean): Promise<void> {
  const turn = await Turn.start(stage.internet.place('turn'));
  stage.onClose(() => turn.close());
  await stage.serve(relay ? turn.variables({ transports: ['udp', 'tcp'] }) : turn.stun());
}

export type Route = 'direct' | 'relayed' | 'through a third' | 'explained' | 'nothing';

/** How `person` reaches `other` in the end: the words of the matrix. */
export function routeTo(other: Person, { tiles, notices }: Snapshot): Route {
  const tile = tiles.find(({ name }) => name === other.name);
  if (tile?.connection === 'live') return tile.through ? 'through a third' : tile.relayed ? 'relayed' : 'direct';
  // Without any path between the two nobody knows the other's tile; what is said then names them, or says nothing.
  return tile?.connection === 'stuck' || notices.some((text) => text.includes(other.name)) ? 'explained' : 'nothing';
}

async function check(stage: Stage, people: [Person, Nat][], relay: boolean): Promise<void> {
  const deadline = Date.now() + CONNECTS;
  const settled = ({ tiles }: Snapshot) =>
    tiles.length === people.length - 1 && tiles.every(({ connection }) => connection === 'live');
  for (const [person] of people)
    await person.until('everyone', settled, Math.max(0, deadline - Date.now())).catch(() => undefined);
  // The route is looked up every 2 s.
  await wait(2_500);
  const seen = await Promise.all(people.map(([person]) => person.look()));
  for (const [index, [person, nat]] of people.entries()) {
    for (const [otherIndex, [other, otherNat]] of people.entries()) {
      const [mine, theirs] = [seen[index], seen[otherIndex]];
      if (otherIndex <= index || !mine || !theirs) continue;
      const routes = [routeTo(other, mine), routeTo(person, theirs)];
      const connected = routes.every((route) => route === 'direct' || route === 'relayed');
      const direct = routes.every((route) => route === 'direct');
      const good = directPossible(nat, otherNat)
        ? direct
        : relay
          ? connected
          : routes.every((route) => route !== 'nothing');
      stage.figures.holds(`${nat} × ${otherNat}: ${[...new Set(routes)].join(' / ')}`, good);
    }
  }
}

/** One person behind each kind, all in one call. */
async function mixed(stage: Stage, relay: boolean): Promise<void> {
  await serve(stage, relay);
  const people: [Person, Nat][] = [];
  for (const nat of NATS) {
    const person = await stage.arrive(stage.internet.place(nat, { nat }), { camera: false });
    await person.join();
    people.push([person, nat]);
  }
  await check(stage, people, relay);
}

/** Two people behind the same kind. */
async function alike(stage: Stage, nat: Nat, relay: boolean): Promise<void> {
  await serve(stage, relay);
  const people: [Person, Nat][] = [];
  for (const name of ['Ana', 'Bo']) {
    const person = await stage.arrive(stage.internet.place(name, { nat }), { camera: false });
    await person.join();
    people.push([person, nat]);
  }
  await check(stage, people, relay);
}

const FAULT: Record<Nat, number[]> = {
  none: [],
  'full-cone': [41],
  'port-restricted': [41],
  symmetric: [40],
  'udp-blocked': [38],
};

export const nats: Scenario[] = [true, false].flatMap((relay): Scenario[] => {
  const suffix = relay ? 'with a relay' : 'without a relay';
  return [
    {
      faults: [38, 40, 41],
      name: `NAT matrix, one of each kind, ${suffix}`,
      browsers: BOTH,
      quick: CHROMIUM,
      limit: 180_000,
      play: (stage) => mixed(stage, relay),
    },
    ...NATS.map((nat): Scenario => ({
      faults: FAULT[nat],
      name: `NAT matrix, two ${nat}, ${suffix}`,
      browsers: BOTH,
      quick: nat === 'symmetric' ? CHROMIUM : [],
      play: (stage) => alike(stage, nat, relay),
    })),
  ];
});
