/** What a browser, a machine and a network do to a page: no sound before a click, a starved processor, a hidden tab, no WebSocket. */
import type { CDPSession, Page } from '@playwright/test';
import puppeteer from 'puppeteer-core';
import { blockSockets } from '../support/blocking-proxy.ts';
import { CHROMIUM } from '../support/chromium.ts';
import { expect, test } from '../support/fixtures.ts';
import { allConnected, allHaveTiles, allSee } from '../support/people.ts';
import { Server } from '../support/serve.ts';
import { tilesSeen, watchTiles } from '../support/tiles.ts';

/** Seconds with a processor six times slower, and with a hidden tab: longer than the 10 after which Chromium slows its timers. */
const STARVED = 15;
const HIDDEN = 30;
/** Opus sends 50 packets a second. */
const PACKETS_A_SECOND = 40;
const UNSLOWED = [
  '--disable-background-timer-throttling',
  '--disable-renderer-backgrounding',
  '--disable-backgrounding-occluded-windows',
];

test('[66] a listener whose browser blocks sound is told so once, and one click makes everyone heard', async ({
  newPerson,
  playwright,
  launchOptions,
}) => {
  const ana = await newPerson();
  const link = await ana.newMeeting();
  await ana.join('Ana');
  const args = (launchOptions.args ?? []).filter((option) => !option.startsWith('--autoplay-policy'));
  const browser = await playwright.chromium.launch({ ...launchOptions, args });
  try {
    const context = await browser.newContext();
    const page = await context.newPage();
    // Chromium lets a page that captures play whatever it likes.
    await page.addInitScript(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
    });
    const devtools = await context.newCDPSession(page);
    await page.goto(link);
    await expect.poll(() => quietly(devtools, joins)).toBe(true);
    await expect.poll(() => quietly(devtools, sounds), { timeout: 30_000 }).toMatchObject({ overlays: 1, playing: 0 });

    await page.getByRole('button', { name: 'Click to hear' }).click();
    const { elements, time } = await page.evaluate(sounds);
    expect(elements).toBeGreaterThan(0);
    await expect.poll(() => page.evaluate(sounds)).toMatchObject({ overlays: 0, playing: elements });
    await expect.poll(async () => (await page.evaluate(sounds)).time).toBeGreaterThan(time + 1);
  } finally {
    await browser.close();
  }
});

test('[70] with a processor six times slower sound goes on, and nobody is called reconnecting', async ({ meet }) => {
  const [ana, bo] = await meet(['Ana', 'Bo']);
  if (!ana || !bo) throw new Error('two people');
  await allSee([ana, bo]);
  await Promise.all([ana, bo].map(({ page }) => watchTiles(page)));
  const devtools = await bo.context.newCDPSession(bo.page);
  await devtools.send('Emulation.setCPUThrottlingRate', { rate: 6 });
  const before = await Promise.all([ana, bo].map(({ page }) => page.evaluate(heard)));
  await ana.page.waitForTimeout(STARVED * 1_000);
  const after = await Promise.all([ana, bo].map(({ page }) => page.evaluate(heard)));
  const seen = (await Promise.all([ana, bo].map(({ page }) => tilesSeen(page)))).flat(2);
  after.forEach((now, index) => {
    const { packets = 0, samples = 0, concealed = 0 } = before[index] ?? {};
    expect(now.packets - packets).toBeGreaterThan(STARVED * PACKETS_A_SECOND);
    expect((now.concealed - concealed) / (now.samples - samples)).toBeLessThan(0.05);
  });
  expect(seen.filter((name) => name.includes('reconnecting'))).toEqual([]);
  await bo.press('Microphone');
  await expect(ana.tile('Bo')).toHaveAccessibleName(/microphone off/);
});

