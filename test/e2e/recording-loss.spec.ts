/** What can go wrong with a recording (faults.md 76, 77): it ends in a file that plays, or is offered again. */
import { chromium, expect, test as base, type BrowserContext, type Page } from '@playwright/test';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KeptRecording } from '../../web/recording/states.ts';
import { complaints, probe, samples, Stage, toneIn } from './recording/stage.ts';

interface Profile {
  /** Starts a browser on this profile's folder: its private files outlive it. */
  open(): Promise<BrowserContext>;
}

const test = base.extend<{ profile: Profile; faults: string[] }, { stage: Stage }>({
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
    const folder = mkdtempSync(join(tmpdir(), 'snug-profile-'));
    const open: BrowserContext[] = [];
    await use({
      async open() {
        const context = await chromium.launchPersistentContext(folder, launchOptions);
        open.push(context);
        return context;
      },
    });
    for (const context of open) await context.close().catch(() => undefined);
    rmSync(folder, { recursive: true, force: true });
  },
  faults: async ({}, use) => {
    const faults: string[] = [];
    await use(faults);
    expect(faults).toEqual([]);
  },
});

const ANA = { name: 'Ana', tone: 440, colour: '#803040' };
const BOB = { name: 'Bob', tone: 620, colour: '#308040' };

/** Amplitudes: voices are 0.1 and Opus is not exact. */
const HEARD = 0.03;

const seconds = (page: Page, count: number): Promise<void> => page.waitForTimeout(count * 1000);

async function record(page: Page): Promise<void> {
  await page.evaluate(
    ([ana, bob]) => {
      window.studio.people.add(ana);
      window.studio.people.add(bob);
      return window.studio.start({ mode: 'meeting' });
    },
    [ANA, BOB] as const,
  );
}

const kept = (page: Page): Promise<KeptRecording[]> => page.evaluate(() => window.studio.kept());

async function plays(path: string, atLeast: number): Promise<void> {
  const { duration, pictures } = await probe(path);
  expect(duration).toBeGreaterThan(atLeast);
  expect(duration).toBeLessThan(atLeast + 4);
  expect(pictures.at(-1) ?? 0).toBeGreaterThan(atLeast - 0.5);
  expect(await complaints(path)).toBe('');
  expect(toneIn(await samples(path, atLeast - 3, 2), ANA.tone)).toBeGreaterThan(HEARD);
}

for (const victim of ['renderer', 'browser'] as const) {
  test(`77: kill -9 of the ${victim} after 20 s loses at most 2 s, and what is recovered plays`, async ({
    stage,
    profile,
    faults,
  }) => {
    test.setTimeout(120_000);
    let context = await profile.open();
    const page = await stage.visit(context, faults);
    await record(page);
    await seconds(page, 20);
    const length = await page.evaluate(() => {
      const { state } = window.studio.recorder;
      return state.kind === 'recording' ? (Date.now() - state.since) / 1000 : NaN;
    });
    const other = await stage.visit(context, faults);
    expect(await kept(other), 'not offered while it is being recorded').toEqual([]);
    await kill(context, page, victim);
    if (victim === 'browser') context = await profile.open();

    const next = await stage.visit(context, faults);
    const [found, ...more] = await kept(next);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ whole: false, mode: 'meeting' });
    expect(Math.abs((found?.duration ?? 0) - length)).toBeLessThan(2);
    if (!found) return;
    const recovered = await next.evaluate((id) => window.studio.recover(id), found.id);
    expect(recovered.whole).toBe(true);
    const [path = ''] = await stage.download(next, recovered);
    await plays(path, length - 2);
    expect(await kept(next), 'given to the downloads').toEqual([]);
  });
}

