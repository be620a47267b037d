/** Recording as people meet it: who is told, what is saved, what an interrupted one leaves behind. The engine has a spec of its own. */
import { expect } from '@playwright/test';
import { test } from '../support/fixtures.ts';
import type { Person } from '../support/people.ts';
import { record, saved, withoutPickers } from './recording/product.ts';
import { probe } from './recording/stage.ts';

/** The tones that this page plays, Hz, in order. */
async function notePlayed({ page }: Person): Promise<() => Promise<number[]>> {
  await page.addInitScript(() => {
    const played: number[] = [];
    const start = Object.getOwnPropertyDescriptor(AudioScheduledSourceNode.prototype, 'start')?.value;
    Object.assign(window, { played });
    AudioScheduledSourceNode.prototype.start = function (...at) {
      if (this instanceof OscillatorNode) played.push(Math.round(this.frequency.value));
      return start.apply(this, at);
    };
  });
  return () => page.evaluate(() => (window as unknown as { played: number[] }).played);
}

test('[78] everyone sees and hears who records, joiners before they come in, and the saved file plays', async ({
  newPerson,
}) => {
  const [ana, bo, cy] = [await newPerson(), await newPerson(), await newPerson()];
  await withoutPickers(ana);
  const heard = await notePlayed(bo);
  const link = await ana.newMeeting();
  await ana.join('Ana');
  await bo.open(link);
  await bo.join('Bo');
  await bo.sees(ana);

  const loaded: string[] = [];
  ana.page.on('request', (request) => loaded.push(request.url()));
  await record(ana);
  // The recorder's code came with the press, not before.
  expect(loaded.some((url) => /recorder/.test(url))).toBe(true);
  await expect(bo.page.getByText('Ana is recording')).toBeVisible();
  const notice = bo.page.getByRole('region', { name: 'Notices' }).getByText('Ana records this meeting.').locator('..');
  await expect(notice.getByRole('button', { name: 'Leave' })).toBeVisible();
  await expect.poll(heard).toEqual(expect.arrayContaining([523, 523, 523]));
  await cy.open(link);
  await expect(cy.page.getByText('Ana is recording this meeting.')).toBeVisible({ timeout: 15_000 });

  await ana.page.waitForTimeout(5_000);
  await ana.page.getByRole('button', { name: 'Stop recording' }).click();
  await expect(bo.page.getByText('Ana is recording')).toBeHidden();
  const { duration, pictures } = await probe(await saved(ana.page));
  expect(duration).toBeGreaterThan(4);
  expect(pictures.length).toBeGreaterThan(30);
});

test('leaving while recording finishes it, and a closed tab leaves it to the next visit', async ({ newPerson }) => {
  const ana = await newPerson();
  await withoutPickers(ana);
  await ana.newMeeting();
  await ana.join('Ana');
  await record(ana);
  await ana.page.waitForTimeout(3_000);
  await ana.leave();
  await expect(ana.page.getByRole('heading', { name: 'Your recording is ready' })).toBeVisible({ timeout: 30_000 });

  await ana.page.goto('about:blank');
  await ana.page.goto(ana.origin);
  const kept = ana.page.getByRole('region', { name: 'A recording is not saved yet' });
  await expect(kept).toBeVisible({ timeout: 15_000 });
  const [download] = await Promise.all([
    ana.page.waitForEvent('download'),
    kept.getByRole('button', { name: 'Save recording' }).click(),
  ]);
  expect((await probe(await download.path())).duration).toBeGreaterThan(2);
  await expect(kept).toBeHidden();
});
