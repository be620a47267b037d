/**
 * Notes what a page must never do: ask another origin, break its own security policy, throw.
 * Refuses to fail a test by itself: whoever asks does.
 */
import type { BrowserContext, Page } from '@playwright/test';

/** One sentence for each fault of `context`'s pages, as they come; `origin` is the server's. */
export function watch(context: BrowserContext, origin: string): string[] {
  const faults: string[] = [];
  const check = (url: string) => {
    const { protocol, host } = new URL(url);
    if (protocol === 'data:' || protocol === 'blob:' || url === 'about:blank') return;
    if (host !== new URL(origin).host) faults.push(`asked another origin: ${url}`);
  };
  context.on('request', (request) => check(request.url()));
  context.on('page', (page: Page) => {
    page.on('websocket', (socket) => check(socket.url()));
    page.on('pageerror', (error) => faults.push(`threw: ${error.stack ?? error.message}`));
    page.on('console', (message) => {
      if (/Content Security Policy|unhandled/i.test(message.text())) faults.push(`said: ${message.text()}`);
    });
  });
  return faults;
}
