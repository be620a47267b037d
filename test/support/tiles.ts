/** What a person sees change: the names of a page's tiles and shown screens, noted by the page itself at every change. */
import type { Page } from '@playwright/test';

declare global {
  interface Window {
    /** One list after another, no two neighbours alike. */
    tiles: string[][];
  }
}

/** From now on every change is noted. */
export async function watchTiles(page: Page): Promise<void> {
  await page.evaluate(() => {
    const look = () =>
      [...document.querySelectorAll('[role=group][aria-label], figure[aria-label]')].map(
        (element) => element.getAttribute('aria-label') ?? '',
      );
    window.tiles = [look()];
    const note = () => {
      const now = look();
      if (JSON.stringify(now) !== JSON.stringify(window.tiles.at(-1))) window.tiles.push(now);
    };
    const attributes = { attributes: true, attributeFilter: ['aria-label'] };
    new MutationObserver(note).observe(document.body, { childList: true, subtree: true, ...attributes });
  });
}

export function tilesSeen(page: Page): Promise<string[][]> {
  return page.evaluate(() => window.tiles);
}
