/** Which formats this browser can record in. Asks the browser itself: the page loads no muxer for it. */
import { MEETING_SIZE } from './scene.ts';
import type { RecordingFormat } from './states.ts';

/** H.264 constrained baseline, level 3.1: what 720p needs. */
const H264 = 'avc1.42e01f';

/** The formats that can be asked for here, the recommended one first; none where nothing can be encoded. */
export async function recordingFormats(): Promise<RecordingFormat[]> {
  if (typeof VideoEncoder === 'undefined' || typeof AudioEncoder === 'undefined') return [];
  const opus = { codec: 'opus', sampleRate: 48_000, numberOfChannels: 2 };
  const [webm, mp4] = await Promise.all([
    AudioEncoder.isConfigSupported(opus).catch(() => undefined),
    VideoEncoder.isConfigSupported({ codec: H264, ...MEETING_SIZE }).catch(() => undefined),
  ]);
  const formats: RecordingFormat[] = [];
  if (webm?.supported) formats.push('webm');
  if (mp4?.supported) formats.push('mp4');
  return formats;
}
