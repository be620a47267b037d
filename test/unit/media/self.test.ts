import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPreferences, savePreferences } from '../../../web/preferences.ts';
import type { FakeMedia } from '../../support/fake-media.ts';
import { equip, inPreview, settle, someone } from '../../support/someone.ts';

let media: FakeMedia;

beforeEach(() => {
  vi.useFakeTimers();
  media = equip();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function permit(microphone: 'granted' | 'prompt' | 'denied', camera: 'granted' | 'prompt' | 'denied'): void {
  media.statuses.microphone.state = microphone;
  media.statuses.camera.state = camera;
}

describe('the preview', () => {
  it('brings microphone and camera, their lists and their tracks', async () => {
    permit('prompt', 'prompt');
    const { self, onTrack } = someone();
    const opening = self.openPreview();
    await settle();
    await opening;
    await settle();
    expect([self.microphone, self.camera, self.permission]).toEqual(['on', 'on', 'granted']);
    expect(media.prompts).toBe(1);
    expect(self.microphones).toEqual([{ id: 'id of Built-in', label: 'Built-in' }]);
    expect(self.cameras).toEqual([{ id: 'id of Front', label: 'Front' }]);
    expect(self.speakers).toEqual([{ id: 'id of Speakers', label: 'Speakers' }]);
    expect([self.microphoneId, self.cameraId]).toEqual(['id of Built-in', 'id of Front']);
    expect(onTrack.mock.calls).toEqual([
      ['microphone', self.microphoneTrack],
      ['camera', self.cameraTrack],
    ]);
  });

  it('leaves off what was off last time, without a prompt', async () => {
    permit('prompt', 'prompt');
    savePreferences({ microphone: false, camera: false });
    const { self } = await inPreview();
    expect([self.microphone, self.camera]).toEqual(['off', 'off']);
    expect(media.asked).toEqual([]);
  });

  it('captures a microphone that was muted last time muted, if that opens no prompt', async () => {
    savePreferences({ microphone: false, camera: false });
    const { self } = await inPreview();
    expect(self.microphone).toBe('muted');
    expect(self.microphoneTrack?.enabled).toBe(false);
    expect(self.source.captured?.enabled).toBe(true);
  });

  it('[54] goes on without what is denied, and takes it when it is allowed', async () => {
    permit('granted', 'denied');
    const { self } = await inPreview();
    expect([self.microphone, self.camera, self.cameraProblem]).toEqual(['on', 'off', 'denied']);
    media.setPermission('camera', 'granted');
    await settle();
    expect([self.camera, self.cameraProblem]).toEqual(['on', undefined]);
  });

  it('[54] goes on with neither', async () => {
    permit('denied', 'denied');
    const { self } = await inPreview();
    expect([self.microphoneProblem, self.cameraProblem, self.permission]).toEqual(['denied', 'denied', 'denied']);
  });

  it('asks again for what has a problem and for nothing else', async () => {
    permit('prompt', 'prompt');
    media.reply = 'dismiss';
    const { self } = await inPreview();
    expect([self.microphoneProblem, self.cameraProblem]).toEqual(['dismissed', 'dismissed']);
    media.reply = 'allow';
    await self.retry();
    expect([self.microphone, self.camera]).toEqual(['on', 'on']);
    expect(media.prompts).toBe(2);
    await self.retry();
    expect(media.asked).toHaveLength(2);
  });

  it('[55] goes on without a camera that is missing, and offers the one that is plugged in', async () => {
    media.unplug('Front');
    const { self, notices } = await inPreview();
    expect([self.microphone, self.camera, self.cameraProblem]).toEqual(['on', 'off', 'missing']);
    media.plug('videoinput', 'Studio');
    await settle();
    expect(self.camera).toBe('off');
    expect(notices.map((notice) => notice.text)).toEqual(['New camera: Studio. Use it?']);
    notices[0]?.action?.run();
    await settle();
    expect([self.camera, self.cameraProblem]).toEqual(['on', undefined]);
  });

  it('[56] says that the camera is busy, and retry takes it', async () => {
    const [, front] = media.devices;
    if (front) front.busy = true;
    const { self } = await inPreview();
    expect([self.microphone, self.cameraProblem]).toEqual(['on', 'busy']);
    if (front) front.busy = false;
    await self.retry();
    expect(self.camera).toBe('on');
  });

  it('[57] takes the default for a saved device that is gone, and says so', async () => {
    savePreferences({ microphoneId: 'gone', microphoneLabel: 'Jabra' });
    const { self, texts } = await inPreview();
    expect([self.microphone, self.microphoneId]).toEqual(['on', 'id of Built-in']);
    expect(texts()).toEqual(['Jabra is not connected. Using Built-in.']);
  });

  it('finds a saved device again by its label when its id has changed', async () => {
    media.plug('audioinput', 'Jabra', 'new id');
    savePreferences({ microphoneId: 'old id', microphoneLabel: 'Jabra' });
    const { self, texts } = await inPreview();
    expect([self.microphoneId, loadPreferences().microphoneId]).toEqual(['new id', 'new id']);
    expect(media.live('audio').map((track) => track.label)).toEqual(['Jabra', 'Jabra']);
    expect(texts()).toEqual([]);
  });

  it('[58] points at a prompt that nobody answers, once, after 10 s', async () => {
    permit('prompt', 'prompt');
    media.reply = 'ignore';
    const { self, texts } = someone();
    void self.openPreview();
    await vi.advanceTimersByTimeAsync(9_999);
    expect([self.microphone, self.camera, texts().length]).toEqual(['starting', 'starting', 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(texts()).toEqual([expect.stringMatching(/asking for permission/)]);
    self.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the speaker', () => {
  it('[65] goes back to the default when it vanishes, and back when it returns', async () => {
    media.plug('audiooutput', 'Headset');
    const { self, texts } = await inPreview();
    self.speakerId = 'id of Headset';
    await settle();
    expect(self.speakerId).toBe('id of Headset');
    media.unplug('Headset');
    await settle();
    expect(self.speakerId).toBe('');
    expect(texts()).toEqual(['Speaker disconnected. Using the system’s default.']);
    media.plug('audiooutput', 'Headset');
    await settle();
    expect(self.speakerId).toBe('id of Headset');
  });

  it('is the remembered one once that is listed', async () => {
    savePreferences({ speakerId: 'id of Speakers', speakerLabel: 'Speakers' });
    const { self } = someone();
    expect(self.speakerId).toBe('');
    await self.openPreview();
    await settle();
    expect(self.speakerId).toBe('id of Speakers');
  });
});

describe('the name', () => {
  it('is kept as typed, remembered trimmed, and never longer than 64', () => {
    const { self, onState } = someone();
    self.name = 'Ana ';
    expect([self.name, loadPreferences().name]).toEqual(['Ana ', 'Ana']);
    self.name = 'Ana';
    expect(onState).toHaveBeenCalledTimes(1);
    self.name = `${'x'.repeat(63)}😀`;
    expect(self.name).toBe('x'.repeat(63));
  });
});

describe('close', () => {
  it('stops every track, also those that are still on their way, and leaves no timer', async () => {
    const { self } = await inPreview();
    const late = someone().self;
    media.held = true;
    const opening = late.openPreview();
    await settle();
    self.close();
    late.close();
    media.release();
    await opening;
    expect([...media.live('audio'), ...media.live('video')]).toEqual([]);
    expect(media.tracks.length).toBeGreaterThan(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});
