/** A microphone that is on and of no use: dead, muted by the system, the wrong one, unplugged, not received, fed by a loudspeaker. */
import { expect, test } from '../support/fixtures.ts';
import { giveMouth, hush, meetWithMouths, speak } from '../support/mouth.ts';
import type { Person } from '../support/people.ts';

test('[62] a microphone that delivers nothing for 8 s is told, and not again once that is unwanted', async ({
  newPerson,
}) => {
  const ana = await newPerson();
  await giveMouth(ana);
  const link = await ana.newMeeting();
  await ana.join('Ana');
  const sentence = ana.page.getByRole('alert').filter({ hasText: "We can't hear your microphone" });
  await deafen(ana);
  await expect(sentence).toBeVisible({ timeout: 14_000 });
  await expect(sentence.getByRole('combobox', { name: 'Choose a microphone' })).toBeVisible();
  await sentence.getByRole('button', { name: "Don't show again" }).click();
  await expect(sentence).toBeHidden();

  await ana.page.goto('about:blank');
  await ana.open(link);
  await ana.join('Ana');
  await deafen(ana);
  await ana.page.waitForTimeout(11_000);
  await expect(sentence).toBeHidden();
});

test('[61] a microphone that the system mutes is told after 2 s, until it is over', async ({ newPerson }) => {
  const ana = await newPerson();
  await giveMouth(ana);
  await ana.newMeeting();
  await ana.join('Ana');
  const sentence = ana.page
    .getByRole('alert')
    .filter({ hasText: 'Your microphone is muted by your system or headset' });
  await ana.page.evaluate(systemMutes, true);
  await expect(sentence).toBeVisible({ timeout: 5_000 });
  await ana.page.evaluate(systemMutes, false);
  await expect(sentence).toBeHidden();
});

test('talking into another microphone than the chosen one is told, and one click uses it', async ({ newPerson }) => {
  const ana = await newPerson();
  await giveMouth(ana);
  await ana.newMeeting();
  await ana.join('Ana');
  const chosen = await ana.page.evaluate(() => {
    const label = window.mouth.tracks.at(-1)?.label ?? '';
    window.mouth.deaf.add(label);
    return label;
  });
  await speak(ana.page);
  const sentence = ana.page.getByRole('alert').filter({ hasText: 'It looks like you are talking into' });
  await expect(sentence).toBeVisible({ timeout: 25_000 });
  const others = () =>
    ana.page.evaluate(
      (label) => window.mouth.tracks.filter((track) => track.readyState === 'live' && track.label !== label).length,
      chosen,
    );
  await expect.poll(others).toBe(0);
  await sentence.getByRole('button', { name: 'Use it' }).click();
  await expect(sentence).toBeHidden();
  await expect.poll(others).toBe(1);
});

test('[59] an unplugged microphone is told, and another takes over', async ({ newPerson }) => {
  const ana = await newPerson();
  await giveMouth(ana);
  await ana.newMeeting();
  await ana.join('Ana');
  await ana.page.evaluate(() => {
    const track = window.mouth.tracks.at(-1);
    track?.stop();
    track?.dispatchEvent(new Event('ended'));
  });
  await expect(ana.page.getByText(/Microphone disconnected. Switched to/).first()).toBeVisible();
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'true');
});

test('who does not receive my sound is named while that lasts', async ({ newPerson }) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await bo.hears(ana).catch(() => undefined);
  await bo.page.evaluate(() => {
    RTCRtpReceiver.prototype.getSynchronizationSources = () => [];
  });
  await expect(ana.page.getByText("Bo can't hear you")).toBeVisible({ timeout: 10_000 });
  await ana.press('Microphone');
  await expect(ana.page.getByText("Bo can't hear you")).toBeHidden();
});

test('whoever feeds their loudspeaker into their microphone is told, not those who hear themselves', async ({
  newPerson,
}) => {
  const { ana, bo } = await meetWithMouths(newPerson);
  await speak(ana.page);
  await bo.hears(ana);
  await bo.page.evaluate(() => window.mouth.leak());
  const sentence = /Others hear themselves through you/;
  await expect(bo.page.getByText(sentence).first()).toBeVisible({ timeout: 40_000 });
  await expect(ana.page.getByText(sentence)).toHaveCount(0);
  await hush(ana.page);
});

async function deafen(person: Person): Promise<void> {
  await person.page.evaluate(() => {
    for (const { label } of window.mouth.tracks) window.mouth.deaf.add(label);
  });
}

/** Runs in the page: the newest capture as the system mutes it. */
function systemMutes(muted: boolean): void {
  const track = window.mouth.tracks.at(-1);
  if (!track) throw new Error('no microphone');
  Object.defineProperty(track, 'muted', { value: muted, configurable: true });
  track.dispatchEvent(new Event(muted ? 'mute' : 'unmute'));
}
