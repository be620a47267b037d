/** The globals of WebRTC as a page finds them, made of fake connections on one internet. Refuses to know who uses them. */
import { vi } from 'vitest';
import { FakeConnection } from './fake-connection.ts';
import type { FakeCertificate } from './fake-description.ts';
import type { FakeInternet } from './fake-internet.ts';

const AUDIO = ['audio/opus', 'audio/red', 'audio/G722'].map((mimeType) => ({ mimeType }));

/** To be undone with `vi.unstubAllGlobals`. */
export function installWebRtc(internet: FakeInternet): void {
  vi.stubGlobal(
    'RTCPeerConnection',
    class extends FakeConnection {
      constructor(configuration: RTCConfiguration) {
        super(internet, configuration, certificateIn(configuration));
      }
    },
  );
  vi.stubGlobal('RTCRtpReceiver', { getCapabilities: () => ({ codecs: AUDIO }) });
}

/** The DTLS certificate of a person's tab, and the 32 bytes of its fingerprint. */
export function certificateOf(host: string) {
  const fingerprint = new Uint8Array(32).map((_, at) => (host.charCodeAt(at % host.length) + at) % 256);
  const text = [...fingerprint].map((byte) => byte.toString(16).padStart(2, '0').toUpperCase()).join(':');
  const made: FakeCertificate = { host, fingerprint: text };
  // The product passes a certificate on unread; only the fake looks into it.
  return { certificate: made as unknown as RTCCertificate, fingerprint };
}

function certificateIn({ certificates }: RTCConfiguration): FakeCertificate {
  const [certificate] = (certificates ?? []) as unknown as FakeCertificate[];
  if (!certificate) throw new TypeError('the product pins a certificate');
  return certificate;
}

/** A track that lives; of it only the identity matters. */
export function track(kind: 'audio' | 'video'): MediaStreamTrack {
  const made = Object.assign(new EventTarget(), {
    kind,
    id: crypto.randomUUID(),
    readyState: 'live',
    getSettings: () => ({}),
  });
  return made as unknown as MediaStreamTrack;
}
