/**
 * The system's Firefox with a profile that outlives it, for the recorder's page. Steered by puppeteer over BiDi: Playwright's own
 * Firefox is not the one that people have. Refuses to know what a test expects.
 */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { FIREFOX, loudspeaker } from '../../lab/browsers/firefox.ts';
import type { Stage } from './stage.ts';

export const hasFirefox = (): boolean => existsSync(FIREFOX);

export class Firefox {
  readonly #folder = mkdtempSync(join(tmpdir(), 'snug-firefox-'));
  readonly #faults: string[];
  #browser: Browser | undefined;

  constructor(faults: string[]) {
    this.#faults = faults;
  }

  async open(): Promise<void> {
    this.#browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX,
      headless: true,
      userDataDir: this.#folder,
      extraPrefsFirefox: { 'media.autoplay.default': 0 },
      env: { ...process.env, MOZ_CRASHREPORTER_DISABLE: '1', ...(await loudspeaker()) },
    });
  }

  async visit(stage: Stage): Promise<Page> {
    const page = await this.#running().newPage();
    page.on('pageerror', (error) => this.#faults.push(String(error)));
    await page.goto(stage.url);
    await page.waitForFunction(() => 'studio' in window);
    return page;
  }

  /** SIGKILL to the processes that run pages, or to all of them. */
  kill(victim: 'content' | 'browser'): void {
    const main = this.#running().process()?.pid;
    if (main === undefined) throw new Error('no process');
    for (const { id, line } of descendants(main)) {
      if (victim === 'browser' || line.includes('-isForBrowser')) process.kill(id, 'SIGKILL');
    }
    if (victim === 'browser') process.kill(main, 'SIGKILL');
  }

  async close(): Promise<void> {
    await this.#browser?.close().catch(() => undefined);
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }

  #running(): Browser {
    if (!this.#browser) throw new Error('not open');
    return this.#browser;
  }
}

/** A file of a recording, as it lies in the private files. */
export async function contentOf(page: Page, id: string, name: string): Promise<Buffer> {
  const text = await page.evaluate(
    async (folder, file) => {
      const root = await navigator.storage.getDirectory();
      const handle = await (await root.getDirectoryHandle('recordings')).getDirectoryHandle(folder);
      const content = await (await handle.getFileHandle(file)).getFile();
      return await new Promise<string>((resolve) => {
        const reader = new FileReader();
        reader.onload = () => resolve(String(reader.result));
        reader.readAsDataURL(content);
      });
    },
    id,
    name,
  );
  return Buffer.from(text.slice(text.indexOf(',') + 1), 'base64');
}

function descendants(ancestor: number): { id: number; line: string }[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]));
    } catch {
      // Gone meanwhile.
    }
  }
  const below = (id: number | undefined): boolean =>
    id !== undefined && id > 1 && (parents.get(id) === ancestor || below(parents.get(id)));
  return [...parents.keys()].filter(below).map((id) => ({ id, line: readFileSync(`/proc/${id}/cmdline`, 'utf8') }));
}
