/**
 * The system's Firefox ESR inside a namespace, steered by WebDriver BiDi. Its port is inside too, so it is reached through a socket
 * in the file system and a port of the lab's own. Refuses to know what its page does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect as connectTo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, type Browser } from 'puppeteer-core';
import type { Agent } from '../network/agent.ts';
import type { Namespace } from '../network/namespaces.ts';
import type { Tab } from './browser.ts';

export const FIREFOX = '/usr/bin/firefox-esr';
/** Milliseconds. */
const START_TIMEOUT = 60_000;

const PREFERENCES = {
  'media.navigator.streams.fake': true,
  'media.navigator.permission.disabled': true,
  'media.peerconnection.ice.loopback': true,
  'media.peerconnection.ice.obfuscate_host_addresses': false,
  'media.autoplay.default': 0,
  // Nothing but the page is asked for, as far as preferences can say so; the namespace has no way out anyhow.
  'app.update.enabled': false,
  'app.normandy.enabled': false,
  'browser.safebrowsing.downloads.enabled': false,
  'browser.safebrowsing.malware.enabled': false,
  'browser.safebrowsing.phishing.enabled': false,
  'browser.shell.checkDefaultBrowser': false,
  'browser.startup.page': 0,
  'datareporting.policy.dataSubmissionEnabled': false,
  'dom.min_background_timeout_value': 4,
  'extensions.update.enabled': false,
  'network.captive-portal-service.enabled': false,
  'network.connectivity-service.enabled': false,
  'network.dns.disableIPv6': false,
  'services.settings.server': 'http://localhost:1/',
  'toolkit.telemetry.reportingpolicy.firstRun': false,
};

export interface FirefoxOptions {
  namespace: Namespace;
  agent: Agent;
}

export class Firefox {
  readonly #process: ChildProcess;
  readonly #browser: Browser;
  readonly #port: Server;
  readonly #folder: string;

  private constructor(parts: { process: ChildProcess; browser: Browser; port: Server; folder: string }) {
    this.#process = parts.process;
    this.#browser = parts.browser;
    this.#port = parts.port;
    this.#folder = parts.folder;
  }

  static async launch({ namespace, agent }: FirefoxOptions): Promise<Firefox> {
    const folder = mkdtempSync(join(tmpdir(), 'snug-lab-'));
    const preferences = Object.entries(PREFERENCES).map(
      ([name, value]) => `user_pref("${name}", ${JSON.stringify(value)});`,
    );
    writeFileSync(join(folder, 'user.js'), preferences.join('\n'));
    const sound = await loudspeaker();
    const socket = join(folder, 'bidi');
    const port = await open(socket);
    const address = port.address();
    // The same number inside and outside: Firefox answers 400 to a Host header with another port than its own.
    const number = typeof address === 'object' ? (address?.port ?? 0) : 0;
    const args = ['--headless', '--no-remote', '--profile', folder, '--remote-debugging-port', String(number)];
    const process_ = namespace.spawn([FIREFOX, ...args, 'about:blank'], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HOME: folder, MOZ_CRASHREPORTER_DISABLE: '1', ...sound },
    });
    await listening(process_);
    await agent.forward({ path: socket }, { host: '127.0.0.1', port: number });
    const browser = await connect({
      browserWSEndpoint: `ws://127.0.0.1:${number}/session`,
      protocol: 'webDriverBiDi',
      defaultViewport: null,
      protocolTimeout: 60_000,
    });
    return new Firefox({ process: process_, browser, port, folder });
  }

  async open(url: string): Promise<Tab> {
    const page = await this.#browser.newPage();
    const log: string[] = [];
    page.on('console', (message) => log.push(message.text()));
    page.on('pageerror', (error) => log.push(error instanceof Error ? error.message : String(error)));
    await page.goto(url, { waitUntil: 'load' });
    return {
      log,
      evaluate: (work, argument) => page.evaluate(work as never, argument as never),
      beside: () => this.open(url),
      twin: () => this.open(url),
      reload: async () => void (await page.reload()),
      crash: () => Promise.resolve(void this.#process.kill('SIGKILL')),
      close: () => page.close(),
    };
  }

  async close(): Promise<void> {
    this.#port.close();
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    if (this.#process.exitCode === null && this.#process.signalCode === null && this.#process.kill('SIGKILL'))
      await ended;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  }
}

/** Waits until Firefox says that it takes connections. */
function listening(firefox: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    const timer = setTimeout(() => reject(new Error(`Firefox did not start:\n${said}`)), START_TIMEOUT);
    const hear = (chunk: unknown) => {
      said += String(chunk);
      if (!said.includes('WebDriver BiDi listening')) return;
      clearTimeout(timer);
      resolve();
    };
    firefox.stderr?.on('data', hear);
    firefox.stdout?.on('data', hear);
    firefox.once('exit', () => {
      clearTimeout(timer);
      reject(new Error(`Firefox ended:\n${said}`));
    });
  });
}

/** A free port of this machine's loopback interface that leads to `socket`. */
function open(socket: string): Promise<Server> {
  return new Promise((resolve) => {
    const server = createServer((near) => {
      const far = connectTo(socket);
      near.pipe(far).pipe(near);
      near.on('error', () => far.destroy());
      far.on('error', () => near.destroy());
    });
    server.listen(0, '127.0.0.1', () => resolve(server));
  });
}

let sound: Promise<Record<string, string>> | undefined;

/** A loudspeaker that plays to nobody: without one Firefox's AudioContext waits for ever. Variables that lead to it. */
export function loudspeaker(): Promise<Record<string, string>> {
  sound ??= new Promise((resolve) => {
    const folder = mkdtempSync(join(tmpdir(), 'snug-sound-'));
    const socket = join(folder, 'native');
    const modules = [`module-native-protocol-unix socket=${socket} auth-anonymous=1`, 'module-null-sink'];
    const args = [
      '-n',
      '--daemonize=no',
      '--exit-idle-time=-1',
      '--use-pid-file=no',
      ...modules.flatMap((m) => ['-L', m]),
    ];
    const server = spawn('pulseaudio', args, { stdio: 'ignore', env: { ...process.env, HOME: folder } });
    process.once('exit', () => {
      server.kill('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    });
    // Without pulseaudio Firefox is silent, and the scenario goes on.
    server.on('error', () => undefined);
    setTimeout(() => resolve({ PULSE_SERVER: `unix:${socket}` }), 500);
  });
  return sound;
}
