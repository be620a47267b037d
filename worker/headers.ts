/**
 * The security headers of every response of the Worker. `web/public/_headers` says the same for the static assets,
 * which the Worker never sees; a test compares the two. Refuses to know routes.
 */

/** 'self' in connect-src covers ws: and wss: of the same host and port (CSP3 §6.7.2.8). */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob: mediastream:",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Only names that Chromium 156 on Linux knows: of any other it complains in the console. */
const PERMISSIONS = {
  self: [
    'autoplay',
    'camera',
    'clipboard-write',
    'display-capture',
    'fullscreen',
    'microphone',
    'picture-in-picture',
    'screen-wake-lock',
    'speaker-selection',
  ],
  nobody: [
    'accelerometer',
    'browsing-topics',
    'encrypted-media',
    'geolocation',
    'gyroscope',
    'hid',
    'idle-detection',
    'local-fonts',
    'magnetometer',
    'midi',
    'payment',
    'publickey-credentials-get',
    'serial',
    'usb',
    'xr-spatial-tracking',
  ],
} as const;

const PERMISSIONS_POLICY = [
  ...PERMISSIONS.self.map((feature) => `${feature}=(self)`),
  ...PERMISSIONS.nobody.map((feature) => `${feature}=()`),
].join(', ');

export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'Permissions-Policy': PERMISSIONS_POLICY,
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  // A year. Without includeSubDomains: the deployment may be one name among others of its owner.
  'Strict-Transport-Security': 'max-age=31536000',
};

/** The same response with the security headers. A new one, since those of a fetched response cannot be changed. */
export function secured(response: Response): Response {
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) headers.set(name, value);
  return new Response(response.body, {
    status: response.status,
    statusText: response.statusText,
    headers,
    webSocket: response.webSocket,
  });
}
