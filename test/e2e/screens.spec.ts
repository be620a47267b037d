/** Every screen as people meet it: axe finds nothing, the keyboard reaches everything, links copy, devices may be missing. */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { existsSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, test } from '../support/fixtures.ts';
import { giveMouth } from '../support/mouth.ts';
import { portray } from '../support/portrait.ts';
import { allSee, type Person } from '../support/people.ts';

/** The README's picture. Delete it to have it taken anew. */
const PICTURE = join(import.meta.dirname, 'screenshots', 'call.png');

/** What axe finds on `page`, in a line each. */
async function faults(page: Page): Promise<string[]> {
  // What fades in has too little contrast for as long as it does.
  await page.evaluate(() => Promise.allSettled(document.getAnimations().map((animation) => animation.finished)));
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(' … ')}`);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing on landing, pre-join, call with chat open and left, ${colorScheme}`, async ({
    newPerson,
  }) => {
    const ana = await newPerson({ context: { colorScheme, reducedMotion: 'reduce' } });
    await ana.page.goto(ana.origin);
    await expect(ana.page.getByRole('button', { name: 'New meeting' })).toBeVisible();
    expect.soft(await faults(ana.page), 'landing').toEqual([]);

    const link = await ana.newMeeting();
    await expect(ana.page.getByRole('meter', { name: 'Microphone level' })).toBeVisible();
    expect.soft(await faults(ana.page), 'pre-join').toEqual([]);

    await ana.join('Ana');
    expect.soft(await faults(ana.page), 'call, alone').toEqual([]);

    const bo = await newPerson();
    await bo.open(link);
    await bo.join('Bo');
    await allSee([ana, bo]);
    await bo.say('Hello, see https://example.org');
    await ana.openChat();
    await expect(ana.messages).toContainText('Hello');
    expect.soft(await faults(ana.page), 'call with chat open').toEqual([]);

    await ana.press('People');
    expect.soft(await faults(ana.page), 'call with people open').toEqual([]);

    await ana.leave();
    await expect(ana.page.getByRole('heading', { name: 'You left' })).toBeVisible();
    expect.soft(await faults(ana.page), 'left').toEqual([]);
  });
}

test('the landing page asks for no device and opens no socket', async ({ newPerson }) => {
  const ana = await newPerson();
  await ana.page.goto(ana.origin);
  await expect(ana.page.getByRole('button', { name: 'New meeting' })).toBeVisible();
  expect(await ana.page.evaluate(() => window.observed.captured.length)).toBe(0);
  expect(ana.wire.addresses.filter((address) => address.includes('/api/'))).toEqual([]);
});

test('"Copy link" gives the whole link, before and in the call, and another browser follows it', async ({
  newPerson,
}) => {
  const ana = await newPerson();
  const link = await ana.newMeeting();
  const copied = () => ana.page.evaluate(() => navigator.clipboard.readText());
  await ana.page.getByRole('button', { name: 'Copy link' }).click();
  await expect.poll(copied).toBe(link);
  await ana.join('Ana');
  await ana.page.evaluate(() => navigator.clipboard.writeText(''));
  await ana.page.getByRole('button', { name: 'Copy link' }).first().click();
  await expect.poll(copied).toBe(link);

  const bo = await newPerson();
  await bo.page.goto(bo.origin);
  // As people paste: only what follows the #, spaces around it, a full stop behind it.
  await bo.page.getByRole('textbox', { name: 'Meeting link' }).fill(`  ${new URL(link).hash.slice(1)}. `);
  await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
  await bo.join('Bo');
  await expect(ana.tile('Bo')).toBeVisible();
});

test('the keyboard alone leads from the landing page through the call and out of it', async ({ newPerson }) => {
  const ana = await newPerson();
  const { page } = ana;
  await page.goto(ana.origin);
  await page.getByRole('button', { name: 'New meeting' }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('textbox', { name: 'Your name' }).focus();
  await page.keyboard.type('Ana');
  await page.keyboard.press('Enter');
  await expect(ana.toolbar).toBeVisible();
  for (const name of ['Microphone', 'Camera', 'Raise hand'] as const) {
    await expect(ana.toggle(name)).toHaveAttribute('aria-pressed', name === 'Raise hand' ? 'false' : 'true');
    await ana.toggle(name).focus();
    await page.keyboard.press('Enter');
    await expect(ana.toggle(name)).toHaveAttribute('aria-pressed', name === 'Raise hand' ? 'true' : 'false');
  }
  await page.keyboard.press('Control+d');
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'true');
  await ana.toolbar.getByRole('button', { name: 'Leave' }).focus();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'You left' })).toBeVisible();
});

test('toggles of the pre-join page are carried into the call', async ({ newPerson }) => {
  const ana = await newPerson();
  await ana.newMeeting();
  const { page } = ana;
  for (const name of ['Microphone', 'Camera']) {
    const toggle = page.getByRole('button', { name, exact: true });
    await expect(toggle).toHaveAttribute('aria-pressed', 'true');
    await toggle.click();
    await expect(toggle).toHaveAttribute('aria-pressed', 'false');
  }
  await ana.join('Ana');
  await expect(ana.toggle('Microphone')).toHaveAttribute('aria-pressed', 'false');
  await expect(ana.toggle('Camera')).toHaveAttribute('aria-pressed', 'false');
  await expect(ana.tile('Ana')).toHaveAccessibleName(/Ana, you, microphone off/);
});

test('a call of three, for the README', async ({ newPerson }) => {
  const looks = [
    { name: 'Ana', wall: '#7a4a2b', hair: '#2a1a12', skin: '#e0a983', shirt: '#1f4e5f' },
    { name: 'Bo', wall: '#3d5a45', hair: '#b3793c', skin: '#f1c7a5', shirt: '#8c2f39' },
    { name: 'Cleo', wall: '#4b4370', hair: '#151217', skin: '#8d5a3b', shirt: '#d9a441' },
  ];
  const people: Person[] = [];
  for (const { name, ...look } of looks) {
    const person = await newPerson();
    // Chromium's own fake microphones beep in step, as those do who hear each other's loudspeakers.
    await giveMouth(person);
    await person.page.addInitScript(portray, look);
    if (people[0]) await person.open(people[0].page.url());
    else await person.newMeeting();
    await person.join(name);
    people.push(person);
  }
  const [ana, bo] = people;
  if (!ana || !bo) throw new Error('three people');
  await allSee(people);
  await ana.openChat();
  await bo.say('The draft is in the notes. Shall we start?');
  await ana.say('Yes, two minutes!');
  await expect(ana.messages).toContainText('The draft');
  await ana.page.mouse.move(0, 0);
  await expect(ana.page.getByRole('region', { name: 'Notices' })).toHaveCount(0);
  const picture = existsSync(PICTURE) ? join(import.meta.dirname, '../../test-results/call.png') : PICTURE;
  mkdirSync(dirname(picture), { recursive: true });
  await ana.page.screenshot({ path: picture });
  expect(existsSync(picture)).toBe(true);
});
