/**
 * Connections as the product makes them, without the product: the same four m-lines, a channel, a microphone, elements that play, and
 * a voice that waits until all channels of the page are open: eight voices at once hold up all who still connect (the last sound came
 * after 4.8 to 7.6 s without that wait, after 2.1 to 3.9 s with it, once 4.6; two cores, Chromium 156).
 * No room, no keys, no state, nothing that recovers. What they take is what this machine and its browser take by themselves.
 * Its signals go from page to page by a BroadcastChannel, so all are pages of one profile. Refuses to know what its times are for.
 */
interface Letter {
  from: number;
  to: number;
  description?: RTCSessionDescriptionInit | null;
  candidate?: RTCIceCandidateInit;
}

export interface Bare {
  /** Opens the microphone of the person with that number, of so many. */
  prepare(me: number, people: number): Promise<void>;
  /** Offers a connection to each of `others`. */
  enter(others: number[]): void;
  /** When each channel opened, milliseconds since the epoch. */
  opened(): number[];
}

declare global {
  interface Window {
    bare: Bare;
  }
}

/** In the order of SLOTS (web/mesh/peer.ts). */
const KINDS = ['audio', 'video', 'video', 'audio'] as const;
/** Milliseconds between looks at who is heard, as often as the product looks, and as it does once sound may come. */
const LISTEN = 100;
/** Milliseconds that a description waits for candidates, as the product's offers do. */
const GATHER = 40;

interface End {
  readonly connection: RTCPeerConnection;
  /** Candidates that came before the description. */
  early: RTCIceCandidateInit[];
}

const ends = new Map<number, End>();
const opened: number[] = [];
let number = -1;
let expected = Infinity;
let voice: MediaStreamTrack | undefined;
const post = new BroadcastChannel('bare');
post.onmessage = ({ data }: MessageEvent<Letter>) => {
  if (data.to === number) void receive(data);
};

window.bare = {
  prepare: async (me, people) => {
    number = me;
    expected = people - 1;
    voice = (await navigator.mediaDevices.getUserMedia({ audio: true })).getAudioTracks()[0];
  },
  enter: (others) => {
    for (const other of others) void offer(other);
  },
  opened: () => opened,
};

function send(to: number, content: Pick<Letter, 'description' | 'candidate'>): void {
  post.postMessage({ from: number, to, ...content } satisfies Letter);
}

async function receive({ from, description, candidate }: Letter): Promise<void> {
  const end = ends.get(from) ?? make(from);
  if (description) await take(from, end, description);
  else if (candidate && end.connection.remoteDescription) await end.connection.addIceCandidate(candidate);
  else if (candidate) end.early.push(candidate);
}

function make(other: number): End {
  const connection = new RTCPeerConnection();
  connection.onicecandidate = ({ candidate }) => candidate && send(other, { candidate: candidate.toJSON() });
  const channel = connection.createDataChannel('bare', { negotiated: true, id: 0 });
  channel.onopen = () => {
    opened.push(Date.now());
    if (opened.length === expected) speak();
  };
  const end = { connection, early: [] };
  ends.set(other, end);
  return end;
}

async function offer(other: number): Promise<void> {
  const { connection } = make(other);
  for (const kind of KINDS) connection.addTransceiver(kind, { direction: 'sendrecv' });
  furnish(connection);
  await describe(other, connection);
}

async function take(from: number, { connection, early }: End, description: RTCSessionDescriptionInit): Promise<void> {
  await connection.setRemoteDescription(description);
  for (const candidate of early.splice(0)) await connection.addIceCandidate(candidate);
  if (description.type !== 'offer') return;
  for (const transceiver of connection.getTransceivers()) transceiver.direction = 'sendrecv';
  furnish(connection);
  await describe(from, connection);
}

function speak(): void {
  for (const { connection } of ends.values()) void connection.getTransceivers()[0]?.sender.replaceTrack(voice ?? null);
  setInterval(() => {
    for (const { connection } of ends.values()) connection.getReceivers()[0]?.getSynchronizationSources();
  }, LISTEN);
}

/** What comes is played, as by any screen: an element for the face, one for the voice. */
function furnish(connection: RTCPeerConnection): void {
  const [microphone, camera] = connection.getTransceivers();
  for (const transceiver of [microphone, camera]) {
    if (!transceiver) continue;
    const { track } = transceiver.receiver;
    const element = document.createElement(track.kind === 'audio' ? 'audio' : 'video');
    element.autoplay = true;
    element.srcObject = new MediaStream([track]);
    document.body.append(element);
  }
}

async function describe(other: number, connection: RTCPeerConnection): Promise<void> {
  await connection.setLocalDescription();
  await new Promise<void>((resolve) => {
    connection.onicegatheringstatechange = () => connection.iceGatheringState === 'complete' && resolve();
    setTimeout(resolve, GATHER);
  });
  send(other, { description: connection.localDescription?.toJSON() ?? null });
}
