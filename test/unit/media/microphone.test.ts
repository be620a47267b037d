import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { loadPreferences, savePreferences } from '../../../web/preferences.ts';
import type { FakeMedia } from '../../support/fake-media.ts';
import { equip, inPreview, settle } from '../../support/someone.ts';

let media: FakeMedia;

beforeEach(() => {
  vi.useFakeTimers();
  media = equip();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the microphone', () => {
  it('is muted in the sent clone only, which stays the same', async () => {
    const { self, onTrack, onState } = await inPreview();
    const sent = self.microphoneTrack;
    expect(sent).not.toBe(self.source.captured);
    onTrack.mockClear();
    onState.mockClear();
    await self.toggleMicrophone();
    expect([self.microphone, sent?.enabled, self.source.captured?.enabled]).toEqual(['muted', false, true]);
    await self.toggleMicrophone();
    expect([self.microphone, sent?.enabled]).toEqual(['on', true]);
    expect(self.microphoneTrack).toBe(sent);
    expect(onTrack).not.toHaveBeenCalled();
    expect(onState).toHaveBeenCalledTimes(2);
  });

  it('stays muted over a change of device', async () => {
    media.plug('audioinput', 'Jabra');
    const { self } = await inPreview();
    await self.toggleMicrophone();
    await self.chooseMicrophone('id of Jabra');
    expect([self.microphone, self.microphoneTrack?.enabled, self.microphoneId]).toEqual([
      'muted',
      false,
      'id of Jabra',
    ]);
    expect(media.live('audio').map((track) => track.label)).toEqual(['Jabra', 'Jabra']);
  });

  it('goes on until the chosen one is there, and when that one does not work', async () => {
    const jabra = media.plug('audioinput', 'Jabra');
    jabra.busy = true;
    const { self, texts } = await inPreview();
    const sent = self.microphoneTrack;
    const choosing = self.chooseMicrophone('id of Jabra');
    expect([self.microphone, sent?.readyState]).toEqual(['on', 'live']);
    await choosing;
    expect([self.microphone, self.microphoneId, self.microphoneProblem]).toEqual(['on', 'id of Built-in', undefined]);
    expect(self.microphoneTrack).toBe(sent);
    expect(sent?.readyState).toBe('live');
    expect(texts()).toEqual(['Jabra can’t be used. Nothing was changed.']);
  });

  it('[59] hands over to the default within a second when it is unplugged, muted if it was, and says so', async () => {
    media.plug('audioinput', 'Jabra');
    savePreferences({ microphoneId: 'id of Jabra', microphoneLabel: 'Jabra' });
    const { self, notices, onState } = await inPreview();
    await self.toggleMicrophone();
    onState.mockClear();
    media.unplug('Jabra');
    await vi.advanceTimersByTimeAsync(1_000);
    expect([self.microphone, self.microphoneId]).toEqual(['muted', 'id of Built-in']);
    expect(self.microphoneTrack?.readyState).toBe('live');
    expect(self.microphoneTrack?.enabled).toBe(false);
    expect(notices).toEqual([{ text: 'Microphone disconnected. Switched to Built-in.', kind: 'assertive' }]);
    expect(onState).not.toHaveBeenCalled();
    expect(loadPreferences().microphoneId).toBe('id of Jabra');
  });

  it('[59] is off with its reason when there is nothing to hand over to', async () => {
    const { self, texts } = await inPreview();
    media.unplug('Built-in');
    await settle();
    expect([self.microphone, self.microphoneProblem, self.microphoneTrack]).toEqual(['off', 'missing', undefined]);
    expect(texts()).toEqual(['Microphone disconnected.']);
  });

  it('[60] is offered when plugged in, and used only after a yes', async () => {
    const { self, notices } = await inPreview();
    media.plug('audioinput', 'Jabra');
    await settle();
    expect(self.microphoneId).toBe('id of Built-in');
    expect(notices.map((notice) => notice.text)).toEqual(['New microphone: Jabra. Use it?']);
    notices[0]?.action?.run();
    await settle();
    expect([self.microphoneId, loadPreferences().microphoneLabel]).toEqual(['id of Jabra', 'Jabra']);
  });

  it('[61] is known to be muted by the system after 2 s, not for a short switch-over', async () => {
    const { self } = await inPreview();
    const [captured] = media.live('audio');
    captured?.setMuted(true);
    await vi.advanceTimersByTimeAsync(1_900);
    captured?.setMuted(false);
    await vi.advanceTimersByTimeAsync(5_000);
    expect(self.microphoneSilenced).toBe(false);
    captured?.setMuted(true);
    await vi.advanceTimersByTimeAsync(2_000);
    expect(self.microphoneSilenced).toBe(true);
    captured?.setMuted(false);
    expect(self.microphoneSilenced).toBe(false);
  });

  it('is heard while a key is held, and 200 ms longer, muted for the others before and after', async () => {
    const { self, onState } = await inPreview();
    self.source.talk();
    self.source.hush();
    await vi.advanceTimersByTimeAsync(1_000);
    expect([self.microphone, self.source.talking]).toEqual(['on', false]);
    await self.toggleMicrophone();
    onState.mockClear();
    self.source.talk();
    expect([self.microphone, self.microphoneTrack?.enabled, onState.mock.calls.length]).toEqual(['on', true, 1]);
    self.source.hush();
    await vi.advanceTimersByTimeAsync(190);
    expect(self.microphoneTrack?.enabled).toBe(true);
    await vi.advanceTimersByTimeAsync(10);
    expect([self.microphone, self.microphoneTrack?.enabled, onState.mock.calls.length]).toEqual(['muted', false, 2]);
    expect(loadPreferences().microphone).toBe(false);
  });

  it('stays on when the key comes again before the tail is out, or when it is unmuted meanwhile', async () => {
    const { self } = await inPreview();
    await self.toggleMicrophone();
    self.source.talk();
    self.source.hush();
    await vi.advanceTimersByTimeAsync(100);
    self.source.talk();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(self.microphoneTrack?.enabled).toBe(true);
    self.source.hush();
    self.source.unmute();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(self.microphoneTrack?.enabled).toBe(true);
  });

  it('is let go when muted, if so wished, and captured again to talk', async () => {
    savePreferences({ releaseMuted: true });
    const { self } = await inPreview();
    await self.toggleMicrophone();
    expect([self.microphone, media.live('audio').length]).toEqual(['muted', 0]);
    self.source.talk();
    await settle();
    expect([self.microphone, self.microphoneTrack?.enabled]).toEqual(['on', true]);
    self.source.hush();
    await vi.advanceTimersByTimeAsync(200);
    expect([self.microphone, media.live('audio').length]).toEqual(['muted', 0]);
    await self.toggleMicrophone();
    expect([self.microphone, self.microphoneTrack?.enabled]).toEqual(['on', true]);
  });

  it('does not open muted in the preview where a muted one is let go', async () => {
    savePreferences({ releaseMuted: true, microphone: false, camera: false });
    await inPreview();
    expect(media.asked).toEqual([]);
  });

  it('goes on as it is where noise cannot be suppressed', async () => {
    savePreferences({ suppressNoise: true });
    const { self } = await inPreview();
    await vi.waitFor(() => expect(self.suppression).toBe('unavailable'));
    expect([self.microphone, self.microphoneTrack?.enabled, self.microphoneTrack?.readyState]).toEqual([
      'on',
      true,
      'live',
    ]);
    savePreferences({ suppressNoise: false });
    await self.followSound();
    expect(self.suppression).toBe('off');
  });

  it('is captured anew, untouched by the browser, for original sound', async () => {
    const { self, onTrack } = await inPreview();
    onTrack.mockClear();
    savePreferences({ originalSound: true });
    await self.followSound();
    expect(media.asked.at(-1)?.audio).toMatchObject({
      deviceId: { exact: 'id of Built-in' },
      echoCancellation: false,
      noiseSuppression: false,
      autoGainControl: false,
    });
    expect(onTrack).toHaveBeenCalledExactlyOnceWith('microphone', self.microphoneTrack);
    expect(media.live('audio').length).toBe(2);
  });

  it('[63] is off as denied when its permission is withdrawn, and comes back with it', async () => {
    const { self, texts } = await inPreview();
    media.setPermission('microphone', 'denied');
    await settle();
    expect([self.microphone, self.microphoneProblem, self.camera]).toEqual(['off', 'denied', 'on']);
    expect(texts()).toEqual(['Microphone is blocked for this site.']);
    media.setPermission('microphone', 'granted');
    await settle();
    expect([self.microphone, self.microphoneProblem]).toEqual(['on', undefined]);
  });

  it('has a level from 0 to 1 while it is captured, muted or not', async () => {
    const { self } = await inPreview();
    expect([self.source.metered, self.level()]).toEqual([true, 0]);
    media.sample = 0.1;
    await self.toggleMicrophone();
    // −20 dB between −60 (0) and −10 (1).
    expect(self.level()).toBeCloseTo(0.8);
    media.sample = 1;
    expect(self.level()).toBe(1);
    self.close();
    expect([self.source.metered, self.level()]).toEqual([false, 0]);
    expect(media.contexts.map((context) => context.state)).toEqual(['closed']);
  });

  it('[67] is not held up by an AudioContext that does not run, and tries again at every gesture', async () => {
    media.contextState = 'suspended';
    media.sample = 0.5;
    const { self } = await inPreview();
    expect([self.microphone, self.source.metered, self.level()]).toEqual(['on', false, 0]);
    const [context] = media.contexts;
    document.dispatchEvent(new Event('pointerdown'));
    expect(context?.resumes).toBe(2);
    if (context) context.state = 'running';
    expect([self.source.metered, self.level() > 0]).toEqual([true, true]);
    document.dispatchEvent(new Event('keydown'));
    expect(context?.resumes).toBe(2);
  });

  it('works without a meter where no AudioContext can be made', async () => {
    vi.stubGlobal('AudioContext', undefined);
    const { self } = await inPreview();
    expect([self.microphone, self.source.metered, self.level()]).toEqual(['on', false, 0]);
  });
});
