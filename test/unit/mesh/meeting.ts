/** What every test of a mesh begins with: fake time, one internet, one room, people who are closed at the end. */
import { afterEach, beforeEach, vi } from 'vitest';
import { FakeInternet } from '../../support/fake-internet.ts';
import { FakeRoom, type FakePerson } from '../../support/fake-room.ts';
import { installWebRtc, track } from '../../support/fake-webrtc.ts';
import type { Slot } from '../../../web/mesh/peer.ts';

export interface Stage {
  internet: FakeInternet;
  room: FakeRoom;
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Sends each other a voice, or what `slots` names: what real calls live from. */
export function talk(people: FakePerson[], slots: readonly Slot[] = ['microphone']): void {
  for (const one of people) {
    for (const slot of slots) one.mesh.setTrack(slot, track(slot === 'microphone' ? 'audio' : 'video'));
    for (const other of people) if (other !== one) one.mesh.setAudience(other.sid, 'in');
  }
}

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
    /** The same, who talk: it is known of each pair that it hears. */
    talking: async <Names extends string[]>(...names: Names) => {
      const people = await meeting(...names);
      talk(people);
      await pass(2_000);
      return people;
    },
    /** Nothing reaches either of two people from the other, but through the room. */
    cut: (one: FakePerson, other: FakePerson) => {
      internet.cut(one.sid, other.sid);
      internet.cut(other.sid, one.sid);
    },
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
