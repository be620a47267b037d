/** Browser tests: the system's Chromium, one test at a time, no retry: a flaky test is a fault of the product or of the test. */
import { defineConfig } from '@playwright/test';
import { CHROMIUM, CHROMIUM_FLAGS, PLAIN_ADDRESSES } from '../support/chromium.ts';

export default defineConfig({
  testDir: '.',
  // Emptied by every run; beside it stands what the lab has written.
  outputDir: '../../test-results/e2e',
  globalSetup: '../support/build.ts',
  workers: 1,
  retries: 0,
  forbidOnly: true,
  /** Milliseconds: three people with cameras and screens keep two cores busy for 20 s; more than this is a hang. */
  timeout: 120_000,
  expect: { timeout: 10_000 },
  use: {
    browserName: 'chromium',
    viewport: { width: 1280, height: 720 },
    permissions: ['microphone', 'camera', 'clipboard-read', 'clipboard-write'],
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: CHROMIUM,
      args: [...CHROMIUM_FLAGS, PLAIN_ADDRESSES],
    },
  },
});
