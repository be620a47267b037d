/** Someone with a built-in microphone, a front camera and speakers, in the fake browser. */
import { vi } from 'vitest';
import type { NewNotice } from '../../web/notices.svelte.ts';
import { Self } from '../../web/self.svelte.ts';
import { install, type FakeMedia } from './fake-media.ts';

export function equip(): FakeMedia {
  const media = install();
  media.plug('audioinput', 'Built-in');
  media.plug('videoinput', 'Front');
  media.plug('audiooutput', 'Speakers');
  return media;
}

export function someone() {
  const notices: NewNotice[] = [];
  const onTrack = vi.fn();
  const onState = vi.fn();
  const self = new Self({ onTrack, onState, onNotice: (notice) => notices.push(notice) });
  return { self, notices, onTrack, onState, texts: () => notices.map((notice) => notice.text) };
}

export async function inPreview() {
  const person = someone();
  await person.self.openPreview();
  await settle();
  return person;
}

/** Lets everything that only waits for promises happen; the clock is a fake one. */
export async function settle(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
