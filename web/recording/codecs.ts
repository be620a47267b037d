/**
 * Which codecs a format is recorded with here. In the worker: it brings the muxer. Refuses to know what is recorded.
 */
import { getFirstEncodableAudioCodec, getFirstEncodableVideoCodec } from 'mediabunny';
import type { AudioCodec, VideoCodec } from 'mediabunny';
import { MEETING_SIZE } from './scene.ts';
import type { RecordingFormat } from './states.ts';

/**
 * VP9 first: in Chromium 156 without a GPU, 720p at 25 frames a second costs 27 % of a core with it and a whole core with VP8.
 */
const WEBM_PICTURE: VideoCodec[] = ['vp9', 'vp8', 'av1'];

export interface Codecs {
  readonly picture: VideoCodec | null;
  readonly sound: AudioCodec | null;
}

export async function codecsFor(format: RecordingFormat): Promise<Codecs> {
  const [picture, sound] = await Promise.all([
    getFirstEncodableVideoCodec(format === 'mp4' ? ['avc'] : WEBM_PICTURE, MEETING_SIZE),
    // Chromium on Linux has no AAC encoder; every current browser plays Opus in MP4.
    getFirstEncodableAudioCodec(format === 'mp4' ? ['aac', 'opus'] : ['opus']),
  ]);
  return { picture, sound };
}

/** Neither picture nor sound can be encoded here. */
export class NoEncoder extends Error {}
