/** Edge tests: the Worker and the room in real workerd, from wrangler.toml as it is deployed. Needs no built page. */
import { cloudflareTest } from '@cloudflare/vitest-plugin';
import { defineConfig } from 'vitest/config';

/** Each is set, so that whatever a developer's .dev.vars says changes no test. */
const VARIABLES = {
  MAX_PARTICIPANTS: '50',
  ICE_TRANSPORT_POLICY: '',
  STUN_URLS: '',
  TURN_URLS: 'turn:127.0.0.1:3478',
  TURN_SECRET: 'a secret of the edge tests',
  TURN_USERNAME: '',
  TURN_CREDENTIAL: '',
  TURN_KEY_ID: '',
  TURN_KEY_API_TOKEN: '',
  TURN_TTL: '',
};

export default defineConfig({
  root: `${import.meta.dirname}/../..`,
  plugins: [
    cloudflareTest({
      wrangler: { configPath: `${import.meta.dirname}/../../wrangler.toml` },
      miniflare: { bindings: VARIABLES },
    }),
  ],
  // One workerd for all files: every test has a room of its own.
  test: { include: ['test/edge/**/*.test.ts'], isolate: false, testTimeout: 30_000 },
});
