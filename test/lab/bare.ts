/**
 * The join storm without the product (site/bare.ts): what the machine needs for the same connections is what a storm's times are to be
 * compared with, because they differ by more from machine to machine, and from minute to minute, than by anything in this repository.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Tab } from './browsers/browser.ts';

/** Milliseconds. */
const ASK = 500;
const PATIENCE = 60_000;

/**
 * Everyone in `tabs`, which are new and of one profile, comes within `within` milliseconds and is connected to all who came before.
 * Milliseconds from the first one's coming to each opened channel and to each first sound, both sides of all pairs.
 */
export async function meetBarely(
  tabs: readonly Tab[],
  within: number,
): Promise<{ opened: number[]; sounds: number[] }> {
  for (const [me, tab] of tabs.entries()) {
    await tab.evaluate(([number, people]) => window.bare.prepare(number, people), [me, tabs.length] as const);
  }
  const began = Date.now();
  await Promise.all(
    tabs.map(async (tab, me) => {
      await wait((me * within) / tabs.length);
      const others = Array.from({ length: me }, (_, other) => other);
      await tab.evaluate((numbers) => window.bare.enter(numbers), others);
    }),
  );
  await Promise.all(tabs.map((tab) => hearsAll(tab, tabs.length - 1, began + PATIENCE)));
  const opened = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.bare.opened(), undefined)));
  const sounds = await Promise.all(tabs.map((tab) => tab.evaluate(() => window.lab.sounds(), undefined)));
  return { opened: opened.flat().map((at) => at - began), sounds: sounds.flat().map((at) => at - began) };
}

async function hearsAll(tab: Tab, others: number, deadline: number): Promise<void> {
  for (;;) {
    const { length } = await tab.evaluate(() => window.lab.sounds(), undefined);
    if (length >= others) return;
    if (Date.now() > deadline) throw new Error(`without the product ${length} of ${others} are heard within 60 s`);
    await wait(ASK);
  }
}
