/**
 * What a page really gets of everyone, with the time of each: frames as they are shown, tiles as they come, change and go, the
 * room's state. And the browser's own counters of every connection. Refuses to know what is good and what is bad.
 */
import type { Call } from '../../../web/call.svelte.ts';

/** Milliseconds between looks at what the call says. */
const LOOK = 25;
/** Milliseconds after which a connection's statistics are not waited for. */
const STATISTICS = 3_000;

export interface Tile {
  name: string;
  connection: string;
  relayed: boolean;
  /** The name of who carries them here; empty where nobody needs to. */
  through: string;
  mismatch: boolean;
}

/** Something that a person would see, at `at` (milliseconds since the epoch). */
export interface Event {
  at: number;
  /** A name, `room`, or `statistics`. */
  who: string;
  /** `here`, `gone`, `live`, `reconnecting`, `cannot hear me`, `hears me`, …; for the room what it is. */
  what: string;
}

/** One RTCPeerConnection that is not closed; counters since it was made. */
export interface Counters {
  state: string;
  ice: string;
  local: string;
  remote: string;
  /** Of this machine, where the selected pair begins. */
  address: string;
  /** Of the relay that the local candidate came from: udp, tcp or tls. */
  relayProtocol: string;
  /** m-lines: four in every connection of the product. */
  slots: number;
  framesDecoded: number;
  packetsReceived: number;
  bytesReceived: number;
  /** Packets of the microphone that came, and that did not. */
  audioReceived: number;
  audioLost: number;
  concealed: number;
  silentConcealed: number;
  samples: number;
  /** The first that was agreed on for the microphone. Statistics name Opus, whatever is around it. */
  audioCodec: string;
  frameHeight: number;
  available: number;
  /** Of the camera that is sent. */
  framesSent: number;
  keyFramesSent: number;
  /** Requests for a whole picture, sent for what arrives and received for what is sent. */
  pliSent: number;
  pliReceived: number;
  limitedBy: string;
  target: number;
}

export interface Snapshot {
  now: number;
  stage: string;
  room: string;
  relayUnavailable: boolean;
  tiles: Tile[];
  chat: { name: string; text: string; state: string }[];
  notices: string[];
  events: Event[];
  /** When the first sound of each connection was noticed, milliseconds since the epoch. */
  sounds: number[];
  /** By name: when each frame of their camera was shown, milliseconds since the epoch. */
  frames: Record<string, number[]>;
  connections: Counters[];
  /** By name: what the video element says of itself. */
  players: Record<string, string>;
  /** Connections made since the page was opened. */
  made: number;
}

const connections: RTCPeerConnection[] = [];
window.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
};

/**
 * When the page that is measured first read of each receiver that something of it was played. No readings of the gauge's own: each
 * stops the page until its media thread has time, 10 ms in a storm of eight on two cores. With ten a second of everyone from whom
 * nothing had come yet, readings stopped the eight pages for 27 s together in one play; without them for 5 to 13 s in nine.
 */
const firstSounds = new Map<RTCRtpReceiver, number>();
const { getSynchronizationSources } = RTCRtpReceiver.prototype;
RTCRtpReceiver.prototype.getSynchronizationSources = function () {
  const sources = getSynchronizationSources.call(this);
  if (sources.length > 0 && !firstSounds.has(this)) firstSounds.set(this, Date.now());
  return sources;
};

export class Gauge {
  readonly #call: () => Call | undefined;
  readonly #events: Event[] = [];
  readonly #frames: Record<string, number[]> = {};
  readonly #seen = new Map<string, string>();
  readonly #hearing = new Map<string, boolean>();
  readonly #players = new Map<string, { video: HTMLVideoElement; audio: HTMLAudioElement }>();

