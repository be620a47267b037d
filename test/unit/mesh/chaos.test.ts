import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import type { FakePerson } from '../../support/fake-room.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

const { person, open, internet, room, reset } = stage();

/** What the room does to one frame: milliseconds until each copy arrives. */
const fates = fc.oneof(
  { weight: 6, arbitrary: fc.tuple(fc.nat(300)) },
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.tuple(fc.nat(300), fc.nat(1_000)) },
);
const events = fc.constantFrom('move', 'cut', 'mend', 'reset', 'down', 'nudge', 'rename', 'reroute');
const story = fc.record({
  fates: fc.infiniteStream(fates),
  entering: fc.tuple(fc.nat(600), fc.nat(600), fc.nat(600)),
  events: fc.array(fc.tuple(fc.nat(8_000), events, fc.nat(2)), { maxLength: 8 }),
});

describe('[16] three people and a room that loses, doubles and reorders', () => {
  it('all have each other, with one connection each and the last word of everyone, once it is quiet', async () => {
    await fc.assert(
      fc.asyncProperty(story, async ({ fates, entering, events }) => {
        reset();
        const people = ['Ana', 'Bo', 'Cleo'].map(person);
        const someone = (at: number): FakePerson => people[at] ?? person('nobody');
        room().fate = () => fates.next().value ?? [];
        entering.forEach((time, at) => setTimeout(() => room().enter(someone(at)), time));
        const happen = {
          move: () => internet().move(),
          cut: (at: number) => internet().cut(someone(at).sid, someone((at + 1) % 3).sid),
          mend: () => internet().mend(),
          reset: () => void room().reset(),
          down: () => (room().down = !room().down),
          nudge: (at: number) => someone(at).mesh.nudge(),
          reroute: (at: number) => someone(at).mesh.reroute(),
          rename: (at: number) => {
            someone(at).name += '!';
            someone(at).mesh.broadcast(someone(at).state());
          },
        };
        for (const [time, event, at] of events) setTimeout(() => happen[event](at), time);
        await pass(10_000);

        room().fate = () => [30];
        room().down = false;
        internet().mend();
        for (const one of people) room().enter(one);
        await pass(20_000);
        for (const one of people) {
          for (const other of people) {
            if (one === other) continue;
            expect(one.shows(other), `${one.name} of ${other.name}`).toBe('live');
            expect(lastName(one, other)).toBe(other.name);
          }
          expect(one.gone).toEqual([]);
        }
        expect(open()).toHaveLength(6);
        room().relayed.splice(0);
        await pass(10_000);
        expect(room().relayed).toEqual([]);
      }),
      { numRuns: 25 },
    );
  }, 60_000);
});

/** The name that `one` shows for `other`: that of the newest state that came. */
function lastName(one: FakePerson, other: FakePerson): string | undefined {
  let newest: { revision: number; name: string } | undefined;
  for (const [sid, message] of one.messages) {
    if (sid === other.sid && message.type === 'state' && message.revision > (newest?.revision ?? -1)) newest = message;
  }
  return newest?.name;
}
