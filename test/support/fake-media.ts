/**
 * A browser's devices, permissions and pickers, as truthful as the tests need: what the specifications (Media Capture
 * and Streams, Screen Capture, Permissions) say about ids before a grant, clones, stop() without `ended`, `ended` by
 * the system only, exact and ideal constraints. install() puts them in Node's globals.
 */
import { vi } from 'vitest';

type Kind = 'audioinput' | 'videoinput' | 'audiooutput';
type Name = 'microphone' | 'camera';
type State = 'granted' | 'prompt' | 'denied';
/** What the person does with the prompt. */
type Reply = 'allow' | 'block' | 'dismiss' | 'ignore';

export interface FakeDevice {
  deviceId: string;
  kind: Kind;
  label: string;
  groupId: string;
  busy: boolean;
}

export class FakeTrack extends EventTarget {
  readonly id = crypto.randomUUID();
  enabled = true;
  muted = false;
  contentHint = '';
  readyState: 'live' | 'ended' = 'live';
  readonly kind: 'audio' | 'video';
  readonly label: string;
  readonly deviceId: string | undefined;
  #born: FakeTrack[];

  constructor(kind: 'audio' | 'video', source: { label: string; deviceId?: string }, born: FakeTrack[]) {
    super();
    this.kind = kind;
    this.label = source.label;
    this.deviceId = source.deviceId;
    this.#born = born;
    born.push(this);
  }

  getSettings(): MediaTrackSettings {
    return this.deviceId === undefined ? {} : { deviceId: this.deviceId };
  }

  /** A clone shares its source and nothing else. */
  clone(): FakeTrack {
    const source = { label: this.label, ...(this.deviceId !== undefined && { deviceId: this.deviceId }) };
    const clone = new FakeTrack(this.kind, source, this.#born);
    clone.enabled = this.enabled;
    clone.readyState = this.readyState;
    return clone;
  }

  /** Fires no `ended`: only the system's end does. */
  stop(): void {
    this.readyState = 'ended';
  }

  /** The system ends it: unplugged, revoked, "Stop sharing". */
  end(): void {
    if (this.readyState === 'ended') return;
    this.readyState = 'ended';
    this.dispatchEvent(new Event('ended'));
  }

  setMuted(muted: boolean): void {
    this.muted = muted;
    this.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
  }
}

class FakeStream {
  readonly #tracks: FakeTrack[];
  constructor(tracks: FakeTrack[] = []) {
    this.#tracks = tracks;
  }
  getTracks = () => [...this.#tracks];
  getAudioTracks = () => this.#tracks.filter((track) => track.kind === 'audio');
  getVideoTracks = () => this.#tracks.filter((track) => track.kind === 'video');
}

class FakePermissionStatus extends EventTarget {
  state: State;
  constructor(state: State) {
    super();
    this.state = state;
  }
}

export class FakeMedia extends EventTarget {
  devices: FakeDevice[] = [];
  reply: Reply = 'allow';
  /** Every constraint that getUserMedia was called with. */
  readonly asked: MediaStreamConstraints[] = [];
  readonly askedDisplay: unknown[] = [];
  readonly tracks: FakeTrack[] = [];
  /** Prompts that were opened. */
  prompts = 0;
  /** Whether navigator.permissions knows these names; Firefox before 131 throws. */
  permissionsKnown = true;
  display: 'video' | 'video and audio' | DOMException = 'video';
  contexts: FakeAudioContext[] = [];
  contextState: AudioContextState = 'running';
  /** The samples that every analyser reads. */
  sample = 0;
  readonly statuses = { microphone: new FakePermissionStatus('granted'), camera: new FakePermissionStatus('granted') };
  #waiting: (() => void)[] = [];
  /** Holds every answer of getUserMedia and getDisplayMedia back until release(). */
  held = false;

  plug(kind: Kind, label: string, deviceId = `id of ${label}`): FakeDevice {
    const device = { deviceId, kind, label, groupId: '', busy: false };
    this.devices.push(device);
    this.dispatchEvent(new Event('devicechange'));
    return device;
  }

  unplug(label: string): void {
    this.devices = this.devices.filter((device) => device.label !== label);
    for (const track of this.tracks.filter((each) => each.label === label)) track.end();
    this.dispatchEvent(new Event('devicechange'));
  }

  setPermission(name: Name, state: State): void {
    this.statuses[name].state = state;
    const kind = name === 'microphone' ? 'audio' : 'video';
    if (state !== 'granted') for (const track of this.tracks) if (track.kind === kind) track.end();
    this.statuses[name].dispatchEvent(new Event('change'));
  }