  constructor(call: () => Call | undefined) {
    this.#call = call;
    setInterval(() => this.#look(), LOOK);
  }

  /** Others who are live and of whom sound has come. */
  met(): number {
    return Math.min(this.#others().filter(({ connection }) => connection === 'live').length, firstSounds.size);
  }

  sounds(): number[] {
    return [...firstSounds.values()];
  }

  async snapshot(): Promise<Snapshot> {
    const call = this.#call();
    // Else what the tiles say would not be among the events yet.
    this.#look();
    return {
      now: Date.now(),
      stage: call?.stage ?? '',
      room: call?.room ?? '',
      relayUnavailable: call?.relayUnavailable ?? false,
      tiles: this.#others().map(({ name, connection, relayed, through, mismatch }) => {
        const carrier = this.#others().find(({ sid }) => sid === through);
        return { name, connection, relayed, through: carrier?.name ?? '', mismatch };
      }),
      chat: (call?.chat.entries ?? []).map(({ name, text, state }) => ({ name, text, state })),
      notices: (call?.notices.shown ?? []).map(({ text }) => text),
      events: this.#events,
      sounds: this.sounds(),
      frames: this.#frames,
      connections: await this.#counters(),
      players: Object.fromEntries([...this.#players].map(([name, { video }]) => [name, describePlayer(video)])),
      made: connections.length,
    };
  }

  /** Of a connection whose statistics do not come nothing is known, and that is noted. */
  async #counters(): Promise<Counters[]> {
    const late = new Promise<undefined>((resolve) => setTimeout(resolve, STATISTICS));
    const open = connections.filter(isOpen);
    const all = await Promise.all(open.map((connection) => Promise.race([count(connection), late])));
    const known = all.filter((counters) => counters !== undefined);
    if (known.length < all.length) this.#note('statistics', 'do not come');
    return known;
  }

  #others() {
    return (this.#call()?.participants ?? []).filter(({ self }) => !self);
  }

  #look(): void {
    const present = new Set<string>();
    for (const { name, connection, hearsMe, cameraTrack, microphoneTrack } of this.#others()) {
      present.add(name);
      if (!this.#seen.has(name)) this.#note(name, 'here');
      if (this.#hearing.get(name) === !hearsMe) this.#note(name, hearsMe ? 'hears me' : 'cannot hear me');
      this.#hearing.set(name, hearsMe);
      if (this.#seen.get(name) !== connection) this.#note(name, connection);
      this.#seen.set(name, connection);
      const player = this.#playerOf(name);
      play(player.video, cameraTrack);
      play(player.audio, microphoneTrack);
    }
    for (const name of this.#seen.keys()) {
      if (present.has(name) || name === 'room') continue;
      this.#note(name, 'gone');
      this.#seen.delete(name);
    }
    const room = this.#call()?.room ?? 'idle';
    if (this.#seen.get('room') !== room) this.#note('room', room);
    this.#seen.set('room', room);
  }

  #note(who: string, what: string): void {
    this.#events.push({ at: Date.now(), who, what });
  }

  #playerOf(name: string) {
    const known = this.#players.get(name);
    if (known) return known;
    const video = document.createElement('video');
    const audio = document.createElement('audio');
    video.muted = true;
    // A small picture: what is measured is that it moves, and two cores draw eight of them.
    video.width = 80;
    video.autoplay = audio.autoplay = true;
    document.body.append(video, audio);
    const times: number[] = (this.#frames[name] ??= []);
    const shown = () => {
      times.push(Date.now());
      video.requestVideoFrameCallback(shown);
    };
    video.requestVideoFrameCallback(shown);
    const player = { video, audio };
    this.#players.set(name, player);
    return player;
  }
}

function describePlayer(video: HTMLVideoElement): string {
  const { paused, readyState, currentTime } = video;
  const { totalVideoFrames, droppedVideoFrames } = video.getVideoPlaybackQuality();
  const track = video.srcObject instanceof MediaStream ? video.srcObject.getTracks()[0] : undefined;
  const told = `${track?.readyState} ${track?.muted ? 'muted' : 'unmuted'}`;
  return `${paused ? 'paused' : 'plays'} ${readyState} ${currentTime.toFixed(1)} s ${totalVideoFrames}-${droppedVideoFrames} ${told}`;
}

function play(element: HTMLMediaElement, track: MediaStreamTrack | undefined): void {
  const current = element.srcObject instanceof MediaStream ? element.srcObject.getTracks()[0] : undefined;
  if (current !== track) element.srcObject = track ? new MediaStream([track]) : null;
}

function isOpen(connection: RTCPeerConnection): boolean {
  return connection.connectionState !== 'closed';
}

async function count(connection: RTCPeerConnection): Promise<Counters> {
  const stats = new Map<string, Record<string, unknown>>();
  (await connection.getStats()).forEach((entry: Record<string, unknown>, id: string) => stats.set(id, entry));
  const all = [...stats.values()];
  const inbound = (kind: string) => all.filter((entry) => entry['type'] === 'inbound-rtp' && entry['kind'] === kind);
  const sum = (kind: string, name: string) =>
    inbound(kind).reduce((total, entry) => total + Number(entry[name] ?? 0), 0);
  const transport = all.find((entry) => entry['type'] === 'transport');
  const pair =
    stats.get(String(transport?.['selectedCandidatePairId'])) ??
    all.find((entry) => entry['type'] === 'candidate-pair' && entry['selected'] === true) ??
    all.find((entry) => entry['type'] === 'candidate-pair' && entry['nominated'] && entry['state'] === 'succeeded');
  const local = stats.get(String(pair?.['localCandidateId']));
  const remote = stats.get(String(pair?.['remoteCandidateId']));
  // The first audio m-line is the microphone.
  const audio = inbound('audio').sort((a, b) => String(a['mid']).localeCompare(String(b['mid'])))[0];
  const outbound = all.filter((entry) => entry['type'] === 'outbound-rtp' && entry['kind'] === 'video');
  const camera = outbound.sort((a, b) => Number(b['framesSent'] ?? 0) - Number(a['framesSent'] ?? 0))[0];
  return {
    state: connection.connectionState,
    ice: connection.iceConnectionState,
    local: String(local?.['candidateType'] ?? 'none'),
    remote: String(remote?.['candidateType'] ?? 'none'),
    address: String(local?.['address'] ?? ''),
    relayProtocol: String(local?.['relayProtocol'] ?? ''),
    slots: connection.getTransceivers().length,
    framesDecoded: sum('video', 'framesDecoded'),
    packetsReceived: sum('audio', 'packetsReceived') + sum('video', 'packetsReceived'),
    bytesReceived: sum('video', 'bytesReceived'),
    audioReceived: Number(audio?.['packetsReceived'] ?? 0),
    audioLost: Number(audio?.['packetsLost'] ?? 0),
    concealed: Number(audio?.['concealedSamples'] ?? 0),
    silentConcealed: Number(audio?.['silentConcealedSamples'] ?? 0),
    samples: Number(audio?.['totalSamplesReceived'] ?? 0),
    audioCodec: connection.getTransceivers()[0]?.sender.getParameters().codecs[0]?.mimeType ?? '',
    frameHeight: Math.max(0, ...inbound('video').map((entry) => Number(entry['frameHeight'] ?? 0))),
    available: Number(pair?.['availableOutgoingBitrate'] ?? 0),
    framesSent: Number(camera?.['framesSent'] ?? 0),
    keyFramesSent: Number(camera?.['keyFramesEncoded'] ?? 0),
    pliSent: sum('video', 'pliCount'),
    pliReceived: Number(camera?.['pliCount'] ?? 0),
    limitedBy: String(camera?.['qualityLimitationReason'] ?? ''),
    target: Number(camera?.['targetBitrate'] ?? 0),
  };
}
