/** A device's problem in words a friend would use, with what helps in this browser. Refuses to know devices. */
import * as m from '../../i18n/generated/messages.js';
import type { DeviceProblem } from '../devices.ts';

export type Browser = 'chrome' | 'android' | 'firefox' | 'safari' | 'ios';
export type System = 'mac' | 'windows' | 'other';

export interface Words {
  readonly title: string;
  readonly hint: string;
  /** What the button says; undefined where trying again cannot help. */
  readonly action: string | undefined;
}

/** iOS first: every browser there is Safari inside, and iPads call themselves Macs (with touch). */
export function browserOf(agent: string, touch: boolean): Browser {
  if (/iPhone|iPad|iPod/.test(agent) || (/Macintosh/.test(agent) && touch)) return 'ios';
  if (/Firefox/.test(agent)) return 'firefox';
  if (/Android/.test(agent)) return 'android';
  if (/Chrome|Chromium|Edg/.test(agent)) return 'chrome';
  return /Safari/.test(agent) ? 'safari' : 'chrome';
}

export function systemOf(agent: string): System {
  if (/Macintosh/.test(agent)) return 'mac';
  return /Windows/.test(agent) ? 'windows' : 'other';
}

export function wordsFor(
  kind: 'microphone' | 'camera',
  problem: DeviceProblem,
  browser: Browser,
  system: System,
): Words {
  const microphone = kind === 'microphone';
  switch (problem) {
    case 'denied':
      return {
        title: microphone ? m.problem_denied_microphone() : m.problem_denied_camera(),
        hint: deniedHint(browser),
        action: m.problem_retry(),
      };
    case 'dismissed':
      return { title: m.problem_dismissed(), hint: m.problem_dismissed_hint(), action: m.problem_ask_again() };
    case 'denied-by-system':
      return {
        title: microphone ? m.problem_system_microphone() : m.problem_system_camera(),
        hint: systemHint(system),
        action: m.problem_retry(),
      };
    case 'missing':
      return {
        title: microphone ? m.problem_missing_microphone() : m.problem_missing_camera(),
        hint: m.problem_missing_hint(),
        action: undefined,
      };
    case 'busy':
      return {
        title: microphone ? m.problem_busy_microphone() : m.problem_busy_camera(),
        hint: m.problem_busy_hint(),
        action: m.problem_retry(),
      };
    case 'insecure':
      return { title: m.problem_insecure(), hint: m.problem_insecure_hint(), action: undefined };
    case 'unsupported':
      return { title: m.problem_unsupported(), hint: m.problem_unsupported_hint(), action: undefined };
    case 'failed':
      return {
        title: microphone ? m.problem_failed_microphone() : m.problem_failed_camera(),
        hint: m.problem_failed_hint(),
        action: m.problem_retry(),
      };
  }
}

function deniedHint(browser: Browser): string {
  switch (browser) {
    case 'firefox':
      return m.problem_denied_firefox();
    case 'safari':
      return m.problem_denied_safari();
    case 'ios':
      return m.problem_denied_ios();
    case 'android':
      return m.problem_denied_android();
    case 'chrome':
      return m.problem_denied_chrome();
  }
}

function systemHint(system: System): string {
  switch (system) {
    case 'mac':
      return m.problem_system_mac();
    case 'windows':
      return m.problem_system_windows();
    case 'other':
      return m.problem_system_other();
  }
}