test('[68] whose tab is hidden is heard and seen as before, and has not left', async ({
  newPerson,
  server,
  launchOptions,
}) => {
  // Playwright keeps every page visible.
  const browser = await puppeteer.launch({
    executablePath: CHROMIUM,
    headless: true,
    args: launchOptions.args ?? [],
    ignoreDefaultArgs: UNSLOWED,
  });
  try {
    const bo = await newPerson();
    const link = await bo.newMeeting();
    await bo.join('Bo');
    const ana = await browser.newPage();
    await ana.goto(link);
    await ana.locator('::-p-aria([name="Your name"][role="textbox"])').fill('Ana');
    await ana.locator('::-p-aria(Join now)').click();
    await expect(bo.tile('Ana')).toBeVisible();
    await expect.poll(async () => (await bo.page.evaluate(heard)).frames).toBeGreaterThan(20);

    await (await browser.newPage()).bringToFront();
    expect(await ana.evaluate(() => document.visibilityState)).toBe('hidden');
    await watchTiles(bo.page);
    const before = await bo.page.evaluate(heard);
    await bo.page.waitForTimeout(HIDDEN * 1_000);
    const after = await bo.page.evaluate(heard);
    expect(await ana.evaluate(() => document.visibilityState)).toBe('hidden');
    expect(after.packets - before.packets).toBeGreaterThan(HIDDEN * PACKETS_A_SECOND);
    expect(after.frames - before.frames).toBeGreaterThan(HIDDEN * 5);
    expect(await tilesSeen(bo.page)).toHaveLength(1);
    await ana.bringToFront();
    await ana.waitForSelector('::-p-aria([name="Bo"][role="group"])');
    expect(bo.wire.counts()['received left'] ?? 0).toBe(0);
    expect(ana.url().startsWith(server.url)).toBe(true);
  } finally {
    await browser.close();
  }
});

test('[75] two who share at once both arrive, one is shown, and it stays the one that is chosen', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo', 'Cleo']);
  const [ana, bo, cleo] = people;
  if (!ana || !bo || !cleo) throw new Error('three people');
  await allHaveTiles(people);
  await allSee(people);
  await watchTiles(cleo.page);
  await Promise.all([ana.press('Share screen'), bo.press('Share screen')]);
  await Promise.all([
    cleo.sees(ana, 'screen'),
    cleo.sees(bo, 'screen'),
    ana.sees(bo, 'screen'),
    bo.sees(ana, 'screen'),
  ]);
  // Who came last of those who share, and is not oneself.
  const shown = (page: Page) => page.getByRole('figure', { name: /^Screen shared by/ });
  await expect(shown(cleo.page)).toHaveAccessibleName('Screen shared by Bo');
  await expect(shown(ana.page)).toHaveAccessibleName('Screen shared by Bo');
  await expect(shown(bo.page)).toHaveAccessibleName('Screen shared by Ana');

  await cleo.page.getByRole('tab', { name: 'Ana' }).click();
  await expect(shown(cleo.page)).toHaveAccessibleName('Screen shared by Ana');
  await cleo.page.waitForTimeout(5_000);
  await expect(shown(cleo.page)).toHaveAccessibleName('Screen shared by Ana');
  // Each list is seen once: what has changed does not change back.
  const lists = (await tilesSeen(cleo.page)).map((list) => list.join('; '));
  expect(lists).toEqual([...new Set(lists)]);
});

test('[19] [71] a full room says so, tells nobody inside, and takes who tries again once somebody has left', async ({
  meet,
  newPerson,
}) => {
  const server = await Server.start({ MAX_PARTICIPANTS: '2' });
  try {
    const [ana, bo] = await meet(['Ana', 'Bo'], { server });
    if (!ana || !bo) throw new Error('two people');
    await allHaveTiles([ana, bo]);
    await watchTiles(ana.page);
    const cleo = await newPerson({ server });
    await cleo.page.goto(ana.page.url());
    await expect(cleo.page.getByRole('heading', { name: 'The room is full' })).toBeVisible();
    expect(await tilesSeen(ana.page)).toHaveLength(1);
    await bo.leave();
    await expect(ana.tile('Bo')).toBeHidden();
    await cleo.page.getByRole('button', { name: 'Try again' }).click();
    await cleo.join('Cleo');
    await allSee([ana, cleo]);
  } finally {
    await server.stop();
  }
});

test('[15] a network that takes no WebSocket is named, before the door and inside', async ({ newPerson, server }) => {
  const proxy = await blockSockets(server);
  try {
    const ana = await newPerson({ server: proxy });
    await ana.newMeeting();
    const sentence = ana.page.getByText('Your network blocks the connection to the room');
    await expect(sentence).toBeVisible();
    expect(proxy.refused()).toBeGreaterThanOrEqual(2);
    await ana.join('Ana');
    await expect(sentence).toBeVisible();
    await expect(ana.page.getByText('Room service unreachable')).toBeHidden();
  } finally {
    await proxy.stop();
  }
});

