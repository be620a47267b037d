import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { OtherMicrophones } from '../../../web/coach/other-microphones.ts';
import { install, type FakeMedia } from '../../support/fake-media.ts';

let media: FakeMedia;

beforeEach(() => {
  vi.useFakeTimers();
  media = install();
  for (const label of ['Built-in', 'Jabra', 'Webcam']) media.plug('audioinput', label);
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Someone who uses the built-in microphone and speaks into `label`; each is listened to for 3 s. */
function searching(label: string) {
  const onFound = vi.fn();
  let most = 0;
  const microphones = new OtherMicrophones({
    devices: () => [
      { id: 'default', label: 'Default - Built-in' },
      ...media.devices.map(({ deviceId, label }) => ({ id: deviceId, label })),
    ],
    used: () => ({ id: 'default', label: 'Default - Built-in' }),
    hears: async (track, milliseconds) => {
      most = Math.max(most, media.live('audio').length);
      if (track.label === label) return true;
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      return false;
    },
    onFound,
  });
  microphones.search();
  return { microphones, onFound, most: () => most };
}

const opened = () => media.tracks.map(({ label }) => label);

describe('other microphones', () => {
  it('are opened one after the other until one hears a voice, and closed again', async () => {
    const { onFound, most } = searching('Webcam');
    await vi.advanceTimersByTimeAsync(4_000);
    expect(onFound).toHaveBeenCalledWith({ id: 'id of Webcam', label: 'Webcam' });
    expect([opened(), most(), media.live('audio').length]).toEqual([['Jabra', 'Webcam'], 1, 0]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(opened().length).toBe(2);
  });

  it('are tried again after a rest', async () => {
    const { onFound } = searching('nobody');
    await vi.advanceTimersByTimeAsync(15_000);
    expect(opened().length).toBe(2);
    await vi.advanceTimersByTimeAsync(8_000);
    expect([opened().length, onFound.mock.calls.length]).toEqual([4, 0]);
  });

  it('are closed at once when it does not matter any more', async () => {
    const { microphones, onFound } = searching('nobody');
    await vi.advanceTimersByTimeAsync(100);
    expect(media.live('audio').length).toBe(1);
    microphones.stop();
    expect(media.live('audio').length).toBe(0);
    await vi.advanceTimersByTimeAsync(60_000);
    expect([opened().length, onFound.mock.calls.length]).toEqual([1, 0]);
  });

  it('are left alone where that would open a prompt', async () => {
    media.statuses.microphone.state = 'prompt';
    searching('Jabra');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(media.asked).toEqual([]);
  });

  it('that do not open are passed over', async () => {
    const jabra = media.devices.find(({ label }) => label === 'Jabra');
    if (jabra) jabra.busy = true;
    const { onFound } = searching('Webcam');
    await vi.advanceTimersByTimeAsync(100);
    expect(onFound).toHaveBeenCalled();
  });
});
