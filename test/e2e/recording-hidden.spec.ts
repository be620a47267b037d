/**
 * A recording in a hidden tab. Playwright keeps every page visible, so Ana's browser is steered by puppeteer, without the flags
 * that keep Chromium from slowing hidden tabs down.
 */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Page } from 'puppeteer-core';
import { CHROMIUM } from '../support/chromium.ts';
import { expect, test } from '../support/fixtures.ts';
import { giveMouth, hum } from '../support/mouth.ts';
import { complaints, probe, samples, toneThroughout } from './recording/stage.ts';

/** Hz. */
const BO = 620;
/** Amplitude. */
const HEARD = 0.03;
/** Seconds; longer than the 10 after which Chromium slows a hidden tab's timers down. */
const HIDDEN = 25;

const UNSLOWED = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

const press = (page: Page, name: string): Promise<void> => page.locator(`::-p-aria(${name})`).click();

test('in a hidden tab the recording goes on, with pictures and sound throughout', async ({
  newPerson,
  server,
  launchOptions,
}) => {
  test.setTimeout(180_000);
  const downloads = mkdtempSync(join(tmpdir(), 'snug-downloads-'));
  const browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: launchOptions.args ?? [],
    ignoreDefaultArgs: UNSLOWED,
    downloadBehavior: { policy: 'allow', downloadPath: downloads },
    defaultViewport: { width: 1280, height: 720 },
  });
  try {
    const ana = await browser.newPage();
    await ana.evaluateOnNewDocument(() => Reflect.deleteProperty(window, 'showSaveFilePicker'));
    await ana.goto(server.url);
    await press(ana, 'New meeting');
    await ana.locator('::-p-aria([name="Your name"][role="textbox"])').fill('Ana');
    await press(ana, 'Join now');
    await ana.waitForSelector('::-p-aria([name="Meeting controls"])');

    const bo = await newPerson();
    await giveMouth(bo);
    await bo.open(ana.url());
    await bo.join('Bo');
    await expect(bo.tile('Ana')).toBeVisible();
    await hum(bo.page, BO);
    await bo.page.waitForTimeout(3_000);

    await press(ana, 'More');
    await ana
      .locator('[role=menuitem]')
      .filter((item) => item.textContent.trim().startsWith('Record'))
      .click();
    await press(ana, 'Start recording');
    await ana.waitForSelector('::-p-aria(Stop recording)');
    const other = await browser.newPage();
    await other.bringToFront();
    expect(await ana.evaluate(() => document.visibilityState)).toBe('hidden');
    const began = Date.now();
    await bo.page.waitForTimeout(HIDDEN * 1_000);
    expect(await ana.evaluate(() => document.visibilityState)).toBe('hidden');
    const hidden = (Date.now() - began) / 1_000;
    await ana.bringToFront();
    await press(ana, 'Stop recording');
    await press(ana, 'Save recording');
    await expect
      .poll(() => readdirSync(downloads).filter((name) => name.endsWith('.webm')).length, { timeout: 20_000 })
      .toBe(1);

    const path = join(downloads, readdirSync(downloads)[0] ?? '');
    const { duration, pictures } = await probe(path);
    expect(duration).toBeGreaterThan(hidden);
    const gaps = [...pictures, duration].map((time, index, all) => time - (all[index - 1] ?? 0));
    expect(Math.max(...gaps)).toBeLessThan(0.5);
    expect(pictures.length / duration).toBeGreaterThan(15);
    expect(await complaints(path)).toBe('');
    for (let at = 1; at + 2 < duration; at += 1) {
      expect(toneThroughout(await samples(path, at, 1), BO), `second ${at}`).toBeGreaterThan(HEARD);
    }
  } finally {
    await browser.close();
    rmSync(downloads, { recursive: true, force: true });
  }
});
