/** The relay is needed, down, strange, or its credentials run out; STUN does not answer. */
import { setTimeout as wait } from 'node:timers/promises';
import type { Fault } from '../network/internet.ts';
import { Turn, type Transport } from '../network/turn.ts';
import { longestGap, type Person } from '../person.ts';
import { BOTH, CHROMIUM, type Scenario } from '../scenario.ts';
import type { Variables } from '../workerd.ts';
import type { Stage } from '../stage.ts';

/** An address of the lab's internet at which nobody is: packets to it vanish. */
const NOWHERE = '198.18.250.2';

async function relay(stage: Stage, more: string[] = []): Promise<Turn> {
  const turn = await Turn.start(stage.internet.place('turn'), more);
  stage.onClose(() => turn.close());
  return turn;
}

function blockUdp(stage: Stage, person: string): Fault {
  return stage.internet.lose(`ip protocol udp ip saddr ${person}`, `ip protocol udp ip daddr ${person}`);
}

async function blocked(stage: Stage, transports: Transport[]): Promise<void> {
  const turn = await relay(stage);
  await stage.serve(turn.variables({ transports }));
  const place = stage.internet.place('Ana');
  blockUdp(stage, place.addresses[0] ?? '');
  const began = Date.now();
  // The lab's certificate is signed by itself.
  const seat = { flags: ['--ignore-certificate-errors'] };
  const [ana, bo] = await stage.call([place, stage.internet.place('Bo')], [seat, seat]);
  if (!ana || !bo) return;
  const first = await ana.firstFrame(bo, began);
  stage.figures.measured('first frame after both had opened the page', (first - began) / 1000, { unit: 's' });
  const seen = await ana.until('a route', ({ tiles }) => tiles[0]?.relayed === true, 10_000);
  const [connection] = seen.connections;
  stage.figures.holds('said to be relayed', seen.tiles[0]?.relayed === true);
  stage.figures.holds(
    `by ${transports.at(-1)}: ${connection?.relayProtocol}`,
    connection?.relayProtocol === transports.at(-1),
  );
}

/** Both are in a call by a direct way, within `atMost` seconds of the second one's entering. */
async function directAll(stage: Stage, variables: Variables, atMost: number): Promise<Person[]> {
  await stage.serve(variables);
  const ana = await stage.arrive(stage.internet.place('Ana'));
  await ana.join();
  const bo = await stage.open(stage.internet.place('Bo'));
  const began = Date.now();
  await stage.enter(bo);
  await bo.join();
  const first = await bo.firstFrame(ana, began);
  stage.figures.measured('first frame', (first - began) / 1000, { unit: 's', atMost });
  const { tiles } = await bo.look();
  stage.figures.holds('direct', tiles[0]?.relayed === false);
  return [ana, bo];
}

export const relays: Scenario[] = [
  {
    faults: [38],
    name: 'UDP blocked from the start, TURN over TCP',
    browsers: BOTH,
    quick: BOTH,
    play: (stage) => blocked(stage, ['udp', 'tcp']),
  },
  {
    faults: [38],
    name: 'UDP blocked from the start, TURN over TLS',
    browsers: CHROMIUM,
    play: (stage) => blocked(stage, ['tls']),
  },
  {
    faults: [39],
    name: 'UDP blocked in the call',
    browsers: BOTH,
    quick: CHROMIUM,
    play: async (stage) => {
      const turn = await relay(stage);
      await stage.serve(turn.variables());
      const [ana, bo] = await stage.call([stage.internet.place('Ana'), stage.internet.place('Bo')]);
      if (!ana || !bo) return;
      await wait(2_000);
      blockUdp(stage, ana.place.addresses[0] ?? '');
      const began = Date.now();
      const firsts = await Promise.all([ana.firstFrame(bo, began + 50), bo.firstFrame(ana, began + 50)]);
      stage.figures.measured('both see each other after', (Math.max(...firsts) - began) / 1000, {
        unit: 's',
        atMost: 8,
      });
      const seen = await ana.until('the relay', ({ tiles }) => tiles[0]?.relayed === true, 10_000);
      stage.figures.holds('said to be relayed', seen.tiles[0]?.relayed === true);
    },
  },
  {
    faults: [42],
    name: 'relay configured and down',
    browsers: BOTH,
    quick: CHROMIUM,
    play: async (stage) => {
      const place = stage.internet.place('turn');
      const turn = await Turn.start(place);
      const variables = turn.variables();
      turn.close();
      await directAll(stage, variables, 4);
    },
  },
  {
    faults: [44],
    name: 'relay refuses the credentials',
    browsers: BOTH,
    quick: CHROMIUM,
    play: async (stage) => {
      const turn = await relay(stage);
      await directAll(stage, turn.variables({ secret: 'another' }), 4);
      stage.figures.holds(
        'the relay was asked and refused',
        /401|Unauthorized|credentials are incorrect/i.test(turn.log),
      );
    },
  },
  {
    faults: [45],
    name: 'STUN does not answer',
    browsers: BOTH,
    quick: CHROMIUM,
    play: async (stage) => void (await directAll(stage, { STUN_URLS: `stun:${NOWHERE}:3478` }, 4)),
  },
  {
    faults: [46],
    name: 'the name of the relay is not known',
    browsers: BOTH,
    play: async (stage) => {
      const variables = { TURN_URLS: 'turn:nowhere.invalid:3478', TURN_SECRET: 'any' };
      await directAll(stage, variables, 4);
    },
  },
  {
    faults: [43],
    name: 'credentials of 20 s in a relayed call of 70 s, then an outage of 10 s',
    browsers: BOTH,
    limit: 200_000,
    play: async (stage) => {
      const turn = await relay(stage, ['--max-allocate-lifetime=60']);
      await stage.serve({ ...turn.variables(), TURN_TTL: '20' });
      const ana = stage.internet.place('Ana');
      const bo = stage.internet.place('Bo');
      stage.internet.cut(ana, bo);
      const [one, two] = await stage.call([ana, bo]);
      if (!one || !two) return;
      const began = Date.now();
      await wait(70_000);
      const after = await Promise.all([one.look(), two.look()]);
      const gaps = after.map(({ frames, now }, at) => longestGap(frames[at === 0 ? 'Bo' : 'Ana'], began, now));
      stage.figures.measured('longest gap', Math.max(...gaps) / 1000, { unit: 's', atMost: 1.5 });
      const made = Math.max(...after.map((snapshot) => snapshot.made));
      // Each renewal restarts ICE; where Firefox answers, it hears nothing for a second, and another connection is made for it.
      const alike = stage.browsers === 'Chromium';
      stage.figures.measured('connections for it', made, alike ? { atMost: 1 } : {});
      const outage = stage.internet.cutOff(ana);
      await wait(10_000);
      outage.end();
      const ended = Date.now();
      const firsts = await Promise.all([one.firstFrame(two, ended), two.firstFrame(one, ended)]);
      const back = (Math.max(...firsts) - ended) / 1000;
      stage.figures.measured('back after the outage', back, { unit: 's', atMost: alike ? 1 : 3 });
      stage.figures.measured('connections in all', Math.max(made, (await one.look()).made), { unit: '' });
    },
  },
];
