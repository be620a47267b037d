/**
 * How much video is sent to one receiver. A mesh sends everything once a receiver, so the share of each shrinks with their number.
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
