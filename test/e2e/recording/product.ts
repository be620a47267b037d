/** Recording through the product's screens. Refuses to know what a test expects of it. */
import { expect, type Page } from '@playwright/test';
import type { Person } from '../../support/people.ts';

export async function record({ page, toolbar }: Person): Promise<void> {
  await toolbar.getByRole('button', { name: 'More', exact: true }).click();
  await page.getByRole('menuitem', { name: /^Record/ }).click();
  await page.getByRole('button', { name: 'Start recording' }).click();
  await expect(page.getByRole('button', { name: 'Stop recording' })).toBeVisible({ timeout: 15_000 });
}

/** Where there is no file picker the recording is a download, which a test can read. To be called before the page is opened. */
export async function withoutPickers({ page }: { page: Page }): Promise<void> {
  await page.addInitScript(() => {
    for (const name of ['showSaveFilePicker', 'showDirectoryPicker']) Reflect.deleteProperty(window, name);
  });
}

/** Presses "Save recording" once it is there; the path of what is downloaded. */
export async function saved(page: Page): Promise<string> {
  const save = page.getByRole('button', { name: 'Save recording' });
  await expect(save).toBeVisible({ timeout: 30_000 });
  const [download] = await Promise.all([page.waitForEvent('download'), save.click()]);
  return await download.path();
}
