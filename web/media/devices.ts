/**
 * Which devices there are, and what it means when one cannot be had: the only place where a browser's error becomes
 * a DeviceProblem. Refuses to know tracks, texts and what was chosen.
 */
import { permissionOf, type Input } from './permissions.ts';

export type DeviceProblem =
  'denied' | 'dismissed' | 'denied-by-system' | 'missing' | 'busy' | 'insecure' | 'unsupported' | 'failed';

export interface Device {
  id: string;
  label: string;
}

/** What the browser calls its choices that follow the system's (Chromium); they never come or go with a plug. */
const ALIASES: readonly string[] = ['default', 'communications'];

export class Devices {
  #microphones: readonly Device[] = [];
  #cameras: readonly Device[] = [];
  #speakers: readonly Device[] = [];
  #connected: Record<Input, boolean> = { microphone: false, camera: false };
  #onChange: () => void;
  #latest: Promise<void> = Promise.resolve();
  #abort = new AbortController();

  constructor({ onChange }: { onChange: () => void }) {
    this.#onChange = onChange;
    mediaDevices()?.addEventListener('devicechange', () => void this.refresh(), { signal: this.#abort.signal });
  }

  /** Empty until the browser gives ids, which it does after a grant. */
  get microphones(): readonly Device[] {
    return this.#microphones;
  }

  get cameras(): readonly Device[] {
    return this.#cameras;
  }

  get speakers(): readonly Device[] {
    return this.#speakers;
  }

  /** Whether there is one at all; known before a grant too. */
  connected(input: Input): boolean {
    return this.#connected[input];
  }

  /** Never rejects. Resolves when the lists are those of the latest call. */
  refresh(): Promise<void> {
    const refresh = this.#refresh(() => refresh === this.#latest);
    this.#latest = refresh;
    return refresh;
  }

  close(): void {
    this.#abort.abort();
  }

  async #refresh(isLatest: () => boolean): Promise<void> {
    const found = await enumerate();
    if (this.#abort.signal.aborted) return;
    if (!isLatest()) return await this.#latest;
    this.#microphones = named(found, 'audioinput');
    this.#cameras = named(found, 'videoinput');
    this.#speakers = named(found, 'audiooutput');
    this.#connected = {
      microphone: found.some((device) => device.kind === 'audioinput'),
      camera: found.some((device) => device.kind === 'videoinput'),
    };
    this.#onChange();
  }
}

/** Turns what getUserMedia threw into a problem. A refusal's three kinds differ in message and permission only. */
export async function problemOf(error: unknown, input: Input): Promise<DeviceProblem> {
  if (mediaDevices() === undefined) return globalThis.isSecureContext ? 'unsupported' : 'insecure';
  switch (nameOf(error)) {
    case 'NotAllowedError':
      return await refusalOf(error, input);
    case 'NotFoundError':
      return 'missing';
    case 'NotReadableError':
    case 'AbortError':
      return 'busy';
    case 'SecurityError':
      return globalThis.isSecureContext ? 'failed' : 'insecure';
    default:
      return 'failed';
  }
}

/** Undefined on insecure pages and in some in-app browsers, whatever the DOM's types promise. */
export function mediaDevices(): MediaDevices | undefined {
  return navigator.mediaDevices;
}

export function nameOf(error: unknown): string {
  // Not every browser's OverconstrainedError is an Error.
  return typeof error === 'object' && error !== null && 'name' in error && typeof error.name === 'string'
    ? error.name
    : '';
}

/** Chromium says "Permission denied by system" when macOS or Windows refuses; elsewhere the grant gives it away. */
export function bySystem(error: unknown): boolean {
  return error instanceof Error && /system/i.test(error.message);
}

/** The device that was chosen: by id, or by label because ids rotate when a site's permissions are reset. */
export function chosenDevice(devices: readonly Device[], id: string, label: string): Device | undefined {
  return (
    devices.find((device) => device.id === id) ??
    devices.find((device) => label !== '' && device.label === label && !ALIASES.includes(device.id))
  );
}

/** The device that was plugged in between two lists. An unknown `before` and rotated ids bring nothing new. */
export function pluggedIn(before: readonly Device[], now: readonly Device[]): Device | undefined {
  if (before.length === 0) return undefined;
  const gone = before.filter((old) => !now.some((device) => device.id === old.id));
  return now.find(
    (device) =>
      !ALIASES.includes(device.id) &&
      !before.some((old) => old.id === device.id) &&
      !gone.some((old) => old.label === device.label),
  );
}

async function refusalOf(error: unknown, input: Input): Promise<DeviceProblem> {
  if (bySystem(error)) return 'denied-by-system';
  switch (await permissionOf(input)) {
    case 'prompt':
      return 'dismissed';
    case 'granted':
      return 'denied-by-system';
    case 'denied':
    case 'unknown':
      return 'denied';
  }
}

async function enumerate(): Promise<readonly MediaDeviceInfo[]> {
  try {
    return (await mediaDevices()?.enumerateDevices()) ?? [];
  } catch {
    return [];
  }
}

function named(found: readonly MediaDeviceInfo[], kind: MediaDeviceKind): readonly Device[] {
  return found
    .filter((device) => device.kind === kind && device.deviceId !== '')
    .map((device) => ({ id: device.deviceId, label: device.label }));
}
