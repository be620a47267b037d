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

describe('the camera', () => {
  it('really stops, and remembers it', async () => {
    const { self, onTrack } = await inPreview();
    await self.toggleCamera();
    expect([self.camera, self.cameraTrack, media.live('video')]).toEqual(['off', undefined, []]);
    expect(onTrack).toHaveBeenLastCalledWith('camera', undefined);
    expect(loadPreferences().camera).toBe(false);
    await self.toggleCamera();
    expect(self.camera).toBe('on');
    expect(loadPreferences().camera).toBe(true);
  });

  it.each([1, 2, 3, 4, 5, 6])(
    'is in the last wanted state after %i fast clicks, and leaks no track',
    async (clicks) => {
      savePreferences({ camera: false });
      const { self } = await inPreview();
      media.held = true;
      const all = Array.from({ length: clicks }, () => self.toggleCamera());
      expect(self.camera).toBe(clicks % 2 === 1 ? 'starting' : 'off');
      media.release();
      await Promise.all(all);
      await settle();
      expect(self.camera).toBe(clicks % 2 === 1 ? 'on' : 'off');
      expect(media.live('video')).toHaveLength(clicks % 2);
      // The microphone's, and one for the camera however often it was clicked.
      expect(media.asked).toHaveLength(2);
    },
  );

  it('closes the first camera before it opens the second, and never shows nothing in between', async () => {
    media.plug('videoinput', 'Back');
    const { self, onTrack, onState } = await inPreview();
    onTrack.mockClear();
    onState.mockClear();
    media.held = true;
    const choosing = self.chooseCamera('id of Back');
    expect([self.camera, media.live('video')]).toEqual(['on', []]);
    media.release();
    await choosing;
    expect(onTrack.mock.calls).toEqual([['camera', self.cameraTrack]]);
    expect(self.cameraTrack?.label).toBe('Back');
    expect(onState).not.toHaveBeenCalled();
  });

  it('uses the last of two fast choices', async () => {
    media.plug('videoinput', 'Back');
    media.plug('videoinput', 'Studio');
    const { self } = await inPreview();
    await Promise.all([self.chooseCamera('id of Back'), self.chooseCamera('id of Studio')]);
    expect([self.camera, self.cameraId]).toEqual(['on', 'id of Studio']);
    expect(media.live('video').map((track) => track.label)).toEqual(['Studio']);
  });

  it('goes back to the one before when the chosen one does not work', async () => {
    media.plug('videoinput', 'Back').busy = true;
    const { self, texts } = await inPreview();
    await self.chooseCamera('id of Back');
    expect([self.camera, self.cameraId]).toEqual(['on', 'id of Front']);
    expect(texts()).toEqual(['Back can’t be used. Nothing was changed.']);
  });

  it('stops being sent when it is switched off during a change', async () => {
    media.plug('videoinput', 'Back');
    const { self, onTrack } = await inPreview();
    media.held = true;
    const choosing = self.chooseCamera('id of Back');
    await self.toggleCamera();
    expect(onTrack).toHaveBeenLastCalledWith('camera', undefined);
    media.release();
    await choosing;
    expect([self.camera, media.live('video')]).toEqual(['off', []]);
  });

  it('hands over to another one when it is unplugged', async () => {
    media.plug('videoinput', 'Back');
    const { self, texts } = await inPreview();
    media.unplug('Front');
    await settle();
    expect([self.camera, self.cameraId]).toEqual(['on', 'id of Back']);
    expect(texts()).toEqual(['Camera disconnected. Switched to Back.']);
  });

  it('can be chosen while it is off, and stays off', async () => {
    media.plug('videoinput', 'Back');
    savePreferences({ camera: false });
    const { self } = await inPreview();
    await self.chooseCamera('id of Back');
    expect([self.camera, self.cameraId, media.live('video')]).toEqual(['off', 'id of Back', []]);
  });
});
