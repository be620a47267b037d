/** Nobody says "I think you're on mute": each of its causes, with a human voice, and what the person is told. */
import { expect, test } from '../support/fixtures.ts';
import { giveMouth, meetWithMouths, speak } from '../support/mouth.ts';
import type { Person } from '../support/people.ts';

/** Energy: silence decoded by Opus moves by a bit or two of 16; a word is above 1e-3. */
const SILENT = 1e-6;
/** Milliseconds after muting in which the coach holds its tongue, and a little more. */
const AFTER_MUTING = 2_000;

const alert = ({ page }: Person) => page.getByRole('alert', { name: "You're muted" });

test('[64] who speaks while muted is told within 1.2 s, nothing of it leaves, and one click is heard', async ({
  newPerson,
}) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await ana.press('Microphone');
  await ana.page.waitForTimeout(AFTER_MUTING);
  const before = (await bo.receives(ana)).microphone.energy;
  await ana.page.evaluate(() => {
    const told = () => {
      const found = document.querySelector('[role="alert"]');
      if (found && !document.documentElement.dataset['told'])
        document.documentElement.dataset['told'] = String(Date.now());
    };
    new MutationObserver(told).observe(document.body, { childList: true, subtree: true });
  });
  const focused = () => ana.page.evaluate(() => document.activeElement?.getAttribute('aria-label'));
  const focus = await focused();

  const spoke = await speak(ana.page);
  await expect(alert(ana)).toContainText("others can't hear you");
  const told = Number(await ana.page.evaluate(() => document.documentElement.dataset['told']));
  expect(told - spoke).toBeLessThan(1_200);
  await expect(ana.page).toHaveTitle(/^\(muted\) /);
  expect(await focused()).toBe(focus);
  await ana.page.waitForTimeout(2_000);
  await expect(alert(ana)).toBeVisible();
  expect((await bo.receives(ana)).microphone.energy - before).toBeLessThan(SILENT);

  const sending = ana.page.evaluate(sentAfterClick);
  await alert(ana).getByRole('button', { name: 'Unmute' }).click();
  expect(await sending).toBeLessThan(100);
  await expect(alert(ana)).toBeHidden();
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'true');
  await bo.hears(ana);
});

test('the first words after joining muted are told; dismissed it is quiet; switched off it stays off', async ({
  newPerson,
}) => {
  const ana = await newPerson();
  await giveMouth(ana);
  const link = await ana.newMeeting();
  await ana.page.getByRole('button', { name: 'Microphone', exact: true }).click();
  await ana.join('Ana');
  await speak(ana.page);
  await alert(ana).getByRole('button', { name: 'Dismiss' }).click();
  await expect(alert(ana)).toBeHidden();
  await ana.page.waitForTimeout(3_000);
  await expect(alert(ana)).toBeHidden();

  await ana.toolbar.getByRole('button', { name: 'More' }).click();
  await ana.page.getByRole('menuitem', { name: 'Settings' }).click();
  await ana.page.getByRole('switch', { name: 'When I speak while muted' }).uncheck();
  await ana.page.goto('about:blank');
  await ana.open(link);
  await ana.join('Ana');
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false');
  await speak(ana.page);
  await ana.page.waitForTimeout(4_000);
  await expect(alert(ana)).toBeHidden();
});

test('holding Space sends from before the key went down until after it is up, and nothing else', async ({
  newPerson,
}) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await ana.press('Microphone');
  await bo.page.waitForTimeout(AFTER_MUTING);
  await bo.page.evaluate(listenForTones, TONES);

  await ana.page.evaluate(holdSpace, TONES);
  await bo.page.waitForTimeout(2_500);
  expect(await bo.page.evaluate(() => window.tones)).toEqual({ long: false, before: true, tail: true, after: false });
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false');
  const before = (await bo.receives(ana)).microphone.energy;
  await speak(ana.page);
  await bo.page.waitForTimeout(2_000);
  expect((await bo.receives(ana)).microphone.energy - before).toBeLessThan(SILENT);
});

