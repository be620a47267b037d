import { afterEach, describe, expect, it, vi } from 'vitest';
import { loadPreferences, savePreferences } from '../../web/preferences.ts';
import { installStorage } from '../support/fake-media.ts';

afterEach(() => vi.unstubAllGlobals());

describe('preferences', () => {
  it('begin as a person expects them', () => {
    installStorage();
    expect(loadPreferences()).toEqual({
      name: '',
      microphone: true,
      camera: true,
      microphoneId: '',
      microphoneLabel: '',
      cameraId: '',
      cameraLabel: '',
      speakerId: '',
      speakerLabel: '',
      hideAddress: false,
      shortcuts: true,
      sounds: true,
      theme: 'system',
      releaseMuted: false,
      suppressNoise: false,
      originalSound: false,
      coachOff: [],
      rememberRooms: false,
    });
  });

  it('come back as they were saved, each change beside the others', () => {
    const stored = installStorage();
    savePreferences({ name: 'Ana', camera: false });
    savePreferences({ theme: 'dark' });
    expect(loadPreferences()).toMatchObject({ name: 'Ana', camera: false, theme: 'dark', microphone: true });
    expect([...stored.keys()]).toEqual(['snug.preferences']);
  });

  it('lose only what is unreadable', () => {
    const stored = installStorage();
    const broken = { name: 'Ana', theme: 'pink', camera: 'yes', microphoneId: 'x'.repeat(600), extra: 1 };
    stored.set('snug.preferences', JSON.stringify(broken));
    expect(loadPreferences()).toMatchObject({ name: 'Ana', theme: 'system', camera: true, microphoneId: '' });
    expect(loadPreferences()).not.toHaveProperty('extra');
  });

  it.each(['{', 'null', '[]', '7', '"text"'])('survive %s in the storage', (text) => {
    const stored = installStorage();
    stored.set('snug.preferences', text);
    expect(loadPreferences()).toMatchObject({ name: '', theme: 'system' });
    savePreferences({ name: 'Ana' });
    expect(loadPreferences().name).toBe('Ana');
  });

  it('are their defaults where storage is blocked, and nothing throws', () => {
    const blocked = () => {
      throw new DOMException('The operation is insecure.', 'SecurityError');
    };
    vi.stubGlobal('localStorage', { getItem: blocked, setItem: blocked });
    savePreferences({ name: 'Ana' });
    expect(loadPreferences().name).toBe('');
    vi.stubGlobal('localStorage', undefined);
    savePreferences({ name: 'Ana' });
    expect(loadPreferences().name).toBe('');
  });
});
