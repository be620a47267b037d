/** The main job: three people, from a link to faces, sound, chat and a shared screen. Asserts what arrives, not what is shown. */
import { offersOf, running } from '../support/media.ts';
import { expect, test } from '../support/fixtures.ts';
import { allHaveTiles, allSee } from '../support/people.ts';

/** Milliseconds over which nothing may arrive; a fake microphone beeps and a fake camera rolls many times in it. */
const SILENCE = 2_500;
/** Energy: silence decoded by Opus moves by a bit or two of 16, which is 3e-8 in SILENCE; one beep is above 1e-4. */
const SILENT = 1e-6;

test('three people see and hear each other, every pair both ways', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo', 'Cleo']);
  await allHaveTiles(people);
  await allSee(people);
  for (const one of people) {
    for (const other of people) if (other !== one) await one.hears(other);
  }
});

test('muted means that no sound is received, and unmuting brings it back', async ({ meet }) => {
  const [ana, bo] = two(await meet(['Ana', 'Bo']));
  await allSee([ana, bo]);
  await bo.hears(ana);

  await ana.press('Microphone');
  await expect(bo.tile('Ana')).toHaveAccessibleName(/microphone off/);
  // What was said just before is still in the jitter buffer.
  await bo.page.waitForTimeout(700);
  const before = await bo.receives(ana);
  await bo.page.waitForTimeout(SILENCE);
  const after = await bo.receives(ana);
  expect(after.microphone.energy - before.microphone.energy).toBeLessThan(SILENT);

  await ana.press('Microphone');
  await expect(bo.tile('Ana')).not.toHaveAccessibleName(/microphone off/);
  await bo.hears(ana);
});

test('camera off means that no frames arrive and the camera itself is released', async ({ meet }) => {
  const [ana, bo] = two(await meet(['Ana', 'Bo']));
  await allSee([ana, bo]);
  expect(await running(ana.page, 'device', 'video')).toBeGreaterThan(0);

  await ana.press('Camera');
  await expect.poll(() => running(ana.page, 'device', 'video')).toBe(0);
  await bo.page.waitForTimeout(700);
  const before = await bo.receives(ana);
  await bo.page.waitForTimeout(SILENCE);
  const after = await bo.receives(ana);
  expect(after.camera.frames).toBe(before.camera.frames);
  await bo.hears(ana);

  await ana.press('Camera');
  await bo.sees(ana);
});

test('a screen arrives beside the camera, and no toggle makes a new offer', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo', 'Cleo']);
  const [ana, bo, cleo] = people;
  if (!ana || !bo || !cleo) throw new Error('three people');
  await allSee(people);
  const offers = await Promise.all(people.map((person) => offersOf(person.page)));
  expect(offers.reduce((sum, count) => sum + count)).toBe(3);

  await ana.press('Share screen');
  await bo.sees(ana, 'screen');
  await cleo.sees(ana, 'screen');
  await bo.sees(ana);
  await cleo.sees(ana);
  await expect(bo.tile('Ana')).toHaveAccessibleName(/presenting/);
  await expect(bo.page.getByText('Screen shared by Ana').first()).toBeAttached();

  await bo.press('Share screen');
  await cleo.sees(bo, 'screen');
  await ana.press('Share screen');
  await expect.poll(() => running(ana.page, 'screen', 'video')).toBe(0);
  await expect(bo.tile('Ana')).not.toHaveAccessibleName(/presenting/);

  await cleo.press('Microphone');
  await cleo.press('Camera');
  await cleo.press('Camera');
  await ana.sees(cleo);
  expect(await Promise.all(people.map((person) => offersOf(person.page)))).toEqual(offers);
});

test('chat goes both ways, and who comes late gets what was said', async ({ meet, newPerson }) => {
  const [ana, bo] = two(await meet(['Ana', 'Bo']));
  await ana.say('Hello from Ana');
  await bo.openChat();
  await expect(bo.messages).toContainText('Hello from Ana');
  await bo.say('Hello from Bo, see https://example.org/a');
  await expect(ana.messages).toContainText('Hello from Bo');
  const address = ana.messages.getByRole('link', { name: 'https://example.org/a' });
  await expect(address).toHaveAttribute('href', 'https://example.org/a');

  const cleo = await newPerson();
  await cleo.open(ana.page.url());
  await cleo.join('Cleo');
  await cleo.openChat();
  await expect(cleo.messages).toContainText('Hello from Ana');
  await expect(cleo.messages).toContainText('Hello from Bo');
  await cleo.say('Hello from Cleo');
  await expect(ana.messages).toContainText('Hello from Cleo');
  await expect(bo.messages).toContainText('Hello from Cleo');
});

test('leaving is seen within half a second, and the one who left can come back', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo', 'Cleo']);
  const [ana, bo, cleo] = people;
  if (!ana || !bo || !cleo) throw new Error('three people');
  await allHaveTiles(people);
  await allSee(people);

  // Both clocks are this machine's: the click as the page hears it, the end of the tile as the other page sees it.
  const gone = Promise.all(
    [bo, cleo].map(async (person) => {
      const tile = await person.tile('Ana').elementHandle();
      return person.page.evaluate(
        (element) =>
          new Promise<number>((resolve) => {
            const look = () => !element?.isConnected && resolve(Date.now());
            new MutationObserver(look).observe(document.body, { childList: true, subtree: true });
          }),
        tile,
      );
    }),
  );
  // The watches stand before the click.
  await bo.page.waitForTimeout(200);
  const leave = ana.toolbar.getByRole('button', { name: 'Leave' });
  await leave.evaluate((button) =>
    button.addEventListener('click', () => (document.documentElement.title = String(Date.now()))),
  );
  await ana.leave();
  const clicked = Number(await ana.page.evaluate(() => document.documentElement.title));
  for (const at of await gone) expect(at - clicked).toBeLessThan(500);
  await expect(ana.page.getByRole('heading', { name: 'You left' })).toBeVisible();
  expect(await running(ana.page, 'device', 'video')).toBe(0);
  expect(await running(ana.page, 'device', 'audio')).toBe(0);

  await ana.page.getByRole('button', { name: 'Rejoin' }).click();
  await ana.join('Ana');
  await allSee(people);
});

/** The two of a meeting of two. */
function two<T>(people: readonly T[]): [T, T] {
  const [one, other] = people;
  if (one === undefined || other === undefined) throw new Error('two people');
  return [one, other];
}
