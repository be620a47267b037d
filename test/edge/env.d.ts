/** What `cloudflare:test` hands to the tests as `env`: what the Worker has, and the assets, which it never touches. */
import type { Env as WorkerEnv } from '../../worker/env.ts';

declare global {
  namespace Cloudflare {
    interface Env extends WorkerEnv {
      readonly ASSETS: Fetcher;
    }
  }
}
