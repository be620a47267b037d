/**
 * Which end of DTLS this side is, said in an offer that goes on with a connection. Browsers say `actpass` in every offer, and
 * Firefox 153 answers that with `active` also where it has been the passive end since the connection was made. Chromium 156
 * refuses the answer ("Failed to set SSL role for the transport"). So between the two no restart of ICE that Chromium offered
 * on a connection that Firefox had begun came to anything: each cost another connection. An offer that names its end
 * (RFC 4145 §4) is answered with the other one. Only what the other side reads is changed. Refuses to know why an offer is made.
 */

type Setup = 'active' | 'passive';

/** What an RTCPeerConnection says of the last round that ended. */
interface Agreed {
  readonly currentLocalDescription: RTCSessionDescriptionInit | null;
  readonly currentRemoteDescription: RTCSessionDescriptionInit | null;
}

const OTHER: Record<Setup, Setup> = { active: 'passive', passive: 'active' };

/** `offer` (SDP) with the role that `connection` has; unchanged where it has none yet. */
export function withDtlsRole(
  offer: string,
  { currentLocalDescription: mine, currentRemoteDescription: theirs }: Agreed,
): string {
  const answered = mine?.type === 'answer' ? setupOf(mine.sdp) : undefined;
  const given = theirs?.type === 'answer' ? setupOf(theirs.sdp) : undefined;
  const role = answered ?? (given && OTHER[given]);
  return role ? offer.replaceAll('a=setup:actpass', `a=setup:${role}`) : offer;
}

/** What an answer has chosen. */
function setupOf(sdp = ''): Setup | undefined {
  const setup = /^a=setup:(active|passive)/m.exec(sdp)?.[1];
  return setup === 'active' || setup === 'passive' ? setup : undefined;
}
