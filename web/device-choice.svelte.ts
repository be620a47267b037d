/**
 * Which devices there are, which were chosen, and what is remembered of the choice. Refuses to know tracks: it only
 * says what is new, what is gone and what was chosen.
 */
import { chosenDevice, Devices, pluggedIn, type Device } from './media/devices.ts';
import { INPUTS, type Input } from './media/permissions.ts';
import { loadPreferences, savePreferences, type Preferences } from './preferences.ts';

export interface DeviceChoiceEvents {
  onPluggedIn(input: Input, device: Device): void;
  /** The first one where there was none: without a grant the browser gives it no name. */
  onFirst(input: Input, device: Device | undefined): void;
  onSpeakerLost(): void;
}

export class DeviceChoice {
  microphones = $state.raw<readonly Device[]>([]);
  cameras = $state.raw<readonly Device[]>([]);
  speakers = $state.raw<readonly Device[]>([]);
  #speakerId = $state('');
  #connected: Record<Input, boolean> = { microphone: false, camera: false };
  #events: DeviceChoiceEvents;
  #remembered: Preferences = loadPreferences();
  #devices = new Devices({ onChange: () => this.#onDevices() });

  constructor(events: DeviceChoiceEvents) {
    this.#events = events;
  }

  /** '' for the system's default, also while the remembered speaker is not connected. */
  get speakerId(): string {
    return this.#speakerId;
  }

  set speakerId(id: string) {
    this.#speakerId = id;
    this.#remember({ speakerId: id, speakerLabel: labelOf(this.speakers, id) });
    // Firefox lists a speaker only after selectAudioOutput() has named it.
    void this.refresh();
  }

  /** What was chosen last, here or on an earlier visit. */
  wish(input: Input): Device {
    return { id: this.#remembered[`${input}Id` as const], label: this.#remembered[`${input}Label` as const] };
  }

  choose(input: Input, id: string): void {
    const label = labelOf(this.#list(input), id);
    if (input === 'microphone') this.#remember({ microphoneId: id, microphoneLabel: label });
    else this.#remember({ cameraId: id, cameraLabel: label });
  }

  /** The wished device as it is listed now, perhaps under a new id. */
  find(input: Input): Device | undefined {
    const { id, label } = this.wish(input);
    return chosenDevice(this.#list(input), id, label);
  }

  refresh(): Promise<void> {
    return this.#devices.refresh();
  }

  close(): void {
    this.#devices.close();
  }

  #onDevices(): void {
    const connected = this.#connected;
    this.#connected = { microphone: this.#devices.connected('microphone'), camera: this.#devices.connected('camera') };
    const before = { microphone: this.microphones, camera: this.cameras, speakers: this.speakers };
    this.microphones = this.#devices.microphones;
    this.cameras = this.#devices.cameras;
    this.speakers = this.#devices.speakers;
    for (const input of INPUTS) {
      const fresh = pluggedIn(before[input], this.#list(input));
      if (fresh) this.#events.onPluggedIn(input, fresh);
      else if (!connected[input] && this.#connected[input]) this.#events.onFirst(input, this.#list(input)[0]);
    }
    this.#followSpeaker(before.speakers);
  }

  /** Back to the default when the speaker goes, and to the remembered one when it is there. */
  #followSpeaker(before: readonly Device[]): void {
    const used = (speaker: Device) => speaker.id === this.#speakerId;
    if (this.#speakerId !== '' && before.some(used) && !this.speakers.some(used)) {
      this.#speakerId = '';
      this.#events.onSpeakerLost();
    } else if (this.#speakerId === '' && this.#remembered.speakerId !== '') {
      const { speakerId, speakerLabel } = this.#remembered;
      this.#speakerId = chosenDevice(this.speakers, speakerId, speakerLabel)?.id ?? '';
    }
  }

  #list(input: Input): readonly Device[] {
    return this[`${input}s` as const];
  }

  #remember(change: Partial<Preferences>): void {
    this.#remembered = { ...this.#remembered, ...change };
    savePreferences(change);
  }
}

function labelOf(devices: readonly Device[], id: string): string {
  return devices.find((device) => device.id === id)?.label ?? '';
}
