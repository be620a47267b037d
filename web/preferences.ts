/**
 * What this browser remembers between visits: one JSON object in localStorage. Unreadable parts become their
 * defaults; where nothing can be stored (private windows, blocked storage) nothing is, and nothing throws.
 */
import * as v from 'valibot';
import { TEXT_LIMITS } from './protocol.ts';

const KEY = 'snug.preferences';

const Text = v.fallback(v.pipe(v.string(), v.maxLength(512)), '');
const on = v.fallback(v.boolean(), true);
const off = v.fallback(v.boolean(), false);

const Preferences = v.object({
  name: v.fallback(v.pipe(v.string(), v.trim(), v.maxLength(TEXT_LIMITS.name)), ''),
  /** Whether they were on when last touched. */
  microphone: on,
  camera: on,
  /** Ids rotate when a site's permissions are reset; the label then finds the device again. */
  microphoneId: Text,
  microphoneLabel: Text,
  cameraId: Text,
  cameraLabel: Text,
  speakerId: Text,
  speakerLabel: Text,
  hideAddress: off,
  shortcuts: on,
  sounds: on,
  theme: v.fallback(v.picklist(['system', 'light', 'dark']), 'system'),
  /** Off until asked for: a room's link holds its key. */
  rememberRooms: off,
});

export type Preferences = v.InferOutput<typeof Preferences>;

export function loadPreferences(): Preferences {
  const stored = v.safeParse(Preferences, read());
  return stored.success ? stored.output : v.parse(Preferences, {});
}

export function savePreferences(change: Partial<Preferences>): void {
  const next = { ...loadPreferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Full, blocked or absent: this visit goes on without memory.
  }
}

function read(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}');
  } catch {
    return {};
  }
}
