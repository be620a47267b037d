/** What every test of a mesh begins with: fake time, one internet, one room, people who are closed at the end. */
import { afterEach, beforeEach, vi } from 'vitest';
import { FakeInternet } from '../../support/fake-internet.ts';
import { FakeRoom, type FakePerson } from '../../support/fake-room.ts';
import { installWebRtc } from '../../support/fake-webrtc.ts';

export interface Stage {
  internet: FakeInternet;
  room: FakeRoom;
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** A stage of its own for every test of the file. */
export function stage() {
  let internet = new FakeInternet();
  let room = new FakeRoom(internet);
  let everyone: FakePerson[] = [];
  const set = () => {
    internet = new FakeInternet();
    room = new FakeRoom(internet);
    everyone = [];
    installWebRtc(internet);
  };
  const clear = () => {
    for (const { mesh } of everyone) mesh.close();
  };
  beforeEach(() => {
    vi.useFakeTimers();
    set();
  });
  afterEach(() => {
    clear();
    vi.useRealTimers();
    vi.unstubAllGlobals();
  });

  const person = (name: string): FakePerson => {
    const made = room.person(name);
    everyone.push(made);
    return made;
  };
  /** People who are in and connected, each with each; what the room passed on is forgotten. */
  const meeting = async <Names extends string[]>(...names: Names) => {
    const people = names.map(person);
    for (const one of people) {
      room.enter(one);
      await pass(1_000);
    }
    room.relayed.splice(0);
    return people as { [At in keyof Names]: FakePerson };
  };
  return {
    person,
    meeting,
    /** Another stage within the same test. */
    reset: () => {
      clear();
      set();
    },
    internet: () => internet,
    room: () => room,
    open: () => internet.connections.filter(({ closed }) => !closed),
  };
}
