/**
 * Brings back a connection whose ICE has failed, without a word through the room.
 *
 * Chromium 156 gives a candidate pair up that has had no answer for 15 s, and where it has given up all of them it deletes them
 * (libwebrtc, P2PTransportChannel::HandleAllTimedOut): `connectionState` is `failed`, no more checks are sent, and what arrives
 * is dropped. A restart helps, but its offer and answer wait for the room's socket: outages of 17 s and more ended 0.4 to 1.4 s
 * late, shorter ones, whose pairs were alive, 0.1 to 0.3 s; and while the room is away as well, such a call did not come back.
 *
 * Yet ports, credentials and DTLS are all still there. The other side's candidates, told again, make new pairs; these are checked
 * at once, every 50 ms, for another 15 s, and then it is done again. Where both sides do so their checks meet as soon as a
 * packet passes, after 0.1 to 0.2 s whatever the outage lasted. Told as they were they would be taken for known
 * (P2PTransportChannel::CreateConnections); with another foundation, which says what to check together and not where a
 * candidate leads (RFC 8445, 5.1.1.3), they are new. Firefox 153 sends nothing on a connection that has failed (`restarts.ts`), and
 * says so by `iceConnectionState`, as Chromium does of one that never came up: those are left alone.
 *
 * Refuses to know who notices that it has failed, and what else is tried meanwhile.
 */
interface Failing extends Pick<RTCPeerConnection, 'connectionState' | 'iceConnectionState' | 'addIceCandidate'> {
  readonly currentRemoteDescription: Pick<RTCSessionDescription, 'sdp'> | null;
}

/** To be called when the state of the connection has changed; does nothing unless it was up and has failed. */
export function revive(connection: Failing): void {
  if (connection.connectionState !== 'failed' || connection.iceConnectionState === 'failed') return;
  for (const candidate of toldAgain(connection.currentRemoteDescription?.sdp ?? '')) {
    connection.addIceCandidate({ candidate, sdpMLineIndex: 0 }).catch((error: unknown) => {
      console.debug('candidate refused by the browser:', (error as Error).name);
    });
  }
}

/** The candidates of the transport, which all media share; those that were told again before, once only. */
function toldAgain(sdp: string): string[] {
  const [, section = ''] = sdp.split(/^m=/m);
  const candidates = section.matchAll(/^a=candidate:\S+( .*\S)/gm);
  const rests = new Set([...candidates].map(([, rest = '']) => rest));
  return [...rests].map((rest) => `candidate:${crypto.randomUUID().slice(0, 8)}${rest}`);
}
