/**
 * The system's Chromium inside a namespace, steered over a pipe, so that no network is needed for it.
 * Refuses to know what its page does.
 */
import { chromium, type Browser, type BrowserContext } from '@playwright/test';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CHROMIUM, CHROMIUM_FLAGS } from '../../support/chromium.ts';
import type { Namespace } from '../network/namespaces.ts';
import type { Tab } from './browser.ts';

export interface ChromiumOptions {
  namespace?: Namespace;
  flags?: string[];
}

/** One browser with a page for each call of `open`, each of a profile of its own unless one is given. */
export class Chromium {
  readonly #browser: Browser;
  readonly #folder: string;

  private constructor(browser: Browser, folder: string) {
    this.#browser = browser;
    this.#folder = folder;
  }

  static async launch({ namespace, flags = [] }: ChromiumOptions): Promise<Chromium> {
    const folder = mkdtempSync(join(tmpdir(), 'snug-lab-'));
    const program = join(folder, 'chromium');
    const [command, args] = namespace ? namespace.wrap([CHROMIUM]) : [CHROMIUM, []];
    writeFileSync(program, `#!/bin/sh\nexec ${command} ${args.join(' ')} "$@" 2>/dev/null\n`);
    chmodSync(program, 0o755);
    const browser = await chromium.launch({ executablePath: program, args: [...CHROMIUM_FLAGS, ...flags] });
    return new Chromium(browser, folder);
  }

  async open(url: string, profile?: BrowserContext): Promise<Tab> {
    const context = profile ?? (await this.#browser.newContext({ permissions: ['camera', 'microphone'] }));
    const page = await context.newPage();
    const log: string[] = [];
    page.on('console', (message) => log.push(message.text()));
    page.on('pageerror', (error) => log.push(error.stack ?? error.message));
    await page.goto(url);
    return {
      log,
      // Playwright's type of `work` is of what it could unwrap; handles are not used here.
      evaluate: (work, argument) => page.evaluate(work as never, argument),
      beside: () => this.open(url),
      twin: () => this.open(url, context),
      reload: async () => void (await page.reload()),
      crash: async () => {
        const session = await this.#browser.newBrowserCDPSession();
        const { processInfo } = await session.send('SystemInfo.getProcessInfo');
        for (const { type, id } of processInfo) if (type === 'renderer') process.kill(id, 'SIGKILL');
      },
      close: () => (profile ? page.close() : context.close()),
    };
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
