/** What the room could learn and what it has to do: everything on its sockets is captured, searched and counted. */
import { networkInterfaces } from 'node:os';
import { expect, test } from '../support/fixtures.ts';
import { allConnected, allHaveTiles, allSee, type Person } from '../support/people.ts';

/** Milliseconds after which a join has sent its last candidates. */
const SETTLED = 1_500;

test('nothing readable passes the room: no name, description, candidate, chat text or link key', async ({ meet }) => {
  const names = ['Annabel Quill', 'Boris Wexford', 'Cleo Yarrow'];
  const people = await meet(names);
  const [annabel, boris, cleo] = people;
  if (!annabel || !boris || !cleo) throw new Error('three people');
  await allSee(people);
  await annabel.say('The password is xylophone');
  await boris.openChat();
  await expect(boris.messages).toContainText('xylophone');
  await annabel.press('Microphone');
  await annabel.press('Share screen');
  await boris.sees(annabel, 'screen');
  await cleo.leave();
  await expect(annabel.tile('Cleo Yarrow')).toHaveCount(0);

  const fragment = new URL(annabel.page.url()).hash.slice(1);
  const [, key = '', hostKey = ''] = fragment.split('.');
  const bytes = (text: string) => Buffer.from(text, 'base64url').toString('latin1');
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address));
  const secret = [
    ...names,
    ...names.map((name) => name.split(' ')[1] ?? name),
    'xylophone',
    fragment,
    key,
    bytes(key),
    'v=0\r\no=',
    'm=audio',
    'a=ice-',
    'a=fingerprint',
    'candidate:',
    'typ host',
    ...addresses.filter((address) => address.length > 8 && !address.startsWith('127.')),
  ];

  for (const { wire } of people) {
    const readable = wire.readable();
    for (const word of secret) expect(readable.includes(word), `the wire holds ${JSON.stringify(word)}`).toBe(false);
    // The search can find: what is meant to be seen is there, in both forms.
    expect(readable).toContain('"type":"enter"');
    expect(readable).toContain(hostKey);
    expect(readable.includes(bytes(hostKey))).toBe(true);
    expect(wire.frames.filter(({ type }) => type === 'relay' || type === 'frame').length).toBeGreaterThan(0);
  }
});

test('the k-th joiner costs the room 1 enter, 1 relay, 1 welcome and k−1 frames, and at most a batch of candidates a pair', async ({
  newPerson,
}) => {
  const people: Person[] = [];
  for (const name of ['Ana', 'Bo', 'Cleo', 'Dan']) {
    const person = await newPerson();
    // Without pictures, that two cores are in time for four: a browser that is late gathers candidates in two batches.
    await person.page.addInitScript(() => localStorage.setItem('snug.preferences', '{"camera":false}'));
    const [first] = people;
    if (first) await person.open(first.page.url());
    else await person.newMeeting();
    // Connections are made while one looks at the preview: to come in is then said by their channels.
    await allConnected([...people, person]);
    await person.join(name);
    people.push(person);
  }
  await allHaveTiles(people);
  await people[0]?.page.waitForTimeout(SETTLED);

  people.forEach(({ wire }, index) => {
    const others = index;
    const later = people.length - 1 - index;
    const counts = wire.counts();
    const message = `${index + 1}. joiner: ${JSON.stringify(counts)}`;
    expect(counts['sent enter'], message).toBe(1);
    expect(counts['received challenge'], message).toBe(1);
    expect(counts['received welcome'], message).toBe(1);
    expect(counts['received entered'] ?? 0, message).toBe(later);
    // Its offers in one message and its late candidates in one a pair; one answer and one batch for each who came later.
    const offers = others > 0 ? 1 : 0;
    expect(counts['sent relay'] ?? 0, message).toBeGreaterThanOrEqual(offers + later);
    expect(counts['sent relay'] ?? 0, message).toBeLessThanOrEqual(offers + others + 2 * later);
    expect(counts['received frame'] ?? 0, message).toBeGreaterThanOrEqual(others + later);
    expect(counts['received frame'] ?? 0, message).toBeLessThanOrEqual(2 * (others + later));
    expect(Object.keys(counts).length, message).toBeLessThanOrEqual(6);
  });
});

test('no mute, camera, screen, hand, chat or reaction costs the room a message', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo']);
  const [ana, bo] = people;
  if (!ana || !bo) throw new Error('two people');
  await allSee(people);
  await ana.page.waitForTimeout(SETTLED);
  const marks = people.map(({ wire }) => wire.frames.length);

  for (const person of people) await toggleAll(person);
  await expect(bo.messages).toContainText('Ana was here');
  await expect(ana.messages).toContainText('Bo was here');
  await ana.sees(bo);
  await ana.page.waitForTimeout(SETTLED);
  expect(people.map(({ wire }, index) => wire.counts({ from: marks[index] ?? 0 }))).toEqual([{}, {}]);
});

async function toggleAll(person: Person): Promise<void> {
  for (const name of ['Microphone', 'Camera', 'Share screen', 'Raise hand'] as const) {
    await person.press(name);
    await person.press(name);
  }
  await person.say(`${person.name} was here`);
}
