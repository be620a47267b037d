/** What is taken out of a microphone before it is sent: a voice passes, and nobody is silenced by what does not work. */
import { expect, test } from '../support/fixtures.ts';
import { meetWithMouths, speak } from '../support/mouth.ts';
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
