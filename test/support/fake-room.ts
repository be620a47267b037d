/**
 * A room between meshes: introduces, passes frames on, forgets, and can be told to lose, double and delay. Counts what passes.
 * Refuses to know what is in a box; a test may read it with `readBox`.
 */
import { vi } from 'vitest';
import type { Frame } from '../../worker/protocol.ts';
import { Mesh, type MeshOptions } from '../../web/mesh/mesh.ts';
import type { PeerMessage, State } from '../../web/protocol.ts';
import type { FakeInternet } from './fake-internet.ts';
import { certificateOf } from './fake-webrtc.ts';

export interface Passing extends Frame {
  readonly from: string;
}

export class FakeRoom {
  readonly internet: FakeInternet;
  /** Milliseconds from one browser to another. */
  latency = 30;
  /** When a frame arrives, in milliseconds from now: none where it is lost, two where it is doubled. */
  fate: (frame: Passing) => number[] = () => [this.latency];
  /** Every `relay` message, with its frames. */
  readonly relayed: { from: string; frames: Frame[] }[] = [];
  readonly #inside: FakePerson[] = [];
  down = false;

  constructor(internet: FakeInternet) {
    this.internet = internet;
  }

  person(name: string): FakePerson {
    return new FakePerson(this, name);
  }

  has(person: FakePerson): boolean {
    return !this.down && this.#inside.includes(person);
  }

  /** `person` is told who is there, and everyone there of them. */
  enter(person: FakePerson): void {
    const others = this.#inside.filter((other) => other !== person);
    this.admit(person);
    void person.mesh.welcome(others.map(({ entry }) => entry));
    for (const other of others) void other.mesh.entered(person.entry);
  }

  /** Passes frames from and to `person`, of whom nobody is told. */
  admit(person: FakePerson): void {
    if (!this.#inside.includes(person)) this.#inside.push(person);
  }

  leave(person: FakePerson, reason: 'left' | 'lost' | 'lease'): void {
    this.#inside.splice(this.#inside.indexOf(person), 1);
    for (const other of this.#inside) other.mesh.left(person.sid, reason);
  }

  /** Everything is forgotten; everyone enters again, one after the other. */
  async reset(): Promise<void> {
    for (const person of this.#inside.splice(0)) {
      this.enter(person);
      await vi.advanceTimersByTimeAsync(50);
    }
  }

  relay(from: FakePerson, frames: Frame[]): boolean {
    if (!this.has(from)) return false;
    this.relayed.push({ from: from.sid, frames });
    for (const frame of frames) {
      const to = this.#inside.find(({ sid }) => sid === frame.to);
      for (const delay of this.fate({ ...frame, from: from.sid })) {
        setTimeout(() => to && this.has(to) && void to.mesh.frame(from.sid, frame.box), delay);
      }
    }
    return true;
  }
}

/** Someone with a mesh, who keeps what they are told. */
export class FakePerson {
  readonly sid: string;
  readonly entry: { sid: string; hello: string };
  readonly mesh: Mesh;
  readonly messages: [string, PeerMessage][] = [];
  readonly connections = new Map<string, string>();
  readonly routes = new Map<string, string>();
  readonly through = new Map<string, string | undefined>();
  readonly gone: string[] = [];
  readonly heardMe = new Set<string>();
  readonly mismatched: string[] = [];
  readonly tracks = new Map<string, unknown>();
  name: string;
  #revision = 0;

  constructor(room: FakeRoom, name: string) {
    this.name = name;
    this.sid = sidOf(name);
    this.entry = { sid: this.sid, hello: `hello of ${this.sid}` };
    const { certificate } = certificateOf(this.sid);
    // The seal is a fake, and looks at the sid alone.
    const identity: unknown = { sid: this.sid };
    const key: unknown = {};
    const given: Pick<MeshOptions, 'certificate' | 'helloHash' | 'psk' | 'roomId'> = {
      certificate,
      helloHash: new Uint8Array(32),
      psk: new Uint8Array(32),
      roomId: 'room',
    };
    this.mesh = new Mesh({
      ...given,
      identity: identity as MeshOptions['identity'],
      helloKey: key as CryptoKey,
      relay: (frames) => room.relay(this, frames),
      roomOpen: () => room.has(this),
      greeting: () => [this.state()],
      onMessage: (sid, message) => this.messages.push([sid, message]),
      onTracks: (sid, tracks) => this.tracks.set(sid, tracks),
      onThrough: (sid, via) => this.through.set(sid, via),
      onConnection: (sid, state) => this.connections.set(sid, state),
      onRoute: (sid, route) => this.routes.set(sid, route),
      onChannel: (sid) => this.mesh.send(sid, this.state()),
      onHeard: (sid, heard) => void (heard ? this.heardMe.add(sid) : this.heardMe.delete(sid)),
      onDoubt: () => undefined,
      onGone: (sid) => {
        this.gone.push(sid);
        this.connections.delete(sid);
      },
      onMismatch: (sid) => this.mismatched.push(sid),
    });
  }

  /** Their state as they say it now; every one is newer than the last. */
  state(): State {
    this.#revision += 1;
    const { name } = this;
    const shown = { name, microphone: 'on', camera: false, screen: false, hand: null, recording: null } as const;
    return { type: 'state', revision: this.#revision, stage: 'in', joinedAt: 1, ...shown };
  }

  /** The texts of the chat that came from `other`; what came twice is one, as in the chat. */
  heard(other: FakePerson): string[] {
    const texts = new Map<string, string>();
    for (const [sid, message] of this.messages) {
      if (sid === other.sid && message.type === 'chat' && !texts.has(message.id)) texts.set(message.id, message.text);
    }
    return [...texts.values()];
  }

  shows(other: FakePerson): string | undefined {
    return this.connections.get(other.sid);
  }
}

export function sidOf(name: string): string {
  return name.padEnd(22, '_');
}

let lines = 0;
export function chat(text: string): PeerMessage {
  lines += 1;
  return { type: 'chat', id: `line${lines}`, text, at: 0 };
}
