/** The system's Chromium as every test starts it: no GPU, no prompts, a camera and a microphone that are always there. */
export const CHROMIUM = '/usr/bin/chromium';

export const CHROMIUM_FLAGS = [
  '--no-sandbox',
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--autoplay-policy=no-user-gesture-required',
];

/** A browser hides its addresses behind multicast names, which a container often cannot resolve. */
export const PLAIN_ADDRESSES = '--disable-features=WebRtcHideLocalIpsWithMdns';
