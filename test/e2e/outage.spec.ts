/** A call that nothing ends: the room is killed, pages are reloaded and crash, and media goes on. */
import { expect } from '@playwright/test';
import { setTimeout as wait } from 'node:timers/promises';
import { test } from '../support/fixtures.ts';
import { allSee, type Person } from '../support/people.ts';
import { Server } from '../support/serve.ts';
import { shrinkCaptures } from '../support/small-captures.ts';

/** Milliseconds from the server's first answer to the room's socket being back, seen from outside the page. */
const SOCKET_BACK = 1_000;
/** What two cores encode and decode for three people, with time left for a server that starts. */
const LITTLE = { width: 320, height: 180, frameRate: 15 };

/** Camera frames of everyone, decoded by everyone. */
async function frames(people: readonly Person[]): Promise<number[]> {
  const pairs = people.flatMap((one) => people.filter((other) => other !== one).map((other) => [one, other] as const));
  return Promise.all(pairs.map(async ([one, other]) => (await one.receives(other)).camera.frames));
}

async function meetOn(server: Server, newPerson: (options: { server: Server }) => Promise<Person>, names: string[]) {
  const people: Person[] = [];
  let link: string | undefined;
  for (const name of names) {
    const person = await newPerson({ server });
    await person.page.addInitScript(shrinkCaptures, LITTLE);
    if (link === undefined) link = await person.newMeeting();
    else await person.open(link);
    await person.join(name);
    people.push(person);
  }
  await allSee(people);
  return people;
}

for (const [fault, seconds] of [
  [1, 5],
  [2, 60],
] as const) {
  test(`[${fault}] a room killed for ${seconds} s in a call of three freezes nobody, and is back 1 s after the server`, async ({
    newPerson,
  }) => {
    test.setTimeout(240_000);
    const server = await Server.start();
    try {
      const people = await meetOn(server, newPerson, ['Ana', 'Bo', 'Cy']);
      const [ana, bo] = people;
      if (!ana || !bo) throw new Error('three people');
      const welcomed = ana.wire.counts()['received welcome'] ?? 0;
      let before = await frames(people);
      server.kill();
      for (let elapsed = 0; elapsed < seconds; elapsed += 5) {
        await wait(5_000);
        const now = await frames(people);
        // 5 s at 15 frames a second; a third of that on a busy machine is still no freeze.
        now.forEach((count, pair) => expect(count - (before[pair] ?? 0), `pair ${pair}`).toBeGreaterThan(20));
        before = now;
        for (const person of people) {
          for (const other of people) await expect(person.tile(other.name)).toBeVisible();
        }
        if (elapsed === 0) await ana.say('said without a room');
      }
      await bo.openChat();
      await expect(bo.messages).toContainText('said without a room');

      await server.restart();
      const up = Date.now();
      const back = () => (ana.wire.counts()['received welcome'] ?? 0) > welcomed;
      await expect.poll(back, { timeout: 10_000, intervals: [20] }).toBe(true);
      expect(Date.now() - up).toBeLessThanOrEqual(SOCKET_BACK);
      await expect(ana.page.getByText('Room service unreachable')).toBeHidden();
    } finally {
      await server.stop();
    }
  });
}

test('[12] a reload gives one tile, not two', async ({ meet }) => {
  const people = await meet(['Ana', 'Bo']);
  const [ana, bo] = people;
  if (!ana || !bo) throw new Error('two people');
  await allSee(people);
  await bo.page.reload();
  await expect(ana.tile('Bo')).toHaveCount(0, { timeout: 3_000 });
  await bo.join('Bo');
  await expect(ana.tile('Bo')).toHaveCount(1, { timeout: 10_000 });
  await allSee(people);
});

test('[11] the same link in a second tab says so, and can take the call over', async ({ meet }) => {
  const [ana] = await meet(['Ana']);
  if (!ana) throw new Error('one person');
  const second = await ana.context.newPage();
  await second.goto(ana.page.url());
  await expect(second.getByRole('textbox', { name: 'Your name' })).toBeVisible();
  await second.getByRole('button', { name: 'Switch here' }).click();
  await expect(ana.page.getByRole('toolbar', { name: 'Meeting controls' })).toBeHidden();
});
