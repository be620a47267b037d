/**
 * How much is sent to one receiver. A mesh sends everything once a receiver, so the share of each picture shrinks with their number.
 * Refuses to know who they are.
 */

export interface VideoLimit {
  /** Bits a second. */
  readonly maxBitrate: number;
  /** Lines; the picture is scaled down to at most that many. */
  readonly maxHeight: number;
  /** Frames a second. */
  readonly maxFramerate: number;
}

/** Together at most about 2 Mb/s up: what a home line of 2026 gives without queues. Receivers, not counting me. */
const CAMERA_LIMITS: readonly (VideoLimit & { readonly receivers: number })[] = [
  { receivers: 1, maxBitrate: 1_700_000, maxHeight: 720, maxFramerate: 30 },
  { receivers: 2, maxBitrate: 900_000, maxHeight: 720, maxFramerate: 30 },
  { receivers: 3, maxBitrate: 600_000, maxHeight: 480, maxFramerate: 30 },
  { receivers: 5, maxBitrate: 350_000, maxHeight: 360, maxFramerate: 24 },
  { receivers: Infinity, maxBitrate: 200_000, maxHeight: 240, maxFramerate: 15 },
];

/** The camera's limit towards each of `receivers` people. */
export function cameraLimit(receivers: number): VideoLimit {
  const limit = CAMERA_LIMITS.find((step) => receivers <= step.receivers);
  if (!limit) throw new RangeError('the last step has no end');
  return limit;
}

/**
 * Bits a second of sound. A voice: what Chromium takes for one, where the other side does not ask for stereo, as Firefox does.
 * Sound of a screen may be music. And the least that Opus has (RFC 6716) where nothing is sent: Chromium 156
 * reserves for every sender what it may send, and that is the floor of its estimate of the bandwidth. Between it and
 * Firefox the floor was 195 kbit/s: on a line of 150 it sent too much, and after it went on with pictures of 30 kbit/s for good.
 */
export function soundLimit(slot: 'microphone' | 'screenAudio', sent: 'something' | 'nothing'): number {
  if (slot === 'microphone') return 32_000;
  return sent === 'something' ? 64_000 : 6_000;
}
