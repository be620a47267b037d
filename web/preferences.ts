/**
 * What this browser remembers between visits: one JSON object in localStorage. Unreadable parts become their
 * defaults; where nothing can be stored (private windows, blocked storage) nothing is, and nothing throws.
 * Checked by hand: this is part of the start page, whose 25 kB (brotli) have no room for 3 kB of schema library.
 */
const KEY = 'snug.preferences';

/** Characters of a device's id or label, and of a name (TEXT_LIMITS.name of the protocol). */
const LONGEST = 512;
const LONGEST_NAME = 64;

export interface Preferences {
  name: string;
  /** Whether they were on when last touched. */
  microphone: boolean;
  camera: boolean;
  /** Ids rotate when a site's permissions are reset; the label then finds the device again. */
  microphoneId: string;
  microphoneLabel: string;
  cameraId: string;
  cameraLabel: string;
  speakerId: string;
  speakerLabel: string;
  hideAddress: boolean;
  shortcuts: boolean;
  sounds: boolean;
  theme: 'system' | 'light' | 'dark';
  /** Whether a muted microphone is stopped, so that its light goes out and nothing can listen. */
  releaseMuted: boolean;
  /** RNNoise over what is sent; and the opposite, sound as it is, for music. */
  suppressNoise: boolean;
  originalSound: boolean;
  /** Hints of the coach that are not wanted (web/coach/topics.ts). */
  coachOff: readonly string[];
  /** Off until asked for: a room's link holds its key. */
  rememberRooms: boolean;
}

export function loadPreferences(): Preferences {
  const stored = read();
  const text = (key: keyof Preferences, longest = LONGEST): string => {
    const value = stored.get(key);
    const trimmed = typeof value === 'string' ? value.trim() : '';
    return trimmed.length <= longest ? trimmed : '';
  };
  const flag = (key: keyof Preferences, otherwise: boolean): boolean => {
    const value = stored.get(key);
    return typeof value === 'boolean' ? value : otherwise;
  };
  const theme = stored.get('theme');
  return {
    name: text('name', LONGEST_NAME),
    microphone: flag('microphone', true),
    camera: flag('camera', true),
    microphoneId: text('microphoneId'),
    microphoneLabel: text('microphoneLabel'),
    cameraId: text('cameraId'),
    cameraLabel: text('cameraLabel'),
    speakerId: text('speakerId'),
    speakerLabel: text('speakerLabel'),
    hideAddress: flag('hideAddress', false),
    shortcuts: flag('shortcuts', true),
    sounds: flag('sounds', true),
    theme: theme === 'light' || theme === 'dark' ? theme : 'system',
    releaseMuted: flag('releaseMuted', false),
    suppressNoise: flag('suppressNoise', false),
    originalSound: flag('originalSound', false),
    coachOff: words(stored.get('coachOff')),
    rememberRooms: flag('rememberRooms', false),
  };
}

export function savePreferences(change: Partial<Preferences>): void {
  const next = { ...loadPreferences(), ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Full, blocked or absent: this visit goes on without memory.
  }
}

/** A short list of short words; anything else is none. */
function words(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : [];
  return list
    .filter((word) => typeof word === 'string')
    .filter((word) => word.length <= 32)
    .slice(0, 32);
}

function read(): ReadonlyMap<string, unknown> {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return new Map(typeof stored === 'object' && stored !== null ? Object.entries(stored) : []);
  } catch {
    return new Map();
  }
}
