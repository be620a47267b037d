/**
 * What really arrives: connections, frames and sound of a page, from the browser's own statistics.
 * The page is watched from outside: its RTCPeerConnection and its captures are collected before any of its code runs.
 */
import type { BrowserContext, Page } from '@playwright/test';

interface Observed {
  connections: RTCPeerConnection[];
  /** Tracks that came from a microphone, a camera or a screen, and their clones. */
  captured: { source: 'device' | 'screen'; track: MediaStreamTrack }[];
  /** Offers that this page has made. */
  offers: number;
}

declare global {
  interface Window {
    observed: Observed;
  }
}

/** What arrives on one of the four fixed transceivers; all counters since the connection began. */
export interface Received {
  packets: number;
  frames: number;
  /** `totalAudioEnergy`: 0 as long as nothing but silence has been heard. */
  energy: number;
}

/** One connection as one side sees it. */
export interface Side {
  state: RTCPeerConnectionState;
  localUfrag: string;
  remoteUfrag: string;
  /** Candidate types of the pair in use. */
  local: string;
  remote: string;
  microphone: Received;
  camera: Received;
  screen: Received;
  screenAudio: Received;
}

/** Runs in the page, before its own code. */
function collect(): void {
  const observed: Observed = { connections: [], captured: [], offers: 0 };
  window.observed = observed;

  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      observed.connections.push(this);
    }

    override async setLocalDescription(description?: RTCLocalSessionDescriptionInit): Promise<void> {
      await super.setLocalDescription(description);
      if (this.signalingState === 'have-local-offer') observed.offers += 1;
    }
  };

  const devices = navigator.mediaDevices;
  if (!devices) return;
  const keep = (source: 'device' | 'screen', stream: MediaStream): MediaStream => {
    for (const track of stream.getTracks()) observed.captured.push({ source, track });
    return stream;
  };
  const getUserMedia = devices.getUserMedia.bind(devices);
  devices.getUserMedia = async (constraints) => keep('device', await getUserMedia(constraints));
  const getDisplayMedia = devices.getDisplayMedia.bind(devices);
  devices.getDisplayMedia = async (options) => keep('screen', await getDisplayMedia(options));
  const clone = MediaStreamTrack.prototype.clone;
  MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
    const copy = clone.call(this);
    const source = observed.captured.find(({ track }) => track === this)?.source;
    if (source) observed.captured.push({ source, track: copy });
    return copy;
  };
}

export async function observe(context: BrowserContext): Promise<void> {
  await context.addInitScript(collect);
}

/** Runs in the page: every connection that is not closed. */
async function look(): Promise<Side[]> {
  const ufrag = (description: RTCSessionDescription | null) =>
    /a=ice-ufrag:(\S+)/.exec(description?.sdp ?? '')?.[1] ?? '';
  const sides: Side[] = [];
  for (const connection of window.observed.connections) {
    if (connection.connectionState === 'closed') continue;
    // lib.dom types a report as a map of any; what is read below is named by webrtc-stats.
    const stats: Map<string, Record<string, unknown>> = new Map();
    (await connection.getStats()).forEach((entry: Record<string, unknown>, id: string) => stats.set(id, entry));
    const find = (test: (entry: Record<string, unknown>) => boolean) => [...stats.values()].find(test);
    const transport = find((entry) => entry['type'] === 'transport');
    const pair = stats.get(String(transport?.['selectedCandidatePairId']));
    const received = connection.getTransceivers().map(({ mid }): Received => {
      const inbound = find((entry) => entry['type'] === 'inbound-rtp' && entry['mid'] === mid);
      const number = (name: string) => Number(inbound?.[name] ?? 0);
      return {
        packets: number('packetsReceived'),
        frames: number('framesDecoded'),
        energy: number('totalAudioEnergy'),
      };
    });
    const nothing: Received = { packets: 0, frames: 0, energy: 0 };
    sides.push({
      state: connection.connectionState,
      localUfrag: ufrag(connection.localDescription),
      remoteUfrag: ufrag(connection.remoteDescription),
      local: String(stats.get(String(pair?.['localCandidateId']))?.['candidateType'] ?? 'none'),
      remote: String(stats.get(String(pair?.['remoteCandidateId']))?.['candidateType'] ?? 'none'),
      microphone: received[0] ?? nothing,
      camera: received[1] ?? nothing,
      screen: received[2] ?? nothing,
      screenAudio: received[3] ?? nothing,
    });
  }
  return sides;
}

/** How `page` sees its connection to `other`. */
export async function received(page: Page, other: Page): Promise<Side> {
  const side = await connectionTo(page, other);
  if (!side) throw new Error('These two pages have no connection');
  return side;
}

/** Found by the ICE names that both have of it; undefined while not both have descriptions of it. */
export async function connectionTo(page: Page, other: Page): Promise<Side | undefined> {
  const [mine, theirs] = await Promise.all([page.evaluate(look), other.evaluate(look)]);
  return mine.find((one) => theirs.some((two) => one.localUfrag === two.remoteUfrag && one.localUfrag !== ''));
}

/** Offers made by `page` since it was loaded. */
export function offersOf(page: Page): Promise<number> {
  return page.evaluate(() => window.observed.offers);
}

/** Captured tracks of `kind` that still run: a running camera track is a camera light that is on. */
export function running(page: Page, source: 'device' | 'screen', kind: 'audio' | 'video'): Promise<number> {
  return page.evaluate(
    ([from, type]) =>
      window.observed.captured.filter(
        ({ source: origin, track }) => origin === from && track.kind === type && track.readyState === 'live',
      ).length,
    [source, kind] as const,
  );
}
