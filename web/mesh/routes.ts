/** Where connections may go: what the room and the person allow, as a configuration. Refuses to know who connects. */
import type { IceServer } from '../../worker/protocol.ts';

export interface Routes {
  readonly iceServers: IceServer[];
  readonly iceTransportPolicy: RTCIceTransportPolicy;
}

/** `relay` tries the relay alone, where there is one: a path that looks open may be the one that is broken. */
export type Path = 'any' | 'relay';

export function configurationOf(routes: Routes, path: Path, certificate: RTCCertificate): RTCConfiguration {
  const { iceServers, iceTransportPolicy } = routes;
  const relayOnly = iceTransportPolicy === 'relay' || (path === 'relay' && iceServers.some(isRelay));
  return {
    iceServers,
    iceTransportPolicy: relayOnly ? 'relay' : 'all',
    bundlePolicy: 'max-bundle',
    certificates: [certificate],
  };
}

/** True where `server` is a TURN server. */
export function isRelay({ urls }: IceServer): boolean {
  return [urls].flat().some((url) => /^turns?:/i.test(url));
}
