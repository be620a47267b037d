/**
 * Every keyboard shortcut: one table for the listener, the tooltips and the help dialog.
 * Refuses to know what an action does.
 */
import { tinykeys } from 'tinykeys';
import * as m from '../i18n/generated/messages.js';

export type ShortcutAction =
  | 'microphone'
  | 'camera'
  | 'talk'
  | 'chat'
  | 'people'
  | 'hand'
  | 'share'
  | 'record'
  | 'fullscreen'
  | 'pin'
  | 'pin-self'
  | 'help'
  | 'dismiss';

export interface Shortcut {
  readonly action: ShortcutAction;
  readonly label: () => string;
  /** tinykeys notation. Letters by `KeyboardEvent.code` where Alt is held: macOS types another character then. */
  readonly keys: readonly string[];
  /** Without Ctrl, Cmd or Alt: these can be switched off (WCAG 2.1.4). */
  readonly single: boolean;
  /** How it is written; `Mod` is Ctrl, or ⌘ on a Mac. */
  readonly written: readonly string[];
}

export const SHORTCUTS: readonly Shortcut[] = [
  { action: 'microphone', label: m.microphone, keys: ['$mod+d'], single: false, written: ['Mod', 'D'] },
  { action: 'camera', label: m.camera, keys: ['$mod+e'], single: false, written: ['Mod', 'E'] },
  // Held, not pressed: coach/talk-key.ts listens.
  { action: 'talk', label: m.coach_talk, keys: [], single: true, written: ['Space'] },
  { action: 'chat', label: m.call_chat, keys: ['$mod+Alt+KeyC'], single: false, written: ['Mod', 'Alt', 'C'] },
  { action: 'people', label: m.call_people, keys: ['$mod+Alt+KeyP'], single: false, written: ['Mod', 'Alt', 'P'] },
  { action: 'hand', label: m.call_hand, keys: ['$mod+Alt+KeyH'], single: false, written: ['Mod', 'Alt', 'H'] },
  { action: 'share', label: m.call_share, keys: ['Alt+KeyS'], single: false, written: ['Alt', 'S'] },
  { action: 'record', label: m.more_record, keys: ['Alt+KeyR'], single: false, written: ['Alt', 'R'] },
  { action: 'fullscreen', label: m.shortcuts_fullscreen, keys: ['f'], single: true, written: ['F'] },
  {
    action: 'pin',
    label: m.shortcuts_pin,
    keys: ['1', '2', '3', '4', '5', '6', '7', '8', '9'],
    single: true,
    written: ['1–9'],
  },
  { action: 'pin-self', label: m.shortcuts_pin_self, keys: ['0'], single: true, written: ['0'] },
  { action: 'help', label: m.shortcuts_help, keys: ['[Shift]+?'], single: true, written: ['?'] },
  { action: 'dismiss', label: m.shortcuts_dismiss, keys: ['Escape'], single: false, written: ['Esc'] },
];

const MAC_GLYPHS: Record<string, string> = { Mod: '⌘', Alt: '⌥' };

/** As the keyboard before one is labelled. */
export function writtenKeys(shortcut: Shortcut, mac: boolean = isMac()): string[] {
  return shortcut.written.map((key) => (mac ? (MAC_GLYPHS[key] ?? key) : key === 'Mod' ? 'Ctrl' : key));
}

/** "Ctrl+D" or "⌘D", for a tooltip. */
export function keysOf(action: ShortcutAction): string {
  const shortcut = SHORTCUTS.find((entry) => entry.action === action);
  return shortcut ? writtenKeys(shortcut).join(isMac() ? '' : '+') : '';
}

/** Calls `run` for every shortcut until the returned function is called. `single`: whether single keys count right now. */
export function listen(run: (action: ShortcutAction, event: KeyboardEvent) => void, single: () => boolean): () => void {
  const handlers = SHORTCUTS.flatMap((shortcut) =>
    shortcut.keys.map((keys) => [
      keys,
      (event: KeyboardEvent) => {
        if (shortcut.single && !single()) return;
        if (shortcut.action !== 'dismiss') event.preventDefault();
        run(shortcut.action, event);
      },
    ]),
  );
  return tinykeys(window, Object.fromEntries(handlers), { ignore });
}

/** Held keys, composing text, fields, and whatever handles keys itself: menus, dialogs, popovers. */
export function ignore(event: KeyboardEvent): boolean {
  if (event.repeat || event.isComposing || event.defaultPrevented) return true;
  const target = event.target;
  if (!(target instanceof Element)) return false;
  // Escape leaves a field's panel; nothing else is taken from somebody who writes.
  const field = target.closest('input, textarea, select, [contenteditable]');
  if (field && event.key !== 'Escape') return true;
  return target.closest('[role="menu"], [role="dialog"], dialog') !== null;
}

function isMac(): boolean {
  return /Mac|iPhone|iPad/.test(navigator.userAgent);
}