test('[29] two browsers without a common video format hear each other, and their tiles say why there is no picture', async ({
  newPerson,
}) => {
  const [ana, bo] = [await newPerson(), await newPerson()];
  await ana.page.addInitScript(codesOnly, 'video/VP8');
  await bo.page.addInitScript(codesOnly, 'video/AV1');
  const link = await ana.newMeeting();
  await ana.join('Ana');
  await bo.open(link);
  await bo.join('Bo');
  await allConnected([ana, bo]);
  for (const [one, other] of [
    [ana, bo],
    [bo, ana],
  ] as const) {
    await one.hears(other);
    await expect(one.tile(other.name)).toContainText('no video format in common');
    await expect(one.tile(other.name).locator('video')).toHaveCount(0);
    await watchTiles(one.page);
  }
  const { localUfrag } = await ana.receives(bo);
  await ana.page.waitForTimeout(5_000);
  // Nothing is made anew for it.
  expect((await ana.receives(bo)).localUfrag).toBe(localUfrag);
  expect([await tilesSeen(ana.page), await tilesSeen(bo.page)].map(({ length }) => length)).toEqual([1, 1]);
  await bo.press('Camera');
  await expect(ana.tile('Bo')).not.toContainText('no video format');
});

/** In a page, before its code: it knows one video format. */
function codesOnly(mimeType: string): void {
  const { prototype } = RTCPeerConnection;
  // Whatever makes a description.
  for (const name of ['createOffer', 'createAnswer', 'setLocalDescription'] as const) {
    const original: CallableFunction = prototype[name];
    Object.assign(prototype, {
      [name](this: RTCPeerConnection, ...values: unknown[]) {
        const codecs = RTCRtpReceiver.getCapabilities('video')?.codecs.filter((codec) => codec.mimeType === mimeType);
        for (const transceiver of this.getTransceivers()) {
          if (transceiver.receiver.track.kind === 'video') transceiver.setCodecPreferences(codecs ?? []);
        }
        return Reflect.apply(original, this, values) as unknown;
      },
    });
  }
}

/** Runs `look` in the page as Playwright never does: without what the browser takes for a person's gesture. */
async function quietly<T>(devtools: CDPSession, look: () => T): Promise<T> {
  const expression = `(${look.toString()})()`;
  const { result } = await devtools.send('Runtime.evaluate', { expression, returnByValue: true, userGesture: false });
  return result.value;
}

/** In the page: comes in as soon as that is possible, without a gesture. Whether it has. */
function joins(): boolean {
  const name = document.querySelector<HTMLInputElement>('input[autocomplete]');
  const join = [...document.querySelectorAll('button')].find(({ innerText }) => innerText.trim() === 'Join now');
  if (name && join) {
    name.value = 'Bo';
    name.dispatchEvent(new Event('input', { bubbles: true }));
    join.click();
  }
  return document.querySelector('[role=toolbar]') !== null;
}

/** In the page: what is heard of the others, and what is said about it; `time` is the sum of all that has been played, in seconds. */
function sounds(): { overlays: number; elements: number; playing: number; time: number } {
  const elements = [...document.querySelectorAll('audio')];
  return {
    overlays: [...document.querySelectorAll('button')].filter(({ innerText }) => innerText.includes('Click to hear'))
      .length,
    elements: elements.length,
    playing: elements.filter(({ paused }) => !paused).length,
    time: elements.reduce((sum, { currentTime }) => sum + currentTime, 0),
  };
}

/** In a page with one connection: what has come of the other's microphone and camera. */
async function heard(): Promise<{ packets: number; samples: number; concealed: number; frames: number }> {
  const connection = window.observed.connections.findLast(({ connectionState }) => connectionState === 'connected');
  const sum = { packets: 0, samples: 0, concealed: 0, frames: 0 };
  // lib.dom types a report as a map of any; what is read below is named by webrtc-stats.
  (await connection?.getStats())?.forEach((entry: Record<string, unknown>) => {
    if (entry['type'] !== 'inbound-rtp') return;
    if (entry['kind'] === 'audio') sum.packets += Number(entry['packetsReceived'] ?? 0);
    sum.samples += Number(entry['totalSamplesReceived'] ?? 0);
    sum.concealed += Number(entry['concealedSamples'] ?? 0);
    sum.frames += Number(entry['framesDecoded'] ?? 0);
  });
  return sum;
}
