/**
 * The microphone and the camera as they are wished to be: one prompt for both, the last wish wins however fast they
 * follow each other, another device takes over when one is lost. Refuses to know texts, preferences and lists.
 */
import { Camera } from './camera.ts';
import { capture, type Sound, type Wish } from './capture.ts';
import type { DeviceProblem } from './devices.ts';
import { Microphone } from './microphone.ts';
import type { Input } from './permissions.ts';

/** A prompt that is not answered for this long was perhaps not seen. */
const UNANSWERED_AFTER_MS = 10_000;

export type Incident =
  /** Unplugged, and another took over. */
  | { type: 'switched'; input: Input; from: string; to: string }
  /** Unplugged, and nothing took over. */
  | { type: 'lost'; input: Input; from: string; problem: DeviceProblem }
  /** The wished device is not there: another was given. */
  | { type: 'substituted'; input: Input; to: string }
  /** The chosen device does not work: the one before goes on. */
  | { type: 'kept'; input: Input; problem: DeviceProblem }
  /** The browser's question has been open for 10 s. */
  | { type: 'unanswered' }
  | { type: 'silenced'; silenced: boolean };

export interface InputsEvents {
  onTrack(input: Input, track: MediaStreamTrack | undefined): void;
  /** A state or a problem may have changed. */
  onChange(): void;
  /** An answer of the browser: a capture, or why not. */
  onAnswer(input: Input, problem: DeviceProblem | undefined): void;
  onIncident(incident: Incident): void;
}

interface Slot {
  wanted: boolean;
  wish: Wish;
  /** Runs from the question to its answer; there is never a second one beside it. */
  asking: Promise<void> | undefined;
  problem: DeviceProblem | undefined;
  /** Why an answer is awaited although there was a device already; it counts as on meanwhile. */
  replacing: { reason: 'chosen'; before: Wish } | { reason: 'lost'; label: string } | undefined;
}

export class Inputs {
  readonly microphone: Microphone;
  readonly camera: Camera;
  #events: InputsEvents;
  #slots: Record<Input, Slot>;
  #released = false;
  #sound: Sound = 'voice';
  #unanswered = new Set<ReturnType<typeof setTimeout>>();
  #closed = false;

  constructor(events: InputsEvents, wishes: Record<Input, string>) {
    this.#events = events;
    this.#slots = { microphone: emptySlot(wishes.microphone), camera: emptySlot(wishes.camera) };
    this.microphone = new Microphone({
      onTrack: (track) => events.onTrack('microphone', track),
      onLost: (label) => this.#lost('microphone', label),
      onSilenced: (silenced) => events.onIncident({ type: 'silenced', silenced }),
      onTalking: () => this.#onTalking(),
      onSuppression: () => events.onChange(),
    });
    this.camera = new Camera({
      onTrack: (track) => events.onTrack('camera', track),
      onLost: (label) => this.#lost('camera', label),
    });
  }

  state(input: Input): 'off' | 'starting' | 'on' {
    const { wanted, replacing } = this.#slots[input];
    if (!wanted) return 'off';
    return this.#track(input) || replacing ? 'on' : 'starting';
  }

  /** Muted, with the device itself let go until it is unmuted. */
  get released(): boolean {
    return this.#released;
  }

  problem(input: Input): DeviceProblem | undefined {
    return this.#slots[input].problem;
  }

  /** The device in use, or else the wished one; empty for the browser's choice. */
  deviceId(input: Input): string {
    return this.#track(input)?.getSettings().deviceId ?? this.#slots[input].wish.id;
  }

  /** Those given are asked for together. Resolves when each is on, has a problem, or is no longer wanted. */
  async turnOn(inputs: readonly Input[]): Promise<void> {
    for (const input of inputs) {
      this.#slots[input].wanted = true;
      this.#slots[input].problem = undefined;
    }
    await this.#ask(inputs.filter((input) => this.#track(input) === undefined));
  }

