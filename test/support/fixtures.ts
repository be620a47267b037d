/**
 * What a browser test is given: a running server and people with a browser each.
 * After each test: no page may have asked another origin, broken its security policy or thrown.
 */
import { test as base, expect, type BrowserContextOptions } from '@playwright/test';
import { observe } from './media.ts';
import { watch } from './origins.ts';
import { Person } from './people.ts';
import { Server } from './serve.ts';

export interface PersonOptions {
  /** Another server than the test's own, or what stands before it. */
  server?: Pick<Server, 'url'>;
  context?: BrowserContextOptions;
}

interface Fixtures {
  /** A new person with a browser context of their own, closed after the test. */
  newPerson: (options?: PersonOptions) => Promise<Person>;
  /** `names.length` people in one new meeting, the first of whom made it. */
  meet: (names: readonly string[], options?: PersonOptions) => Promise<Person[]>;
}

export const test = base.extend<Fixtures, { server: Server }>({
  server: [
    // Playwright reads what a fixture needs from its first parameter, which must be a pattern.
    async ({}, use) => {
      const server = await Server.start();
      await use(server);
      await server.stop();
    },
    { scope: 'worker', timeout: 90_000 },
  ],

  newPerson: async ({ browser, server }, use) => {
    const people: Person[] = [];
    const faults: string[][] = [];
    await use(async (options = {}) => {
      const { url } = options.server ?? server;
      const context = await browser.newContext(options.context);
      faults.push(watch(context, url));
      await observe(context);
      const person = new Person(context, await context.newPage(), url);
      people.push(person);
      return person;
    });
    await Promise.all(people.map((person) => person.context.close()));
    expect(faults.flat()).toEqual([]);
  },

  meet: async ({ newPerson }, use) => {
    await use(async (names, options) => {
      const people: Person[] = [];
      let link: string | undefined;
      for (const name of names) {
        const person = await newPerson(options);
        if (link === undefined) link = await person.newMeeting();
        else await person.open(link);
        await person.join(name);
        people.push(person);
      }
      return people;
    });
  },
});

export { expect };
