import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Self, type SelfEvents } from '../../../web/self.svelte.ts';
import { install, type FakeMedia } from '../../support/fake-media.ts';

let media: FakeMedia;
beforeEach(() => void (media = install()));
afterEach(() => vi.unstubAllGlobals());

function sharing() {
  const events = { onTrack: vi.fn(), onState: vi.fn(), onNotice: vi.fn() } satisfies SelfEvents;
  const texts = () => events.onNotice.mock.calls.map(([notice]) => notice.text);
  return { self: new Self(events), events, texts };
}

describe('sharing the screen', () => {
  it('asks as the experience wants it, for text, and sends both tracks', async () => {
    media.display = 'video and audio';
    const { self, events, texts } = sharing();
    const started = self.toggleScreen();
    expect(self.screen).toBe('starting');
    await started;
    expect(self.screen).toBe('on');
    expect(media.askedDisplay).toEqual([
      {
        video: { frameRate: { max: 30 } },
        audio: true,
        selfBrowserSurface: 'exclude',
        surfaceSwitching: 'include',
        systemAudio: 'include',
      },
    ]);
    const [video, audio] = media.tracks;
    expect(video?.contentHint).toBe('detail');
    expect(events.onTrack.mock.calls).toEqual([
      ['screen', video],
      ['screenAudio', audio],
    ]);
    expect(texts()).toEqual([]);
  });

  it('keeps the meeting in front where a CaptureController can', async () => {
    const setFocusBehavior = vi.fn();
    vi.stubGlobal(
      'CaptureController',
      class {
        setFocusBehavior = setFocusBehavior;
      },
    );
    await sharing().self.toggleScreen();
    expect(setFocusBehavior).toHaveBeenCalledWith('no-focus-change');
    expect(media.askedDisplay[0]).toHaveProperty('controller');
  });

  it.each(['[72] the browser’s own “Stop sharing”', '[73] closing the shared window'])(
    '%s ends it at once',
    async () => {
      media.display = 'video and audio';
      const { self, events } = sharing();
      await self.toggleScreen();
      media.live('video')[0]?.end();
      expect(self.screen).toBe('off');
      expect([self.screenTrack, self.screenAudioTrack]).toEqual([undefined, undefined]);
      expect(media.live('audio')).toEqual([]);
      expect(events.onTrack.mock.calls.slice(-2)).toEqual([
        ['screen', undefined],
        ['screenAudio', undefined],
      ]);
      await self.toggleScreen();
      expect(self.screen).toBe('on');
    },
  );

  it('[74] is silent when the picker is closed', async () => {
    media.display = new DOMException('Permission denied by user', 'NotAllowedError');
    const { self, events, texts } = sharing();
    await self.toggleScreen();
    expect(self.screen).toBe('off');
    expect(texts()).toEqual([]);
    expect(events.onTrack).not.toHaveBeenCalled();
  });

  it('says when the system forbids it, and when it fails', async () => {
    const { self, texts } = sharing();
    media.display = new DOMException('Permission denied by system', 'NotAllowedError');
    await self.toggleScreen();
    media.display = new DOMException('Could not start source', 'NotReadableError');
    await self.toggleScreen();
    expect(texts()).toHaveLength(2);
    expect(texts()[0]).toMatch(/system/);
    expect(self.screen).toBe('off');
  });

  it('says that there is no sound in Chromium, where there could be, and only there', async () => {
    const chromium = sharing();
    await chromium.self.toggleScreen();
    expect(chromium.texts()).toEqual(['Sharing without audio']);
    media = install({ chromium: false });
    const other = sharing();
    await other.self.toggleScreen();
    expect(other.texts()).toEqual([]);
  });

  it('stops what the picker brings after the wish has gone', async () => {
    media.held = true;
    const { self, events } = sharing();
    const started = self.toggleScreen();
    await self.toggleScreen();
    expect(self.screen).toBe('off');
    media.release();
    await started;
    expect(self.screen).toBe('off');
    expect(media.tracks).toHaveLength(1);
    expect(media.live('video')).toEqual([]);
    expect(events.onTrack).not.toHaveBeenCalled();
  });

  it('opens one picker for three fast clicks', async () => {
    media.held = true;
    const { self } = sharing();
    const clicks = [self.toggleScreen(), self.toggleScreen(), self.toggleScreen()];
    media.release();
    await Promise.all(clicks);
    expect(media.askedDisplay).toHaveLength(1);
    expect(self.screen).toBe('on');
    expect(media.live('video')).toHaveLength(1);
  });

  it('knows where it is not supported', () => {
    expect(sharing().self.screenSupported).toBe(true);
    install({ devices: false, secure: false });
    expect(sharing().self.screenSupported).toBe(false);
  });

  it('ends with the call', async () => {
    const { self } = sharing();
    await self.toggleScreen();
    self.close();
    expect(media.live('video')).toEqual([]);
  });
});