  /** How the microphone is captured from now on; one that is on is captured anew. */
  async setSound(sound: Sound): Promise<void> {
    if (this.#sound === sound) return;
    this.#sound = sound;
    if (this.microphone.captured) await this.choose('microphone', this.deviceId('microphone'));
  }

  /** `release`: stops the capture too, and with it the light of the device and every detector. */
  muteMicrophone(device: 'keep' | 'release'): void {
    this.microphone.mute();
    if (device === 'release') this.turnOff('microphone');
    this.#released = device === 'release';
    this.#events.onChange();
  }

  turnOff(input: Input): void {
    const slot = this.#slots[input];
    slot.wanted = false;
    slot.replacing = undefined;
    this[input].stop();
    this.#events.onChange();
  }

  /** Uses this device from now on; one that is off stays off. The microphone goes on until the new one is there. */
  async choose(input: Input, id: string): Promise<void> {
    const slot = this.#slots[input];
    const before = slot.wish;
    slot.wish = { id, exact: true };
    if (!slot.wanted) return;
    if (this.#track(input)) {
      slot.replacing ??= { reason: 'chosen', before };
      // Phones open one camera at a time. Nobody is told, so that the last picture stands until the next one comes.
      if (input === 'camera') this.camera.release();
    }
    await this.#ask([input]);
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#unanswered) clearTimeout(timer);
    this.turnOff('microphone');
    this.turnOff('camera');
  }

  /** A device that was let go is asked for while the key is held. */
  #onTalking(): void {
    if (this.#released && this.microphone.talking) void this.turnOn(['microphone']);
    else if (this.#released && this.microphone.muted) this.turnOff('microphone');
    this.#events.onChange();
  }

  #track(input: Input): MediaStreamTrack | undefined {
    return input === 'microphone' ? this.microphone.captured : this.camera.track;
  }

  async #ask(inputs: readonly Input[]): Promise<void> {
    const idle = inputs.filter((input) => this.#slots[input].asking === undefined);
    if (idle.length > 0) {
      const asking = this.#capture(idle);
      for (const input of idle) this.#slots[input].asking = asking;
    }
    this.#events.onChange();
    for (const asking of inputs.map((input) => this.#slots[input].asking)) await asking;
  }

  async #capture(inputs: readonly Input[]): Promise<void> {
    const wishes = new Map(inputs.map((input) => [input, this.#slots[input].wish]));
    const unanswered = setTimeout(() => this.#remind(inputs), UNANSWERED_AFTER_MS);
    this.#unanswered.add(unanswered);
    const answers = await capture(wishes, this.#sound);
    clearTimeout(unanswered);
    this.#unanswered.delete(unanswered);
    const again: Input[] = [];
    for (const [input, answer] of answers) {
      this.#slots[input].asking = undefined;
      if (this.#place(input, wishes.get(input), answer) === 'ask again') again.push(input);
    }
    this.#events.onChange();
    if (again.length > 0) await this.#ask(again);
  }

  #place(input: Input, wish: Wish | undefined, answer: MediaStreamTrack | DeviceProblem): 'done' | 'ask again' {
    const slot = this.#slots[input];
    if (this.#closed || !slot.wanted || slot.wish !== wish) {
      if (typeof answer !== 'string') answer.stop();
      return this.#closed || !slot.wanted ? 'done' : 'ask again';
    }
    const { replacing } = slot;
    slot.replacing = undefined;
    if (typeof answer === 'string') return this.#fail(input, answer, replacing);
    this[input].adopt(answer);
    this.#events.onAnswer(input, undefined);
    const given = answer.getSettings().deviceId;
    if (replacing?.reason === 'lost')
      this.#events.onIncident({ type: 'switched', input, from: replacing.label, to: answer.label });
    else if (wish.id !== '' && given !== undefined && given !== wish.id)
      this.#events.onIncident({ type: 'substituted', input, to: answer.label });
    return 'done';
  }

  #fail(input: Input, problem: DeviceProblem, replacing: Slot['replacing']): 'done' | 'ask again' {
    const slot = this.#slots[input];
    this.#events.onAnswer(input, problem);
    if (replacing?.reason === 'chosen') {
      slot.wish = replacing.before;
      this.#events.onIncident({ type: 'kept', input, problem });
      return this.#track(input) ? 'done' : 'ask again';
    }
    slot.wanted = false;
    slot.problem = problem;
    // The sender still holds the picture of a camera that was released for another one.
    if (this.#track(input) === undefined) this.#events.onTrack(input, undefined);
    if (replacing) this.#events.onIncident({ type: 'lost', input, from: replacing.label, problem });
    return 'done';
  }

  #lost(input: Input, label: string): void {
    const slot = this.#slots[input];
    if (!slot.wanted) return;
    // A device that was just chosen is on its way already.
    if (slot.replacing === undefined) slot.wish = { id: '', exact: false };
    slot.replacing = { reason: 'lost', label };
    void this.#ask([input]);
  }

  #remind(inputs: readonly Input[]): void {
    if (inputs.some((input) => this.#slots[input].wanted)) this.#events.onIncident({ type: 'unanswered' });
  }
}

function emptySlot(id: string): Slot {
  return { wanted: false, wish: { id, exact: false }, asking: undefined, problem: undefined, replacing: undefined };
}
