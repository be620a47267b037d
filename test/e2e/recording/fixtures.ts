/**
 * What the recording tests are given: the stage, a browser whose private files outlive it, and a page whose faults fail the
 * test. Knows how a recording is started, killed and checked; refuses to know what a test expects of it.
 */
import { chromium, expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptRecording, RecordingMode } from '../../../web/recording/states.ts';
import { complaints, probe, samples, Stage, toneIn } from './stage.ts';

export interface Profile {
  /** Starts a browser on this profile's folder, or on another. */
  open(folder?: string): Promise<BrowserContext>;
}

export interface Fixtures {
  profile: Profile;
  /** What a page logs or throws; anything fails the test. */
  faults: string[];
  /** A page with the recorder, in the profile. */
  studio: Page;
}

export const test = base.extend<Fixtures, { stage: Stage }>({
  stage: [
    // Playwright reads what a fixture needs from its first parameter, which must be a pattern.
    async ({}, use) => {
      const stage = await Stage.open();
      await use(stage);
      stage.close();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  profile: async ({ launchOptions }, use) => {
    const own = mkdtempSync(join(tmpdir(), 'snug-profile-'));
    const open: BrowserContext[] = [];
    await use({
      async open(folder = own) {
        const context = await chromium.launchPersistentContext(folder, launchOptions);
        open.push(context);
        return context;
      },
    });
    for (const context of open) await context.close().catch(() => undefined);
    rmSync(own, { recursive: true, force: true });
  },
  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults).toEqual([]);
  },
  studio: async ({ stage, profile, faults }, use) => use(await stage.visit(await profile.open(), faults)),
});

export const ANA = { name: 'Ana', tone: 440, colour: '#803040' };
export const BOB = { name: 'Bob', tone: 620, colour: '#308040' };

/** Amplitudes: voices are 0.1 and Opus is not exact. */
export const HEARD = 0.03;

export const seconds = (page: Page, count: number): Promise<void> => page.waitForTimeout(count * 1000);

/** Ana and Bob come, who both move and sound all the time. */
export async function enterBoth(page: Page): Promise<void> {
  await page.evaluate(([ana, bob]) => [ana, bob].forEach((one) => window.studio.people.add(one)), [ANA, BOB] as const);
}

/** Starts a recording of them. */
export async function record(page: Page, mode: RecordingMode = 'meeting'): Promise<void> {
  await enterBoth(page);
  await page.evaluate((chosen) => window.studio.start({ mode: chosen }), mode);
}

export const kept = (page: Page): Promise<KeptRecording[]> => page.evaluate(() => window.studio.kept());

/** Waits until the recording has ended, by itself or not. */
export async function done(page: Page): Promise<{ recording: KeptRecording; end: string }> {
  await page.waitForFunction(() => ['done', 'failed'].includes(window.studio.recorder.state.kind), undefined, {
    timeout: 60_000,
  });
  const state = await page.evaluate(() => window.studio.recorder.state);
  if (state.kind !== 'done') throw new Error(JSON.stringify(state));
  return state;
}

/** Plays from its beginning to its end, at least so many seconds and at most four more, with pictures and Ana's voice. */
export async function plays(path: string, atLeast: number): Promise<void> {
  const { duration, pictures } = await probe(path);
  expect(duration).toBeGreaterThan(atLeast);
  expect(duration).toBeLessThan(atLeast + 4);
  expect(pictures.at(-1) ?? 0).toBeGreaterThan(atLeast - 0.5);
  expect(await complaints(path)).toBe('');
  expect(toneIn(await samples(path, 1, 2), ANA.tone)).toBeGreaterThan(HEARD);
  expect(toneIn(await samples(path, atLeast - 3, 2), ANA.tone)).toBeGreaterThan(HEARD);
}

/** SIGKILL, as a crash or the system's lack of memory is. */
export async function kill(context: BrowserContext, page: Page, victim: 'renderer' | 'browser'): Promise<void> {
  const cdp = await context.newCDPSession(page);
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo').catch(async () => {
    const browser = context.browser();
    if (!browser) throw new Error('no browser');
    return await (await browser.newBrowserCDPSession()).send('SystemInfo.getProcessInfo');
  });
  const gone =
    victim === 'browser'
      ? new Promise((resolve) => context.once('close', resolve))
      : new Promise((resolve) => page.once('crash', resolve));
  for (const { type, id } of processInfo) if (type === victim) process.kill(id, 'SIGKILL');
  await gone;
}