  release(): void {
    this.held = false;
    for (const answer of this.#waiting.splice(0)) answer();
  }

  live(kind: 'audio' | 'video'): FakeTrack[] {
    return this.tracks.filter((track) => track.kind === kind && track.readyState === 'live');
  }

  /** Ids and labels are empty until a kind is granted. */
  async enumerateDevices(): Promise<FakeDevice[]> {
    await Promise.resolve();
    return this.devices.map((device) => {
      const name = device.kind === 'videoinput' ? 'camera' : 'microphone';
      return this.statuses[name].state === 'granted' ? { ...device } : { ...device, deviceId: '', label: '' };
    });
  }

  async getUserMedia(constraints: MediaStreamConstraints): Promise<FakeStream> {
    this.asked.push(constraints);
    const names: Name[] = [];
    if (constraints.audio) names.push('microphone');
    if (constraints.video) names.push('camera');
    // The order of the specification: candidates first, then permission, then the hardware.
    const found = new Map(names.map((name) => [name, this.#candidate(name, constraints)]));
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await this.#permit(names);
    for (const device of found.values())
      if (device.busy) throw new DOMException('Could not start source', 'NotReadableError');
    return new FakeStream(
      [...found].map(([name, device]) => new FakeTrack(name === 'microphone' ? 'audio' : 'video', device, this.tracks)),
    );
  }

  async getDisplayMedia(options: unknown): Promise<FakeStream> {
    this.askedDisplay.push(options);
    if (this.held) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    await Promise.resolve();
    if (typeof this.display !== 'string') throw this.display;
    const tracks = [new FakeTrack('video', { label: 'screen' }, this.tracks)];
    if (this.display === 'video and audio') tracks.push(new FakeTrack('audio', { label: 'sound' }, this.tracks));
    return new FakeStream(tracks);
  }

  query(name: string): Promise<FakePermissionStatus> {
    if (!this.permissionsKnown || (name !== 'microphone' && name !== 'camera'))
      return Promise.reject(new TypeError(`'${name}' is not a valid value for enumeration PermissionName`));
    return Promise.resolve(this.statuses[name]);
  }

  #candidate(name: Name, constraints: MediaStreamConstraints): FakeDevice {
    const kind = name === 'microphone' ? 'audioinput' : 'videoinput';
    const all = this.devices.filter((device) => device.kind === kind);
    const [first] = all;
    if (first === undefined) throw new DOMException('Requested device not found', 'NotFoundError');
    const wanted = name === 'microphone' ? constraints.audio : constraints.video;
    const id = typeof wanted === 'object' ? wanted.deviceId : undefined;
    if (typeof id !== 'object' || Array.isArray(id)) return first;
    const exact = all.find((device) => device.deviceId === id.exact);
    // As in Chromium it is an object with a name, and no DOMException.
    if (id.exact !== undefined && exact === undefined) throw new FakeOverconstrainedError();
    return exact ?? all.find((device) => device.deviceId === id.ideal) ?? first;
  }

  async #permit(names: Name[]): Promise<void> {
    await Promise.resolve();
    const states = names.map((name) => this.statuses[name].state);
    if (states.includes('denied')) throw new DOMException('Permission denied', 'NotAllowedError');
    if (!states.includes('prompt')) return;
    this.prompts += 1;
    if (this.reply === 'ignore') await new Promise(() => undefined);
    if (this.reply === 'dismiss') throw new DOMException('Permission dismissed', 'NotAllowedError');
    for (const name of names) this.setPermission(name, this.reply === 'allow' ? 'granted' : 'denied');
    if (this.reply === 'block') throw new DOMException('Permission denied', 'NotAllowedError');
  }
}

class FakeOverconstrainedError {
  readonly name = 'OverconstrainedError';
  readonly constraint = 'deviceId';
}

export class FakeAudioContext {
  state: AudioContextState;
  resumes = 0;
  constructor(media: FakeMedia) {
    this.state = media.contextState;
    media.contexts.push(this);
  }
  /** Never settles while the system gives no audio device, as in Firefox. */
  resume(): Promise<void> {
    this.resumes += 1;
    return this.state === 'running' ? Promise.resolve() : new Promise(() => undefined);
  }
  close(): Promise<void> {
    this.state = 'closed';
    return Promise.resolve();
  }
}

/** Puts a browser without a DOM into Node's globals; vi.unstubAllGlobals() takes it out again. */
export function install({ secure = true, devices = true, chromium = true } = {}): FakeMedia {
  const media = new FakeMedia();
  vi.stubGlobal('isSecureContext', secure);
  vi.stubGlobal('window', globalThis);
  vi.stubGlobal('document', Object.assign(new EventTarget(), { cookie: '' }));
  vi.stubGlobal('navigator', {
    ...(devices && { mediaDevices: media }),
    ...(chromium && { userAgentData: {} }),
    permissions: { query: ({ name }: { name: string }) => media.query(name) },
  });
  vi.stubGlobal('MediaStream', FakeStream);
  vi.stubGlobal(
    'AudioContext',
    class extends FakeAudioContext {
      constructor() {
        super(media);
      }
    },
  );
  vi.stubGlobal(
    'AnalyserNode',
    class {
      getFloatTimeDomainData(samples: Float32Array): void {
        samples.fill(media.sample);
      }
    },
  );
  vi.stubGlobal(
    'MediaStreamAudioSourceNode',
    class {
      connect(): void {}
      disconnect(): void {}
    },
  );
  installStorage();
  return media;
}

export function installStorage(): Map<string, string> {
  const stored = new Map<string, string>();
  vi.stubGlobal('localStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => void stored.set(key, value),
  });
  return stored;
}
