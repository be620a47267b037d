/**
 * What is asked of the encoder of one sender, after it was negotiated. One change at a time for each sender: a browser refuses
 * parameters that were read before another change was made, and a change that is half made must not stay so.
 * Refuses to know how much is right for whom.
 */
import type { VideoLimit } from './limits.ts';

/** The last change of each sender. */
const changes = new WeakMap<RTCRtpSender, Promise<void>>();

/** Follows `limit` from the next frame on; never renegotiates. */
export function limitVideo(sender: RTCRtpSender, { maxBitrate, maxFramerate, maxHeight }: VideoLimit): Promise<void> {
  return change(sender, (encoding) => {
    const height = sender.track?.getSettings().height ?? maxHeight;
    encoding.maxBitrate = maxBitrate;
    encoding.maxFramerate = maxFramerate;
    encoding.scaleResolutionDownBy = Math.max(1, height / maxHeight);
  });
}

/** So many bits a second at most, from now on. */
export function limitSound(sender: RTCRtpSender, maxBitrate: number): Promise<void> {
  return change(sender, (encoding) => (encoding.maxBitrate = maxBitrate));
}

/** `whole`: at the size asked for, whatever it costs in frames a second; `as-it-can`: smaller where bandwidth is short. */
export function keepSize(sender: RTCRtpSender, size: 'whole' | 'as-it-can'): Promise<void> {
  return change(sender, (_, parameters) => {
    parameters.degradationPreference = size === 'whole' ? 'maintain-resolution' : 'maintain-framerate';
  });
}

/** Nothing more is sent, until `sendKeyFrame`. */
export function holdVideo(sender: RTCRtpSender): Promise<void> {
  return change(sender, (encoding) => (encoding.active = false));
}

/**
 * The next frame is a whole picture. A receiver that has lost frames and finds them in no retransmission asks for one by itself
 * only every 3 s, counted from its last picture (seen in Chromium 156 and in libwebrtc's sources).
 * An encoding that was off begins with one: in Chromium 156 and Firefox 153; RTCSetParameterOptions' keyFrame is Chromium's alone.
 */
export async function sendKeyFrame(sender: RTCRtpSender): Promise<void> {
  void holdVideo(sender);
  await change(sender, (encoding) => (encoding.active = true));
}

type Change = (encoding: RTCRtpEncodingParameters, parameters: RTCRtpSendParameters) => void;

function change(sender: RTCRtpSender, apply: Change): Promise<void> {
  const changed = (changes.get(sender) ?? Promise.resolve()).then(async () => {
    const parameters = sender.getParameters();
    const [encoding] = parameters.encodings;
    // Firefox lists no encoding before the first negotiation; a later call will find it.
    if (!encoding) return;
    apply(encoding, parameters);
    // Rejects where the sender was stopped.
    await sender.setParameters(parameters).catch(() => undefined);
  });
  changes.set(sender, changed);
  return changed;
}
