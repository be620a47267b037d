/**
 * What a connection tells of itself: when the last packet came, how loud it is, by which route it goes.
 * Refuses to know what follows from it.
 */

/**
 * Milliseconds for which one reading of a receiver serves all who ask: a little less than the shortest time between two looks
 * (web/coach/echo.ts), and less than a third of the shortest silence that means something (recovery-times.ts). A reading stops
 * the page until the browser's media thread has time for it (libwebrtc's RtpReceiver proxy). On a machine that has none, where
 * it takes SLOW milliseconds or more, it serves for longer: eight people who met on two cores spent half of their pages' time
 * in readings, when everyone who wanted to know had one of their own.
 */
const FRESH = { usual: 45, slow: 95 };
const SLOW = 1;

interface Reading {
  readonly until: number;
  readonly source: RTCRtpSynchronizationSource | undefined;
}

const readings = new WeakMap<RTCRtpReceiver, Reading>();

/**
 * The RTP time of the last audio packet that reached the loudspeaker; `undefined` where none has in the last 10 s. Another
 * value says that packets came. At hand at once, where `getStats()` takes a task in the network thread and a look at everything.
 */
export function lastPacket(receiver: RTCRtpReceiver): number | undefined {
  return read(receiver)?.rtpTimestamp;
}

/** Loudness of what was last received, 0 to 1 (linear, 1 = 0 dBov; RFC 6464). */
export function receivedLoudness(receiver: RTCRtpReceiver): number {
  return read(receiver)?.audioLevel ?? 0;
}

function read(receiver: RTCRtpReceiver): RTCRtpSynchronizationSource | undefined {
  const before = readings.get(receiver);
  const began = performance.now();
  if (before && began < before.until) return before.source;
  const source = receiver.getSynchronizationSources()[0];
  const took = performance.now() - began;
  readings.set(receiver, { until: began + (took < SLOW ? FRESH.usual : FRESH.slow), source });
  return source;
}

/** Packets that came, also those that nothing plays: a browser may refuse to make a sound before a person has clicked. */
export async function packetsReceived(receiver: RTCRtpReceiver): Promise<number> {
  let packets = 0;
  (await receiver.getStats()).forEach((entry: RTCInboundRtpStreamStats) => {
    if (entry.type === 'inbound-rtp') packets += entry.packetsReceived ?? 0;
  });
  return packets;
}

/** Samples since the connection was made. */
export interface Sound {
  readonly played: number;
  /** Of those, what took the place of sound that did not come; silence is no loss. */
  readonly madeUp: number;
}

export async function receivedSound(receiver: RTCRtpReceiver): Promise<Sound> {
  const sound = { played: 0, madeUp: 0 };
  (await receiver.getStats()).forEach((entry: RTCInboundRtpStreamStats) => {
    if (entry.type !== 'inbound-rtp') return;
    sound.played += entry.totalSamplesReceived ?? 0;
    sound.madeUp += (entry.concealedSamples ?? 0) - (entry.silentConcealedSamples ?? 0);
  });
  return sound;
}

/** What the encoder of a camera says of itself. */
export interface SentPicture {
  /** What makes it less than what was asked for, if anything does. */
  readonly limitedBy: 'bandwidth' | 'cpu' | undefined;
  /** Bits a second that it may use. */
  readonly target: number;
  /** Share of the frames that it was given, up to as many as it may send. */
  readonly frames: number;
}

/** Undefined where nothing is sent, or a browser does not say. */
export function sentPicture(stats: RTCStatsReport, sender: RTCRtpSender): SentPicture | undefined {
  let found: SentPicture | undefined;
  stats.forEach((entry: RTCOutboundRtpStreamStats & { qualityLimitationReason?: string; targetBitrate?: number }) => {
    const source: unknown = entry.type === 'outbound-rtp' ? stats.get(entry.mediaSourceId ?? '') : undefined;
    if (!isVideoSource(source) || source.trackIdentifier !== sender.track?.id || !entry.targetBitrate) return;
    // Only here: in a call without pictures it stopped the page, as a reading does, every two seconds for everyone.
    const most = sender.getParameters().encodings[0]?.maxFramerate ?? Infinity;
    const frames = (entry.framesPerSecond ?? 0) / Math.min(source.framesPerSecond, most);
    found = { limitedBy: limitOf(entry.qualityLimitationReason), target: entry.targetBitrate, frames };
  });
  return found;
}

function limitOf(reason: string | undefined): SentPicture['limitedBy'] {
  return reason === 'bandwidth' || reason === 'cpu' ? reason : undefined;
}

/**
 * True where the selected candidate pair has a relay at either end. Firefox 153 goes on calling a remote candidate peer-reflexive
 * whose first packet was here before its signal: then what they have signaled, `theirs` (SDP), says what it is.
 */
export function isRelayed(stats: RTCStatsReport, theirs = ''): boolean {
  const selected = selectedPair(stats);
  return [selected?.localCandidateId, selected?.remoteCandidateId].some((id) => {
    const candidate: unknown = stats.get(id ?? '');
    if (!isCandidate(candidate)) return false;
    const { candidateType, address, port } = candidate;
    return candidateType === 'relay' || (candidateType === 'prflx' && theirs.includes(` ${address} ${port} typ relay`));
  });
}

interface CandidatePair {
  readonly localCandidateId?: string;
  readonly remoteCandidateId?: string;
}

function selectedPair(stats: RTCStatsReport): CandidatePair | undefined {
  let found: CandidatePair | undefined;
  stats.forEach((entry: RTCIceCandidatePairStats & { selected?: boolean }) => {
    // Firefox marks the pair itself, Chromium names it in the transport and nominates it.
    if (entry.type === 'candidate-pair' && (entry.selected ?? (entry.nominated && entry.state === 'succeeded')))
      found = entry;
  });
  stats.forEach((entry: RTCTransportStats) => {
    const named: unknown = entry.type === 'transport' ? stats.get(entry.selectedCandidatePairId ?? '') : undefined;
    if (typeof named === 'object' && named !== null) found = named;
  });
  return found;
}

function isVideoSource(entry: unknown): entry is { trackIdentifier: string; framesPerSecond: number } {
  return typeof entry === 'object' && entry !== null && 'trackIdentifier' in entry && 'framesPerSecond' in entry;
}

function isCandidate(entry: unknown): entry is { candidateType: string; address?: string; port?: number } {
  return typeof entry === 'object' && entry !== null && 'candidateType' in entry;
}
