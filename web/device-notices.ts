/**
 * What to say about devices that come, go and fail. Pure: incident in, notice out.
 */
import type { ScreenOutcome } from './media/screen.ts';
import type { Incident } from './media/inputs.ts';
import type { Input } from './media/permissions.ts';
import type { NewNotice } from './notices.svelte.ts';
import * as m from './i18n/generated/messages.js';

/** `wished` is the label of the device that was wanted. */
export function noticeOf(incident: Incident, wished: string): NewNotice | undefined {
  switch (incident.type) {
    case 'switched':
      return { text: SWITCHED[incident.input]({ name: incident.to }), kind: 'assertive' };
    case 'lost':
      return {
        text: incident.problem === 'denied' ? BLOCKED[incident.input]() : LOST[incident.input](),
        kind: 'assertive',
      };
    case 'substituted':
      return wished === '' ? undefined : { text: m.device_substituted({ name: wished, current: incident.to }) };
    case 'kept':
      return { text: wished === '' ? m.device_unusable_unnamed() : m.device_unusable({ name: wished }) };
    case 'unanswered':
      return { text: m.device_prompt_unanswered(), seconds: 12 };
    case 'silenced':
      // Said for as long as it lasts, by the coach.
      return undefined;
  }
}

/** An offer, never a jump: the device in use stays until `run`. */
export function offerOf(input: Input, label: string, run: () => void): NewNotice {
  const text = label === '' ? NEW_UNNAMED[input]() : NEW[input]({ name: label });
  return { text, action: { label: m.device_use(), run } };
}

export function speakerLostNotice(): NewNotice {
  return { text: m.device_speaker_lost() };
}

export function screenNoticeOf(outcome: ScreenOutcome, silent: boolean): NewNotice | undefined {
  switch (outcome) {
    case 'on':
      return silent ? { text: m.screen_without_audio() } : undefined;
    case 'cancelled':
      return undefined;
    case 'denied-by-system':
      return { text: m.screen_denied_by_system(), kind: 'assertive', seconds: 12 };
    case 'failed':
      return { text: m.screen_failed(), kind: 'assertive' };
  }
}

const SWITCHED = { microphone: m.device_microphone_switched, camera: m.device_camera_switched };
const LOST = { microphone: m.device_microphone_lost, camera: m.device_camera_lost };
const BLOCKED = { microphone: m.device_microphone_blocked, camera: m.device_camera_blocked };
const NEW = { microphone: m.device_microphone_new, camera: m.device_camera_new };
const NEW_UNNAMED = { microphone: m.device_microphone_new_unnamed, camera: m.device_camera_new_unnamed };
