/** A disk that is full (fault 76), on a real small one: the recording ends by itself, says so, and what there is plays. */
import { expect, type Page } from '@playwright/test';
import { done, kept, plays, record, seconds, test as base } from './recording/fixtures.ts';
import { SmallDisk } from './recording/small-disk.ts';

const test = base.extend<{ disk: SmallDisk }>({
  disk: async ({}, use) => {
    const disk = SmallDisk.mount();
    base.skip(disk === undefined, 'mounting a disk is not permitted here');
    if (!disk) return;
    await use(disk);
    disk.unmount();
  },
  studio: async ({ stage, disk, profile, faults }, use) =>
    use(await stage.visit(await profile.open(disk.folder), faults)),
});

const problems = (page: Page): Promise<readonly string[]> => page.evaluate(() => window.studio.problems);

test('[76] a full disk: it is told before, the recording stops, and the file is whole', async ({
  stage,
  disk,
  studio: page,
}) => {
  await record(page);
  await seconds(page, 6);
  expect(await problems(page)).toEqual([]);
  disk.fill();
  await expect.poll(() => problems(page), { timeout: 10_000 }).toEqual(['disk-nearly-full']);
  expect(await page.evaluate(() => window.studio.recorder.state.kind), 'goes on').toBe('recording');
  disk.fill();
  const { recording, end } = await done(page);
  expect(end).toBe('disk-full');
  expect(recording.whole).toBe(true);
  expect(recording.duration).toBeGreaterThan(6);
  const [path = ''] = await stage.download(page, recording);
  await plays(path, recording.duration - 0.5);
});

test('[76] a disk that is full from the beginning: what could be written plays as it is, and is completed later', async ({
  stage,
  disk,
  studio: page,
}) => {
  disk.fill(2_000_000);
  await record(page);
  await expect.poll(() => problems(page)).toEqual(['disk-nearly-full']);
  await seconds(page, 6);
  disk.fill();
  const { recording, end } = await done(page);
  expect(end).toBe('disk-full');
  expect(recording.whole, 'there is no room for an index').toBe(false);
  const [raw = ''] = await stage.download(page, recording);
  await plays(raw, recording.duration - 2);

  disk.makeRoom();
  await page.evaluate(() => window.studio.recorder.dismiss());
  await forgetDownload(page, recording.id);
  expect((await kept(page)).map(({ id }) => id)).toEqual([recording.id]);
  const recovered = await page.evaluate((id) => window.studio.recover(id), recording.id);
  expect(recovered.whole).toBe(true);
  const [path = ''] = await stage.download(page, recovered);
  await plays(path, recovered.duration - 0.5);
});

base('storage that is refused ends it with a reason before it begins', async ({ studio: page }) => {
  await setQuota(page, 10);
  await record(page).catch(() => undefined);
  expect(await page.evaluate(() => window.studio.recorder.state)).toEqual({ kind: 'failed', failure: 'no-storage' });
});

/** As if it had never been given to the downloads: on a full disk that could not be noted. */
async function forgetDownload(page: Page, id: string): Promise<void> {
  await page.evaluate(async (folder) => {
    const root = await navigator.storage.getDirectory();
    const handle = await (await root.getDirectoryHandle('recordings')).getDirectoryHandle(folder);
    const sidecar = await handle.getFileHandle('recording.json');
    const { downloadedAt: _, ...rest } = JSON.parse(await (await sidecar.getFile()).text());
    const stream = await sidecar.createWritable();
    await stream.write(JSON.stringify(rest));
    await stream.close();
  }, id);
}

async function setQuota(page: Page, bytes: number): Promise<void> {
  const cdp = await page.context().newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(page.url()).origin, quotaSize: bytes });
}
