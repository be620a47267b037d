/**
 * Whether somebody speaks into another microphone than the one in use. Opens the others one after the other, for a moment
 * each, and only while asked to. Refuses to know why it is asked, and opens nothing that would open a prompt.
 */
import { mediaDevices, type Device } from '../media/devices.ts';
import { permissionOf } from '../media/permissions.ts';

/** Milliseconds that each is listened to: longer than a pause between two sentences mostly is. */
const LISTEN = 3_000;
/** Milliseconds from one round to the next: opening a headset's microphone changes how it sounds. */
const REST = 10_000;
/** Names under which Chromium lists a device a second time. */
const ALIASES = ['default', 'communications'];

export interface OtherMicrophonesOptions {
  /** All that are connected. */
  devices: () => readonly Device[];
  /** The one in use: its id and its label. */
  used: () => Device;
  /** True as soon as a voice is in `track`, false when none was within `milliseconds`. */
  hears: (track: MediaStreamTrack, milliseconds: number) => Promise<boolean>;
  onFound: (device: Device) => void;
}

export class OtherMicrophones {
  readonly #options: OtherMicrophonesOptions;
  #search: AbortController | undefined;

  constructor(options: OtherMicrophonesOptions) {
    this.#options = options;
  }

  /** Round after round, until one is found or stop(). */
  search(): void {
    if (this.#search) return;
    this.#search = new AbortController();
    void this.#round(this.#search.signal);
  }

  stop(): void {
    this.#search?.abort();
    this.#search = undefined;
  }

  async #round(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      // Firefox grants one device at a time; there only a lasting grant opens the next without a question.
      const granted = (await permissionOf('microphone')) === 'granted';
      for (const device of granted ? this.#others() : []) {
        if (signal.aborted) return;
        if (!(await this.#speaksInto(device, signal)) || signal.aborted) continue;
        this.stop();
        this.#options.onFound(device);
        return;
      }
      await rest(signal);
    }
  }

  #others(): readonly Device[] {
    const used = this.#options.used();
    // "Default - Jabra" is Jabra.
    return this.#options
      .devices()
      .filter(
        ({ id, label }) => !ALIASES.includes(id) && id !== used.id && !(label !== '' && used.label.endsWith(label)),
      );
  }

  async #speaksInto(device: Device, signal: AbortSignal): Promise<boolean> {
    const track = await open(device);
    if (track === undefined) return false;
    const stop = () => track.stop();
    signal.addEventListener('abort', stop);
    try {
      return !signal.aborted && (await this.#options.hears(track, LISTEN));
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }
}

async function open({ id }: Device): Promise<MediaStreamTrack | undefined> {
  try {
    const stream = await mediaDevices()?.getUserMedia({ audio: { deviceId: { exact: id } } });
    return stream?.getAudioTracks()[0];
  } catch {
    return undefined;
  }
}

function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, REST);
    signal.addEventListener('abort', () => (clearTimeout(timer), resolve()));
  });
}
