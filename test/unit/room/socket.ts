/** My socket to a room that is a test: fake sockets, fake time, and what the socket told. */
import { afterEach, beforeEach, vi } from 'vitest';
import type { Enter } from '../../../worker/protocol.ts';
import { Signaling, type SignalingOptions, type SignalingState } from '../../../web/room/signaling.ts';
import { FakeSocket, installSocket } from '../../support/fake-socket.ts';

/** For every test of the file. */
export function useSockets(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    installSocket();
  });
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });
}

export const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
export const nonce = 'AAAAAAAAAAAAAAAAAAAAAA';
const policy = { maxParticipants: 16, iceTransportPolicy: 'all' } as const;
export const welcome = {
  type: 'welcome',
  version: 1,
  epoch: 'e',
  roster: [],
  iceServers: [],
  iceExpiresAt: null,
  policy,
};

export function signaling() {
  const states: SignalingState[] = [];
  const events = {
    onWelcome: vi.fn<SignalingOptions['onWelcome']>(),
    onEntered: vi.fn<SignalingOptions['onEntered']>(),
    onLeft: vi.fn<SignalingOptions['onLeft']>(),
    onFrame: vi.fn<SignalingOptions['onFrame']>(),
    onIce: vi.fn<SignalingOptions['onIce']>(),
    onRefused: vi.fn<SignalingOptions['onRefused']>(),
  };
  const made = new Signaling({
    origin: 'https://snug.example',
    roomId: 'room',
    // Of an `enter` only the type matters here.
    enter: (challenge) => Promise.resolve({ type: 'enter', sid: challenge } as unknown as Enter),
    onState: (state) => states.push(state),
    ...events,
  });
  made.open();
  return { made, states, ...events };
}

export const last = (): FakeSocket => {
  const socket = FakeSocket.made.at(-1);
  if (!socket) throw new TypeError('no socket was opened');
  return socket;
};

/** The room lets the newest socket in. */
export async function admit(): Promise<FakeSocket> {
  const socket = last();
  socket.open();
  socket.say({ type: 'challenge', nonce });
  await pass(1);
  socket.say(welcome);
  return socket;
}

export async function opened() {
  const one = signaling();
  const socket = await admit();
  return { ...one, socket };
}

export const pings = ({ sent }: FakeSocket) => sent.filter((text) => text === 'p').length;
