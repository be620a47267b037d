/** What is taken out of a microphone before it is sent: a voice passes, and nobody is silenced by what does not work. */
import { expect, test } from '../support/fixtures.ts';
import { hum, meetWithMouths, speak } from '../support/mouth.ts';
import type { Person } from '../support/people.ts';

test('a voice passes the noise suppression, and is sent plain again without it', async ({ newPerson }) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await speak(ana.page);
  const plain = await sentTrack(ana);
  const suppress = await setting(ana, 'Suppress noise');
  await suppress.check();
  await expect.poll(() => sentTrack(ana)).not.toBe(plain);
  const cleaned = await sentTrack(ana);
  await bo.hears(ana);
  // Longer than the guard waits before it gives the processor up.
  await ana.page.waitForTimeout(3_000);
  expect(await sentTrack(ana)).toBe(cleaned);
  await (await setting(ana, 'Hear yourself')).check();
  await suppress.uncheck();
  await expect.poll(() => sentTrack(ana)).not.toBe(cleaned);
  await bo.hears(ana);
});

test('a noise suppression that swallows everything is taken out within seconds, and says so', async ({ newPerson }) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  // The processor gets no program, as under a policy that forbids WebAssembly: it is silent, without an error.
  await ana.page.route('**/rnnoise*.wasm', (route) =>
    route.fulfill({ body: 'nothing', contentType: 'application/wasm' }),
  );
  await speak(ana.page);
  const suppress = await setting(ana, 'Suppress noise');
  await suppress.check();
  await expect(ana.page.getByText('Unavailable here. Your microphone is sent without it.')).toBeVisible();
  await bo.hears(ana);
});

test('original sound captures anew, untouched, and stays so', async ({ newPerson }) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await speak(ana.page);
  const captures = () => ana.page.evaluate(() => window.mouth.tracks.length);
  const before = await captures();
  await (await setting(ana, 'Original sound')).check();
  await expect.poll(captures).toBe(before + 1);
  await expect(await setting(ana, 'Suppress noise')).toBeDisabled();
  await bo.hears(ana);
});

/** Milliseconds after muting in which silence is sent (audience.ts), and one more second. */
const REST = 6_000;
/** Milliseconds from the click to the loudspeaker: 8 to 40 in eight plays on two cores, jitter buffer included. */
const HEARD = 250;

test('who is muted without a picture sends nothing after a while, stays in, and is heard as soon as unmuted', async ({
  newPerson,
}) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  // Not a voice: it pauses between words, and was heard 12 to 244 ms after the click, wherever that fell.
  await hum(ana.page, 440);
  await bo.hears(ana);
  for (const person of [ana, bo]) {
    await person.press('Camera');
    await person.press('Microphone');
  }
  const offers = () => ana.page.evaluate(() => window.observed.offers);
  const made = await offers();
  await ana.page.waitForTimeout(REST);
  const { packets } = (await bo.receives(ana)).microphone;
  // Nothing at all comes meanwhile, from either side: longer than the silence after which a path is doubted.
  for (let second = 0; second < 5; second += 1) {
    await ana.page.waitForTimeout(1_000);
    for (const [one, other] of [
      [ana, bo],
      [bo, ana],
    ] as const) {
      await expect(one.tile(other.name)).not.toHaveAccessibleName(/reconnecting/i);
    }
  }
  expect((await bo.receives(ana)).microphone.packets).toBe(packets);
  expect(await offers()).toBe(made);

  const heard = bo.page.evaluate(firstSound);
  const clicked = ana.page.evaluate(trackGivenByClick);
  await ana.press('Microphone');
  const { at, given } = await clicked;
  expect(given).toBe(true);
  expect((await heard) - at).toBeLessThan(HEARD);
  await bo.hears(ana);
});

/** When the next click was, and whether the handlers of it gave a sender a track. Runs in the page. */
function trackGivenByClick(): Promise<{ at: number; given: boolean }> {
  let given = false;
  const replace = RTCRtpSender.prototype.replaceTrack;
  RTCRtpSender.prototype.replaceTrack = function (track) {
    given ||= track !== null;
    return replace.call(this, track);
  };
  return new Promise((resolve) => {
    // On its way up it comes to the window last.
    window.addEventListener('click', () => resolve({ at: Date.now(), given }), { once: true });
  });
}

/** When sound of the other one, not silence, was first played from now on. Runs in the page of the listener. */
async function firstSound(): Promise<number> {
  const connection = window.observed.connections.find(({ connectionState }) => connectionState === 'connected');
  const began = Date.now();
  for (;;) {
    const source = connection?.getTransceivers()[0]?.receiver.getSynchronizationSources()[0];
    if ((source?.audioLevel ?? 0) > 0.01 && source && performance.timeOrigin + source.timestamp >= began)
      return Date.now();
    if (Date.now() - began > 5_000) return Infinity;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
}

/** A switch of the settings, which are opened if they are not. */
async function setting({ page, toolbar }: Person, name: string) {
  const found = page.getByRole('switch', { name });
  if ((await page.getByRole('dialog').count()) === 0) {
    await toolbar.getByRole('button', { name: 'More' }).click();
    await page.getByRole('menuitem', { name: 'Settings' }).click();
  }
  await expect(found).toBeVisible();
  return found;
}

/** Which track is sent. */
function sentTrack({ page }: Person): Promise<string | undefined> {
  return page.evaluate(() => {
    const connection = window.observed.connections.find(({ connectionState }) => connectionState === 'connected');
    return connection?.getTransceivers()[0]?.sender.track?.id;
  });
}