test('Space talks after a click, presses what the keyboard reached, and writes where people write', async ({
  newPerson,
}) => {
  const ana = await newPerson();
  await giveMouth(ana);
  await ana.newMeeting();
  await ana.join('Ana');
  await ana.press('Microphone');
  const microphone = ana.toggle('Microphone');
  const pressed = (on: boolean) => expect(microphone).toHaveAttribute('aria-pressed', String(on));

  await ana.press('Raise hand');
  await ana.page.keyboard.down('Space');
  await pressed(true);
  await ana.page.keyboard.up('Space');
  await pressed(false);
  await expect(ana.toggle('Raise hand')).toHaveAttribute('aria-pressed', 'true');

  await ana.page.keyboard.down('Space');
  await pressed(true);
  await ana.page.evaluate(() => window.dispatchEvent(new Event('blur')));
  await pressed(false);
  await ana.page.keyboard.up('Space');

  await ana.page.keyboard.press('Tab');
  await ana.page.keyboard.press('Shift+Tab');
  await ana.page.keyboard.press('Space');
  await expect(ana.toggle('Raise hand')).toHaveAttribute('aria-pressed', 'false');
  await pressed(false);

  await ana.openChat();
  const field = ana.page.getByRole('textbox', { name: 'Message', exact: true });
  await field.click();
  await ana.page.keyboard.type('a b');
  await expect(field).toHaveValue('a b');
  await pressed(false);
});

/**
 * Runs in the page: milliseconds from the next click until the sender's track passes sound on. Not read from the statistics:
 * Chromium answers them from a cache of 50 ms, and the voice may just be drawing breath.
 */
async function sentAfterClick(): Promise<number> {
  const clicked = await new Promise<number>((resolve) => {
    document.addEventListener('click', () => resolve(performance.now()), { capture: true, once: true });
  });
  const connection = window.observed.connections.find(({ connectionState }) => connectionState === 'connected');
  const track = () => connection?.getTransceivers()[0]?.sender.track;
  while (!(track()?.enabled && track()?.readyState === 'live')) {
    if (performance.now() - clicked > 3_000) return Infinity;
    await new Promise((resolve) => setTimeout(resolve));
  }
  return performance.now() - clicked;
}

/** Frequencies by when they are played: 700 ms before the key, just before it, within the tail, after all. */
const TONES = { long: 600, before: 1_000, tail: 1_500, after: 2_200 };

declare global {
  interface Window {
    tones: Record<string, boolean>;
  }
}

/** Runs in the page of the listener. */
function listenForTones(tones: Record<string, number>): void {
  /** dB: a tone is at −15; the click of its beginning, at other frequencies, stays below −40. */
  const LOUD = -30;
  const connection = window.observed.connections.find(({ connectionState }) => connectionState === 'connected');
  const track = connection?.getTransceivers()[0]?.receiver.track;
  if (!track) throw new Error('nothing is received');
  const context = new AudioContext();
  const analyser = new AnalyserNode(context, { fftSize: 2048, smoothingTimeConstant: 0 });
  context.createMediaStreamSource(new MediaStream([track])).connect(analyser);
  const bins = new Float32Array(analyser.frequencyBinCount);
  window.tones = Object.fromEntries(Object.keys(tones).map((name) => [name, false]));
  setInterval(() => {
    analyser.getFloatFrequencyData(bins);
    for (const [name, hertz] of Object.entries(tones))
      if ((bins[Math.round((hertz * analyser.fftSize) / context.sampleRate)] ?? -200) > LOUD) window.tones[name] = true;
  }, 10);
}

/** Runs in the page of the speaker. Keys by the page's own clock: a test's would come too late on a busy machine. */
async function holdSpace(tones: Record<string, number>): Promise<void> {
  const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
  const key = (type: string) =>
    document.body.dispatchEvent(new KeyboardEvent(type, { code: 'Space', key: ' ', bubbles: true, cancelable: true }));
  const beep = (name: string, milliseconds: number) => window.mouth.beep(tones[name] ?? 0, milliseconds);
  beep('long', 150);
  await wait(700);
  beep('before', 150);
  await wait(190);
  key('keydown');
  await wait(600);
  key('keyup');
  await wait(20);
  beep('tail', 100);
  await wait(900);
  beep('after', 150);
}
