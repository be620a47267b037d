/**
 * My network of one meeting: the keys of this tab, the socket to the room and the mesh with everyone in it, wired together.
 * Signals go from one to the other here; what people say and show goes up by callbacks. Refuses to know screens and devices.
 */
import type { FromRoom, Welcome } from '../worker/protocol.ts';
import { Mesh, type MeshOptions } from './mesh/mesh.ts';
import { isRelay } from './mesh/routes.ts';
import { Blockade } from './room/blockade.ts';
import { watchComebacks } from './room/comeback.ts';
import { IceLife } from './room/ice-life.ts';
import { OneTab, type OneTabOptions } from './room/one-tab.ts';
import { Signaling, type SignalingState } from './room/signaling.ts';
import { createCredentials } from './seal/credentials.ts';
import { fingerprintBytes } from './seal/identity.ts';
import type { Link } from './seal/link.ts';

type FromMesh = Pick<
  MeshOptions,
  | 'greeting'
  | 'onMessage'
  | 'onTracks'
  | 'onThrough'
  | 'onConnection'
  | 'onRoute'
  | 'onChannel'
  | 'onHeard'
  | 'onGone'
  | 'onMismatch'
>;

export interface NetworkOptions extends FromMesh, Omit<OneTabOptions, 'roomId'> {
  link: Link;
  /** `https://host` of this page. */
  origin: string;
  addressHidden: () => boolean;
  /** `blocked`: no socket gets through this network, and the page does. */
  onRoom: (state: SignalingState | 'blocked') => void;
  /** People that the room takes. */
  onCapacity: (capacity: number) => void;
  onRelay: (relay: 'none' | 'configured' | 'unavailable') => void;
  /** The room refused for good; the code is one of CLOSE. */
  onRefused: (code: number, reason: string) => void;
}

export class Network {
  readonly sid: string;
  readonly mesh: Mesh;
  readonly #options: NetworkOptions;
  readonly #signaling: Signaling;
  readonly #iceLife = new IceLife(() => this.#signaling.send({ type: 'refresh' }));
  readonly #oneTab: OneTab;
  readonly #stopWatching: () => void;
  #iceServers: Welcome['iceServers'] = [];
  #policy: RTCIceTransportPolicy = 'all';

  /** Makes this tab's keys and opens the room's socket. */
  static async open(options: NetworkOptions): Promise<Network> {
    const certificate = await RTCPeerConnection.generateCertificate(CERTIFICATE);
    const stated = certificate.getFingerprints().find(({ algorithm }) => algorithm?.toLowerCase() === 'sha-256');
    const fingerprint = fingerprintBytes(stated?.value ?? '');
    if (!fingerprint) throw new TypeError('every certificate has a SHA-256 fingerprint');
    return new Network(options, certificate, await createCredentials(options.link, fingerprint));
  }

  private constructor(
    options: NetworkOptions,
    certificate: RTCCertificate,
    { identity, secrets, helloHash, enter }: Awaited<ReturnType<typeof createCredentials>>,
  ) {
    this.#options = options;
    this.sid = identity.sid;
    this.mesh = new Mesh({
      ...options,
      ...secrets,
      identity,
      certificate,
      helloHash,
      relay: (frames) => this.#signaling.send({ type: 'relay', frames }),
      roomOpen: () => this.roomOpen,
      onDoubt: () => this.#signaling.nudge(),
    });
    const blockade = new Blockade(options.origin, () => options.onRoom('blocked'));
    this.#signaling = new Signaling({
      origin: options.origin,
      roomId: secrets.roomId,
      enter,
      onWelcome: (welcome) => this.#onWelcome(welcome),
      onEntered: (entry) => void this.mesh.entered(entry),
      onLeft: ({ sid, reason }) => this.mesh.left(sid, reason),
      onFrame: ({ from, box }) => void this.mesh.frame(from, box),
      onIce: (ice) => {
        this.#onIce(ice);
        this.mesh.renew();
      },
      onRefused: options.onRefused,
      onState: (state) => {
        blockade.signaling(state);
        options.onRoom(state);
      },
    });
    this.#oneTab = new OneTab({ ...options, roomId: secrets.roomId });
    this.#stopWatching = watchComebacks(() => this.nudge());
    this.#signaling.open();
  }

  get roomOpen(): boolean {
    return this.#signaling.state === 'open';
  }

  /** Tries at once what waits for a timer. */
  nudge(): void {
    this.#signaling.nudge();
    this.mesh.nudge();
  }

  /** Ends this meeting in every other tab of this browser. */
  takeOver(): void {
    this.#oneTab.takeOver();
  }

  /** Asks a room again that has refused. */
  reopen(): void {
    this.#signaling.open();
  }

  /** `addressHidden` has changed: every connection is made again by the routes that are allowed now. */
  reroute(): void {
    this.#configure();
    this.mesh.reroute();
  }

  /** Goodbye to everyone and to the room. */
  leave(): void {
    this.#stopWatching();
    this.#oneTab.close();
    this.#iceLife.close();
    this.mesh.leave();
    this.#signaling.close();
  }

  #onWelcome(welcome: Welcome): void {
    this.#policy = welcome.policy.iceTransportPolicy;
    this.#options.onCapacity(welcome.policy.maxParticipants);
    this.#onIce(welcome);
    void this.mesh.welcome(welcome.roster);
  }

  #onIce({ iceServers, iceExpiresAt, now, relayUnavailable }: Extract<FromRoom, { type: 'ice' | 'welcome' }>): void {
    this.#iceServers = iceServers;
    this.#configure();
    this.#iceLife.renewed(iceExpiresAt, now);
    const relay = iceServers.some(isRelay) ? 'configured' : 'none';
    this.#options.onRelay(relayUnavailable ? 'unavailable' : relay);
  }

  #configure(): void {
    const iceTransportPolicy = this.#options.addressHidden() ? 'relay' : this.#policy;
    this.mesh.configure({ iceServers: this.#iceServers, iceTransportPolicy });
  }
}

/** The only kind of certificate that every browser makes in a millisecond. */
const CERTIFICATE: EcKeyGenParams = { name: 'ECDSA', namedCurve: 'P-256' };
