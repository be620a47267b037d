/** The roster's copy of the attachments: after any change, one that has just read them answers the same. */
import { describe, expect, test } from 'vitest';
import { freshMeter } from '../../worker/rate-limit.ts';
import { Roster, type Entry } from '../../worker/roster.ts';
import { makeLink } from '../support/room-client.ts';
import { inside } from './meeting.ts';

const EPOCH = 'an epoch';
const known = { roomId: 'a room', epoch: EPOCH, acceptedAt: 1, meter: freshMeter(1) };
const challenged: Entry = { ...known, state: 'challenged', nonce: 'a nonce' };
const proving: Entry = { ...known, state: 'proving' };
const gone: Entry = { ...known, state: 'gone' };
const entered = (sid: string, order: number): Entry => {
  return { ...known, state: 'entered', sid, hello: `hello of ${sid}`, order, enteredAt: 2 };
};

/** Every answer; sockets by their place in `sockets`, for they have no name. */
function answers(roster: Roster, sockets: readonly WebSocket[]) {
  const at = ({ socket, entry }: { socket: WebSocket; entry: Entry }) => [sockets.indexOf(socket), entry];
  return {
    entries: sockets.map((socket) => roster.entryOf(socket)),
    all: roster.all().map(at).sort(),
    participants: roster.participants().map(at),
    seats: ['alice', 'bob', 'carol'].map((sid) => roster.seatOf(sid)).map((seat) => seat && at(seat)),
    nextOrder: roster.nextOrder(),
  };
}

describe('[5] What a roster remembers', () => {
  test('is what the attachments say, after every change', async () => {
    await inside(await makeLink(), (state) => {
      const roster = new Roster(state);
      const sockets = Array.from({ length: 4 }, () => new WebSocketPair()[1]);
      const [first, second, third, fourth] = sockets;
      if (!first || !second || !third || !fourth) throw new Error('No sockets');
      const changes: (() => void)[] = [
        ...sockets.map((socket) => () => roster.accept(socket, challenged)),
        () => roster.write(second, proving),
        () => roster.write(second, entered('bob', 1)),
        () => roster.write(first, entered('alice', 2)),
        () => roster.write(second, gone),
        () => roster.write(third, entered('bob', 1)),
        () => roster.write(fourth, gone),
        () => first.close(),
        () => roster.write(first, gone),
        () => roster.write(third, gone),
      ];
      expect(new Roster(state).epoch).toBeUndefined();
      const seen: number[] = [];
      for (const change of changes) {
        change();
        const woken = new Roster(state);
        expect(answers(woken, sockets)).toEqual(answers(roster, sockets));
        expect(woken.epoch).toBe(EPOCH);
        seen.push(roster.participants().length);
      }
      expect(seen).toEqual([0, 0, 0, 0, 0, 1, 2, 1, 2, 2, 1, 1, 0]);
    });
  });
});
