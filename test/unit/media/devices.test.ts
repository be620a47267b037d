import { afterEach, describe, expect, it, vi } from 'vitest';
import { capture, type Wish } from '../../../web/media/capture.ts';
import { chosenDevice, Devices, pluggedIn, problemOf } from '../../../web/media/devices.ts';
import { Permissions, type Input } from '../../../web/media/permissions.ts';
import { install, type FakeDevice, type FakeMedia } from '../../support/fake-media.ts';

afterEach(() => vi.unstubAllGlobals());

const any: Wish = { id: '', exact: false };
const both = new Map<Input, Wish>([
  ['microphone', any],
  ['camera', any],
]);

function equipped(): FakeMedia {
  const media = install();
  media.plug('audioinput', 'Built-in');
  media.plug('videoinput', 'Front');
  return media;
}

const shape = (answers: Map<Input, MediaStreamTrack | string>) =>
  Object.fromEntries(
    [...answers].map(([input, answer]) => [input, typeof answer === 'string' ? answer : answer.label]),
  );

describe('problemOf', () => {
  it.each([
    ['NotFoundError', 'missing'],
    ['NotReadableError', 'busy'],
    ['AbortError', 'busy'],
    ['TypeError', 'failed'],
  ])('calls %s %s', async (name, problem) => {
    install();
    expect(await problemOf(new DOMException('', name), 'camera')).toBe(problem);
  });

  it.each([
    ['denied', 'denied'],
    ['prompt', 'dismissed'],
    ['granted', 'denied-by-system'],
  ] as const)('tells a refusal by the permission: %s is %s', async (state, problem) => {
    const media = install();
    media.statuses.camera.state = state;
    expect(await problemOf(new DOMException('Permission denied', 'NotAllowedError'), 'camera')).toBe(problem);
  });

  it('knows the system by its message, and calls a refusal denied where permissions cannot be asked', async () => {
    const media = install();
    media.permissionsKnown = false;
    const refusal = (message: string) => problemOf(new DOMException(message, 'NotAllowedError'), 'camera');
    expect(await refusal('Permission denied by system')).toBe('denied-by-system');
    expect(await refusal('The request is not allowed')).toBe('denied');
  });

  it('tells an insecure page from a browser without devices', async () => {
    install({ secure: false, devices: false });
    expect(shape(await capture(both))).toEqual({ microphone: 'insecure', camera: 'insecure' });
    install({ secure: true, devices: false });
    expect(shape(await capture(both))).toEqual({ microphone: 'unsupported', camera: 'unsupported' });
  });
});

describe('capture', () => {
  it('asks for both with one prompt', async () => {
    const media = equipped();
    media.statuses.microphone.state = 'prompt';
    media.statuses.camera.state = 'prompt';
    expect(shape(await capture(both))).toEqual({ microphone: 'Built-in', camera: 'Front' });
    expect(media.prompts).toBe(1);
    expect(media.asked).toEqual([
      {
        audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
        video: { width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } },
      },
    ]);
  });

  it('[54] does not lose the microphone to a denied camera, nor the camera to a denied microphone', async () => {
    const media = equipped();
    media.statuses.camera.state = 'denied';
    expect(shape(await capture(both))).toEqual({ microphone: 'Built-in', camera: 'denied' });
    media.statuses.camera.state = 'prompt';
    media.statuses.microphone.state = 'denied';
    expect(shape(await capture(both))).toEqual({ microphone: 'denied', camera: 'Front' });
  });

  it('[55] does not lose the microphone to a missing camera', async () => {
    const media = install();
    media.plug('audioinput', 'Built-in');
    expect(shape(await capture(both))).toEqual({ microphone: 'Built-in', camera: 'missing' });
  });

  it('[56] does not lose the microphone to a busy camera', async () => {
    const media = equipped();
    for (const device of media.devices) device.busy = device.kind === 'videoinput';
    expect(shape(await capture(both))).toEqual({ microphone: 'Built-in', camera: 'busy' });
    expect(media.live('audio')).toHaveLength(1);
  });

  it('does not open the same question twice more after the prompt was closed', async () => {
    const media = equipped();
    media.statuses.microphone.state = 'prompt';
    media.statuses.camera.state = 'prompt';
    media.reply = 'dismiss';
    expect(shape(await capture(both))).toEqual({ microphone: 'dismissed', camera: 'dismissed' });
    expect(media.prompts).toBe(1);
  });

  it('[57] takes any device when the wished one is overconstrained', async () => {
    const media = equipped();
    const wishes = new Map<Input, Wish>([['microphone', { id: 'gone', exact: true }]]);
    expect(shape(await capture(wishes))).toEqual({ microphone: 'Built-in' });
    expect(media.asked).toHaveLength(2);
  });

  it('wishes for a saved device and insists on a chosen one', async () => {
    const media = equipped();
    await capture(new Map<Input, Wish>([['microphone', { id: 'saved', exact: false }]]));
    await capture(new Map<Input, Wish>([['camera', { id: 'id of Front', exact: true }]]));
    expect(media.asked[0]?.audio).toMatchObject({ deviceId: { ideal: 'saved' } });
    expect(media.asked[1]?.video).toMatchObject({ deviceId: { exact: 'id of Front' } });
  });
});

