/**
 * A person with a browser of their own: does what people do, by the names that people and screen readers know.
 * Refuses to know how the page is made; what really arrives is asked of media.ts.
 */
import { expect, type BrowserContext, type Locator, type Page } from '@playwright/test';
import { connectionTo, received, type Side } from './media.ts';
import { Wire } from './wire.ts';

export type Toggle = 'Microphone' | 'Camera' | 'Share screen' | 'Raise hand' | 'Chat' | 'People';

/** Milliseconds for two browsers to find each other and show the first frame, three of them on two cores. */
const CONNECT_TIMEOUT = 30_000;

export class Person {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly origin: string;
  readonly wire: Wire;
  name = '';

  constructor(context: BrowserContext, page: Page, origin: string) {
    this.context = context;
    this.page = page;
    this.origin = origin;
    this.wire = new Wire(page);
  }

  /** Makes a meeting and stays before its door. Returns the link. */
  async newMeeting(): Promise<string> {
    await this.page.goto(`${this.origin}/`);
    await this.page.getByRole('button', { name: 'New meeting' }).click();
    await expect(this.page.getByRole('textbox', { name: 'Your name' })).toBeVisible();
    return this.page.url();
  }

  async open(link: string): Promise<void> {
    await this.page.goto(link);
    await expect(this.page.getByRole('textbox', { name: 'Your name' })).toBeVisible();
  }

  /** From pre-join into the call. */
  async join(name: string): Promise<void> {
    this.name = name;
    await this.page.getByRole('textbox', { name: 'Your name' }).fill(name);
    await this.page.getByRole('button', { name: 'Join now' }).click();
    await expect(this.toolbar).toBeVisible();
  }

  get toolbar(): Locator {
    return this.page.getByRole('toolbar', { name: 'Meeting controls' });
  }

  /** A toggle of the call's toolbar. */
  toggle(name: Toggle): Locator {
    return this.toolbar.getByRole('button', { name, exact: true });
  }

  /** Presses a toggle and waits until it stands the other way. */
  async press(name: Toggle): Promise<void> {
    const toggle = this.toggle(name);
    const before = await toggle.getAttribute('aria-pressed');
    await toggle.click();
    await expect(toggle).toHaveAttribute('aria-pressed', before === 'true' ? 'false' : 'true');
  }

  /** The tile of `name`, whatever its state adds to the name. */
  tile(name: string): Locator {
    const literal = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return this.page.getByRole('group', { name: new RegExp(`^${literal}(,|$)`) });
  }

  get messages(): Locator {
    return this.page.getByRole('log', { name: 'Chat messages' });
  }

  async openChat(): Promise<void> {
    if ((await this.toggle('Chat').getAttribute('aria-pressed')) !== 'true') await this.press('Chat');
    await expect(this.page.getByRole('textbox', { name: 'Message', exact: true })).toBeVisible();
  }

  async say(text: string): Promise<void> {
    await this.openChat();
    await this.page.getByRole('textbox', { name: 'Message', exact: true }).fill(text);
    await this.page.getByRole('button', { name: 'Send', exact: true }).click();
  }

  async leave(): Promise<void> {
    await this.toolbar.getByRole('button', { name: 'Leave' }).click();
  }

  /** How this person's browser sees the connection to `other`. */
  receives(other: Person): Promise<Side> {
    return received(this.page, other.page);
  }

  /** Waits until `kind` frames of `other` go on being decoded here: 10 more than there were. */
  async sees(other: Person, kind: 'camera' | 'screen' = 'camera'): Promise<void> {
    let first: number | undefined;
    await expect
      .poll(
        async () => {
          const side = await connectionTo(this.page, other.page);
          if (!side) return 0;
          const { frames } = side[kind];
          first ??= frames;
          return frames - first;
        },
        { message: `${this.name} decodes ${kind} frames of ${other.name}`, timeout: CONNECT_TIMEOUT, intervals: [250] },
      )
      .toBeGreaterThanOrEqual(10);
  }

  /** Waits until sound of `other` is heard here. The fake microphone beeps once a second. */
  async hears(other: Person): Promise<void> {
    let first: number | undefined;
    await expect
      .poll(
        async () => {
          const { energy } = (await this.receives(other)).microphone;
          first ??= energy;
          return energy - first;
        },
        { message: `${this.name} hears ${other.name}`, timeout: CONNECT_TIMEOUT, intervals: [250] },
      )
      .toBeGreaterThan(1e-4);
  }
}

function pairsOf(people: readonly Person[]): (readonly [Person, Person])[] {
  return people.flatMap((one) => people.filter((other) => other !== one).map((other) => [one, other] as const));
}

/** Waits until every two of `people` have a connection. */
export async function allConnected(people: readonly Person[]): Promise<void> {
  await expect(async () => {
    const sides = await Promise.all(pairsOf(people).map(([one, other]) => one.receives(other)));
    for (const { state } of sides) expect(state).toBe('connected');
  }).toPass({ timeout: CONNECT_TIMEOUT, intervals: [250] });
}

/** Waits until each of `people` decodes camera frames of every other. */
export async function allSee(people: readonly Person[]): Promise<void> {
  await allConnected(people);
  await Promise.all(pairsOf(people).map(([one, other]) => one.sees(other)));
}

/** Waits until every one of `people` has a tile of every other. */
export async function allHaveTiles(people: readonly Person[]): Promise<void> {
  for (const one of people) {
    for (const other of people) await expect(one.tile(other.name)).toBeVisible({ timeout: CONNECT_TIMEOUT });
  }
}
