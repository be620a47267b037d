import { describe, expect, it, vi } from 'vitest';
import type { Frame } from '../../../worker/protocol.ts';
import { readBox } from '../../support/fake-seal.ts';
import type { PeerMessage } from '../../../web/protocol.ts';
import { Restarts, type Restartable } from '../../../web/mesh/restarts.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { talking, cut, internet, room } = stage();

/** Ana and Bo, who talk and are then cut off from each other, and one of them from the room, for 10 s. */
async function cutOff() {
  const [ana, bo] = await talking('Ana', 'Bo');
  cut(ana, bo);
  room().fate = () => [];
  await pass(10_000);
  return { ana, bo, before: internet().connections.length };
}

function mend(): void {
  internet().mend();
  room().fate = () => [room().latency];
}

/** As Firefox says it, and Chromium does not. */
function iceFails(sid: string): void {
  for (const connection of internet().connections) {
    if (connection.host === sid) connection.iceConnectionState = 'failed';
  }
}

it.each(['Ana', 'Bo'])('[35] makes the connection anew where ICE has failed for %s', async (name) => {
  const { ana, bo, before } = await cutOff();
  iceFails(name === 'Ana' ? ana.sid : bo.sid);
  await pass(6_000);
  mend();
  await pass(6_000);
  expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
  expect(internet().connections.length).toBeGreaterThanOrEqual(before + 2);
});

describe('a first offer that nobody has answered', () => {
  function unanswered() {
    const did: string[] = [];
    let time = 0;
    const peer: Restartable = {
      epoch: 3,
      answered: false,
      connection: { iceConnectionState: 'new' },
      restart: () => did.push('restart'),
      resend: () => Promise.resolve(void did.push('resend')),
    };
    const restarts = new Restarts({
      driver: true,
      peer: () => peer,
      configuration: () => ({}),
      ask: () => did.push('ask'),
      rebuild: () => did.push('rebuild'),
      age: () => time,
      now: () => time,
    });
    return { restarts, did, after: (ms: number) => (time = ms) };
  }

  it('goes out again, and after 3 s is made anew: its candidates know no way out', () => {
    const { restarts, did, after } = unanswered();
    restarts.restart();
    after(3_000);
    restarts.restart();
    expect(did).toEqual(['resend', 'rebuild']);
  });

  it('goes out again to whoever goes on with an older connection', () => {
    const { restarts, did } = unanswered();
    restarts.asked(2);
    restarts.behind();
    restarts.asked(3);
    expect(did).toEqual(['resend', 'resend']);
  });
});

// Wherever the driver (Bo) is between two attempts, which are 3 s apart and heard by nobody.
it.each([0, 500, 1_000, 1_500, 2_000, 2_500])(
  '[35] is done within 1 s of the end of an outage (%i ms)',
  async (since) => {
    const [ana, bo] = await talking('Ana', 'Bo');
    await pass(3_000);
    // Longer than a browser keeps the old path: only another connection helps.
    internet().move();
    cut(ana, bo);
    room().fate = () => [];
    await pass(40_000 + since);
    mend();
    // Ana is who was out: her socket is new.
    await ana.mesh.welcome([bo.entry]);
    await pass(1_000);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
  },
);

describe('whoever is back in the room', () => {
  /** Cut off, until the driver (Bo) has just made an attempt that nobody has heard of; then the room passes frames on again. */
  async function attempted() {
    const [ana, bo] = await talking('Ana', 'Bo');
    cut(ana, bo);
    room().fate = () => [];
    await pass(10_000);
    const offers = () => said(bo).filter((message) => message.type === 'description').length;
    for (const before = offers(); before === offers();) await pass(50);
    await pass(200);
    room().fate = () => [room().latency];
    room().relayed.splice(0);
    return { ana, bo };
  }

  /** What someone has handed to the room since it was last forgotten. */
  const said = (person: { sid: string }) =>
    room().relayed.flatMap(({ from, frames }) => (from === person.sid ? frames.flatMap(messagesIn) : []));
  const messagesIn = ({ box }: Frame) => JSON.parse(readBox(box).text) as PeerMessage[];

  it('[33] and asks is sent all offers of a moment ago: that of the connection, and that of another beside it', async () => {
    const { ana, bo } = await attempted();
    ana.mesh.nudge();
    await pass(300);
    const epochs = said(bo).flatMap((message) => (message.type === 'description' ? [message.epoch] : []));
    expect(new Set(epochs).size).toBe(2);
  });

  it('[33] is asked at once by who does not hear them, whenever the next attempt is due', async () => {
    const { ana, bo } = await attempted();
    await pass(1_000);
    expect(said(bo)).toEqual([]);
    await bo.mesh.entered(ana.entry);
    await pass(300);
    expect(said(bo).some((message) => message.type === 'description')).toBe(true);
  });
});

// The room forgets who is out, and the other gives them up after that: what they offer then comes to a pair that has nothing.
it.each(['Ana', 'Bo'])(
  '[36] brings %s back within 1 s of the end of an outage after which they were given up',
  async (name) => {
    const [ana, bo] = await talking('Ana', 'Bo');
    const [out, other] = name === 'Ana' ? [ana, bo] : [bo, ana];
    await pass(3_000);
    internet().move();
    cut(ana, bo);
    room().fate = () => [];
    await pass(30_000);
    room().leave(out, 'lease');
    await pass(40_000);
    expect(other.gone).toEqual([out.sid]);
    mend();
    room().enter(out);
    await pass(1_000);
    expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
  },
);

it('[43] what comes next goes by the new credentials at both ends, whoever offers it', async () => {
  const [ana, bo] = await talking('Ana', 'Bo');
  const iceServers = [{ urls: 'turn:relay.example', username: 'new', credential: 'secret' }];
  for (const { mesh } of [ana, bo]) {
    mesh.configure({ iceServers, iceTransportPolicy: 'all' });
    mesh.renew();
  }
  expect(internet().connections.map(({ configuration }) => configuration.iceServers)).toEqual([iceServers, iceServers]);
});
