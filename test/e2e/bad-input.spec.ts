/** What people paste, type and send that is wrong, huge or hostile: a sentence for them, no effect on anyone else. */
import { expect, test } from '../support/fixtures.ts';
import { allHaveTiles } from '../support/people.ts';

test('a truncated link says that it is incomplete, on its page and in the field', async ({ newPerson }) => {
  const ana = await newPerson();
  const link = await ana.newMeeting();
  const broken = link.slice(0, -3);

  const bo = await newPerson();
  await bo.page.goto(broken);
  await expect(bo.page.getByRole('heading', { name: 'This link is incomplete' })).toBeVisible();
  expect(bo.wire.addresses.filter((address) => address.includes('/api/'))).toEqual([]);

  await bo.page.goto(bo.origin);
  const field = bo.page.getByRole('textbox', { name: 'Meeting link' });
  await field.fill(broken);
  await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/not a whole meeting link/);
  await field.fill(link);
  await bo.page.getByRole('button', { name: 'Join', exact: true }).click();
  await expect(bo.page.getByRole('textbox', { name: 'Your name' })).toBeVisible();
});

test('an empty name is asked for, and nobody comes in without one', async ({ newPerson }) => {
  const ana = await newPerson();
  await ana.newMeeting();
  const field = ana.page.getByRole('textbox', { name: 'Your name' });
  await field.fill('   ');
  await ana.page.getByRole('button', { name: 'Join now' }).click();
  await expect(field).toBeFocused();
  await expect(field).toHaveAccessibleDescription(/name/);
  await expect(ana.toolbar).toHaveCount(0);
});

test('a name of 10,000 characters arrives as 64', async ({ newPerson }) => {
  const ana = await newPerson();
  const link = await ana.newMeeting();
  await ana.join('Ana');
  const bo = await newPerson();
  await bo.open(link);
  await bo.join('W'.repeat(10_000));
  const tile = ana.page.getByRole('group', { name: /^W+/ });
  await expect(tile).toBeVisible();
  expect(/^W*/.exec((await tile.getAttribute('aria-label')) ?? '')?.[0]).toHaveLength(64);
  await expect(ana.tile('Ana')).toBeVisible();
});

test('HTML and bidi in names and messages stay text, where they belong', async ({ meet }) => {
  const hostile = '<img src=x onerror=alert(1)>';
  const people = await meet(['Ana', hostile, 'abc\u202Edef']);
  const [ana, bo, cleo] = people;
  if (!ana || !bo || !cleo) throw new Error('three people');
  await allHaveTiles([ana, bo]);
  const dialogs: string[] = [];
  ana.page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    void dialog.dismiss();
  });

  await bo.say('<script>alert(1)</script><b>bold</b> javascript:alert(1) \u202Egnp.exe');
  await cleo.say('שלום <i>world</i>');
  await ana.openChat();
  await expect(ana.messages).toContainText('<b>bold</b>');
  await expect(ana.messages).toContainText('<i>world</i>');
  await expect(ana.messages.locator('b, i, script, img, a[href^="javascript"]')).toHaveCount(0);
  await expect(ana.page.locator('img[src="x"]')).toHaveCount(0);
  // A message's direction is its own affair.
  await expect(ana.messages.locator('[dir="auto"]').filter({ hasText: 'world' }).last()).toHaveCSS('direction', 'rtl');
  expect(dialogs).toEqual([]);
});

test('a message over 4,000 characters is not sent, and one of 4,000 is', async ({ meet }) => {
  const [ana, bo] = await meet(['Ana', 'Bo']);
  if (!ana || !bo) throw new Error('two people');
  await ana.openChat();
  const field = ana.page.getByRole('textbox', { name: 'Message', exact: true });
  await field.fill('a'.repeat(10_000));
  await field.press('Enter');
  await bo.openChat();
  await ana.say('b'.repeat(4_000));
  await expect(bo.messages).toContainText('b'.repeat(4_000));
  await expect(bo.messages).not.toContainText('a'.repeat(4_001));
});

test('without microphone and camera one joins all the same, to listen', async ({ newPerson }) => {
  const ana = await newPerson();
  const link = await ana.newMeeting();
  await ana.join('Ana');
  const bo = await newPerson();
  await bo.page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'));
  });
  await bo.open(link);
  await bo.join('Bo');
  await expect(ana.tile('Bo')).toHaveAccessibleName(/Bo, microphone off/);
  await bo.sees(ana);
  await bo.hears(ana);
});