async function kill(context: BrowserContext, page: Page, victim: 'renderer' | 'browser'): Promise<void> {
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

// Not yet seen to pass.
test.fixme('76: a full disk: it stops, says so, and the file is whole', async ({ stage, profile, faults }) => {
  test.setTimeout(120_000);
  const context = await profile.open();
  const page = await stage.visit(context, faults);
  await record(page);
  await setQuota(context, page, (await usage(page)) + 1_500_000);
  await expect.poll(() => page.evaluate(() => window.studio.problems), { timeout: 10_000 }).toEqual(['space-low']);
  const { recording, end } = await done(page);
  expect(end).toBe('disk-full');
  expect(recording.whole).toBe(true);
  const [path = ''] = await stage.download(page, recording);
  await plays(path, recording.duration - 0.5);
});

// Not yet seen to pass.
test.fixme('76: a full disk without room for anything: what was written is kept, plays, and is recovered later', async ({
  stage,
  profile,
  faults,
}) => {
  test.setTimeout(120_000);
  const context = await profile.open();
  const page = await stage.visit(context, faults);
  await setQuota(context, page, 5_000_000);
  await record(page);
  const { recording, end } = await done(page);
  expect(end).toBe('disk-full');
  expect(recording.whole).toBe(false);
  await setQuota(context, page, 100_000_000);
  await page.evaluate(() => window.studio.recorder.dismiss());
  const [found] = await kept(page);
  expect(found?.id).toBe(recording.id);
  const recovered = await page.evaluate((id) => window.studio.recover(id), recording.id);
  const [path = ''] = await stage.download(page, recovered);
  await plays(path, recording.duration - 2);
});

test('storage that is refused ends it with a reason before it begins', async ({ stage, profile, faults }) => {
  const context = await profile.open();
  const page = await stage.visit(context, faults);
  await setQuota(context, page, 10);
  await record(page).catch(() => undefined);
  expect(await page.evaluate(() => window.studio.recorder.state)).toEqual({ kind: 'failed', failure: 'no-storage' });
});

test('a picker that is refused keeps the recording; one that is not gets all of it, and only then it is deleted', async ({
  stage,
  profile,
  faults,
}) => {
  const context = await profile.open();
  const page = await stage.visit(context, faults);
  await record(page);
  await seconds(page, 3);
  const result = await page.evaluate(async () => {
    const state = await window.studio.stop();
    if (state.kind !== 'done') throw new Error(state.kind);
    const { recording } = state;
    const pickers: Record<string, unknown> = { showDirectoryPicker: () => undefined };
    Object.assign(window, pickers);
    const answers: string[] = [];
    const pick = async (picker: () => Promise<unknown>) => {
      Object.assign(window, { showSaveFilePicker: picker });
      answers.push(await window.studio.save(recording));
    };
    for (const name of ['AbortError', 'SecurityError', 'NotAllowedError']) {
      await pick(() => Promise.reject(new DOMException('', name)));
    }
    window.studio.recorder.close();
    const stillThere = (await window.studio.kept()).map(({ id }) => id);
    const root = await navigator.storage.getDirectory();
    const target = await root.getFileHandle('picked.webm', { create: true });
    await pick(() => Promise.resolve(target));
    const { size } = await target.getFile();
    return { answers, stillThere, size, recording, after: await window.studio.kept() };
  });
  expect(result.answers).toEqual(['cancelled', 'needs-click', 'cancelled', 'saved']);
  expect(result.stillThere).toEqual([result.recording.id]);
  expect(result.size).toBe(result.recording.bytes);
  expect(result.after).toEqual([]);
});

const usage = (page: Page): Promise<number> =>
  page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);

async function setQuota(context: BrowserContext, page: Page, bytes: number): Promise<void> {
  const cdp = await context.newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: bytes });
}

async function done(page: Page): Promise<{ recording: KeptRecording; end: string }> {
  await page.waitForFunction(() => window.studio.recorder.state.kind === 'done', undefined, { timeout: 60_000 });
  const state = await page.evaluate(() => window.studio.recorder.state);
  if (state.kind !== 'done') throw new Error(state.kind);
  return state;
}