describe('Devices', () => {
  it('have no names before a grant, and follow the plugs after it', async () => {
    const media = equipped();
    media.statuses.microphone.state = 'prompt';
    media.statuses.camera.state = 'prompt';
    const onChange = vi.fn();
    const devices = new Devices({ onChange });
    await devices.refresh();
    expect([devices.microphones, devices.cameras]).toEqual([[], []]);
    expect([devices.connected('microphone'), devices.connected('camera')]).toEqual([true, true]);
    media.statuses.microphone.state = 'granted';
    media.plug('audiooutput', 'Speakers');
    await vi.waitFor(() => expect(devices.speakers).toEqual([{ id: 'id of Speakers', label: 'Speakers' }]));
    expect(devices.microphones).toEqual([{ id: 'id of Built-in', label: 'Built-in' }]);
    devices.close();
    const calls = onChange.mock.calls.length;
    media.plug('audioinput', 'Jabra');
    await devices.refresh();
    expect(onChange).toHaveBeenCalledTimes(calls);
  });

  it('are those of the later refresh, also when the earlier one is answered last', async () => {
    const media = install();
    const devices = new Devices({ onChange: () => undefined });
    let answer: (devices: FakeDevice[]) => void = () => undefined;
    vi.spyOn(media, 'enumerateDevices').mockReturnValueOnce(new Promise((resolve) => (answer = resolve)));
    const first = devices.refresh();
    media.plug('audioinput', 'Jabra');
    await devices.refresh();
    answer([]);
    await first;
    expect(devices.microphones).toEqual([{ id: 'id of Jabra', label: 'Jabra' }]);
  });

  it('find a chosen device by id, then by label, never by the label of an alias', () => {
    const list = [
      { id: 'default', label: 'Jabra' },
      { id: 'new id', label: 'Jabra' },
    ];
    expect(chosenDevice(list, 'default', '')?.id).toBe('default');
    expect(chosenDevice(list, 'old id', 'Jabra')?.id).toBe('new id');
    expect(chosenDevice(list, 'old id', '')).toBeUndefined();
  });

  it('[60] see what was plugged in, and nothing new in a first list, in rotated ids and in aliases', () => {
    const built = { id: 'a', label: 'Built-in' };
    const jabra = { id: 'b', label: 'Jabra' };
    expect(pluggedIn([built], [built, jabra])).toBe(jabra);
    expect(pluggedIn([], [built, jabra])).toBeUndefined();
    expect(
      pluggedIn(
        [built, jabra],
        [
          { ...built, id: 'c' },
          { ...jabra, id: 'd' },
        ],
      ),
    ).toBeUndefined();
    expect(pluggedIn([built], [built, { id: 'communications', label: 'Jabra' }])).toBeUndefined();
    expect(pluggedIn([built, jabra], [built])).toBeUndefined();
  });
});

describe('Permissions', () => {
  it.each([
    ['prompt', 'granted', 'prompt'],
    ['granted', 'denied', 'granted'],
    ['granted', 'granted', 'granted'],
    ['denied', 'denied', 'denied'],
  ] as const)('put %s and %s together to %s', async (microphone, camera, together) => {
    const media = install();
    media.statuses.microphone.state = microphone;
    media.statuses.camera.state = camera;
    const permissions = new Permissions(() => undefined);
    expect(permissions.together).toBe('unknown');
    await permissions.watch();
    expect(permissions.together).toBe(together);
    permissions.close();
  });

  it('learn from answers where they cannot be asked, and are followed where they can', async () => {
    const media = install();
    media.permissionsKnown = false;
    const blind = new Permissions(() => undefined);
    await blind.watch();
    blind.learn('camera', 'granted');
    expect(blind.together).toBe('granted');

    media.permissionsKnown = true;
    const onChange = vi.fn();
    const permissions = new Permissions(onChange);
    await permissions.watch();
    permissions.learn('camera', 'denied');
    expect(permissions.of('camera')).toBe('granted');
    media.setPermission('camera', 'denied');
    expect(onChange).toHaveBeenLastCalledWith('camera', 'denied');
    permissions.close();
    media.setPermission('camera', 'granted');
    expect(onChange).toHaveBeenLastCalledWith('camera', 'denied');
  });
});
