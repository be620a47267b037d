/**
 * Asks the browser for a microphone, a camera, or both with one prompt. Refuses to know what becomes of the tracks.
 */
import { mediaDevices, nameOf, problemOf, type DeviceProblem } from './devices.ts';
import { INPUTS, permissionOf, type Input } from './permissions.ts';

/** `id` empty: the browser's choice. `exact`: chosen by hand just now, so no other one without saying so. */
export interface Wish {
  readonly id: string;
  readonly exact: boolean;
}

/** `voice`: the browser takes out echo and noise and evens the level. `original`: as it is, for music. */
export type Sound = 'voice' | 'original';

/**
 * Both are asked for together. If that fails each is asked for alone, so that one which is refused, missing or busy
 * does not cost the other. Never rejects. Every wish gets its answer.
 */
export async function capture(
  wishes: ReadonlyMap<Input, Wish>,
  sound: Sound = 'voice',
): Promise<Map<Input, MediaStreamTrack | DeviceProblem>> {
  const answers = new Map<Input, MediaStreamTrack | DeviceProblem>();
  try {
    const stream = await ask(wishes, sound);
    for (const input of wishes.keys())
      answers.set(input, (input === 'microphone' ? stream.getAudioTracks() : stream.getVideoTracks())[0] ?? 'missing');
  } catch (error) {
    for (const [input, wish] of wishes) {
      const alone = wishes.size > 1 && (await worthAskingAlone(error, input));
      const answer = alone ? (await capture(new Map([[input, wish]]), sound)).get(input) : undefined;
      answers.set(input, answer ?? (await problemOf(error, input)));
    }
  }
  return answers;
}

async function ask(wishes: ReadonlyMap<Input, Wish>, sound: Sound): Promise<MediaStream> {
  const devices = mediaDevices();
  if (devices === undefined) throw new TypeError('navigator.mediaDevices is undefined');
  try {
    return await devices.getUserMedia(constraintsOf(wishes, sound));
  } catch (error) {
    if (nameOf(error) !== 'OverconstrainedError') throw error;
    const anyDevice = new Map([...wishes.keys()].map((input) => [input, { id: '', exact: false }]));
    return await devices.getUserMedia(constraintsOf(anyDevice, sound));
  }
}

function constraintsOf(wishes: ReadonlyMap<Input, Wish>, sound: Sound): MediaStreamConstraints {
  const microphone = wishes.get('microphone');
  const camera = wishes.get('camera');
  const processed = sound === 'voice';
  return {
    audio: microphone
      ? {
          ...deviceOf(microphone),
          echoCancellation: processed,
          noiseSuppression: processed,
          autoGainControl: processed,
        }
      : false,
    video: camera
      ? { ...deviceOf(camera), width: { ideal: 1280 }, height: { ideal: 720 }, frameRate: { ideal: 30 } }
      : false,
  };
}

function deviceOf({ id, exact }: Wish): MediaTrackConstraints {
  if (id === '') return {};
  return { deviceId: exact ? { exact: id } : { ideal: id } };
}

/** After a prompt for both was closed, asking again at once would open the same question twice more. */
async function worthAskingAlone(error: unknown, input: Input): Promise<boolean> {
  if (nameOf(error) !== 'NotAllowedError') return true;
  if ((await permissionOf(input)) !== 'prompt') return true;
  const others = await Promise.all(INPUTS.filter((other) => other !== input).map(permissionOf));
  return others.includes('denied');
}
