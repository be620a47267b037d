/** What this browser or address lacks for a meeting. Refuses to know how that is said. */

export type Lack = 'secure-address' | 'webrtc' | 'crypto';

/** Plain http hides WebCrypto and devices too, so it is the only lack worth naming then. */
export function lacksOf(scope: typeof globalThis): Lack[] {
  if (!scope.isSecureContext) return ['secure-address'];
  const lacks: Lack[] = [];
  if (!('RTCPeerConnection' in scope)) lacks.push('webrtc');
  if (!('crypto' in scope) || !('subtle' in scope.crypto)) lacks.push('crypto');
  return lacks;
}
