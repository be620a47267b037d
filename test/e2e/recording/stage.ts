/**
 * What the recording tests stand on: the built page behind the product's own security headers, a browser page with it, and
 * its files on this machine's disk. Knows ffmpeg; refuses to know what a test expects.
 */
import { expect, type BrowserContext, type Page } from '@playwright/test';
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { promisify } from 'node:util';
import type { KeptRecording } from '../../../web/recording/states.ts';
import { root, run, withNode24 } from '../../support/install.mjs';

const execute = promisify(execFile);
const built = join(root, '.wrangler', 'tests', 'recording');
/**
 * Chromium 156 says this of itself, in the page, where no line of the recorder holds a frame: when a track's stream is handed to
 * a worker that is busy at that moment, a picture that comes meanwhile is read by the page's end of it, and left there. In a page
 * of thirty lines: of 60 streams handed to a worker that was busy for up to 60 ms at least one in each of three runs, to an idle
 * one none. What a worker leaves open is never said here; that ours closes all it gets is held by test/unit/recording/frames.test.ts.
 */
const HANDED_OVER = 'A VideoFrame was garbage collected without being closed.';
const TYPES: Record<string, string> = { '.html': 'text/html', '.js': 'text/javascript' };

export class Stage {
  readonly url: string;
  readonly folder = mkdtempSync(join(tmpdir(), 'snug-recordings-'));
  readonly #server: Server;

  static async open(): Promise<Stage> {
    const vite = withNode24('vite/bin/vite.js');
    const { code, output } = await run([...vite, 'build', join(import.meta.dirname, 'page'), '--logLevel', 'warn']);
    if (code !== 0) throw new Error(output);
    const headers = productHeaders();
    const server = createServer((request, response) => {
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const name = path === '/' ? '/index.html' : path;
      for (const [header, value] of headers) response.setHeader(header, value);
      readFile(join(built, name)).then(
        (bytes) => response.setHeader('Content-Type', TYPES[extname(name)] ?? 'application/octet-stream').end(bytes),
        // The browser's own question for an icon is not the page's fault.
        () => response.writeHead(name === '/favicon.ico' ? 204 : 404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Stage(server);
  }

  private constructor(server: Server) {
    this.#server = server;
    const address = server.address();
    this.url = `http://localhost:${typeof address === 'object' && address ? address.port : 0}/`;
  }

  /** A page with the recorder, without a file picker unless the test brings one; its faults are the test's. */
  async visit(context: BrowserContext, faults: string[]): Promise<Page> {
    const page = await context.newPage();
    page.on('pageerror', (error) => faults.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (message.text().startsWith(HANDED_OVER)) return;
      if (message.type() === 'error' || message.type() === 'warning') faults.push(message.text());
    });
    await page.addInitScript(() => {
      Reflect.deleteProperty(window, 'showSaveFilePicker');
      Reflect.deleteProperty(window, 'showDirectoryPicker');
    });
    await page.goto(this.url);
    await page.waitForFunction(() => 'studio' in window);
    return page;
  }

  /** Saves by download, as people do; paths in the order of the recording's files, then the sidecar's. */
  async download(page: Page, recording: KeptRecording): Promise<string[]> {
    const count = recording.files.length > 1 ? recording.files.length + 1 : 1;
    const paths: string[] = [];
    let saved = 0;
    const all = new Promise<void>((resolve, reject) => {
      page.on('download', (download) => {
        const path = join(this.folder, `${Date.now()}-${paths.length}${extname(download.suggestedFilename())}`);
        paths.push(path);
        download.saveAs(path).then(() => ((saved += 1) === count ? resolve() : undefined), reject);
      });
    });
    expect(await page.evaluate((kept) => window.studio.save(kept), recording)).toBe('downloading');
    await all;
    return paths;
  }

  close(): void {
    this.#server.close();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** The Content-Security-Policy and the others, as the product's own file has them. */
function productHeaders(): [string, string][] {
  const text = readFileSync(join(root, 'web', 'public', '_headers'), 'utf8');
  const page = /^\/\*\n((?: {2}.*\n)+)/m.exec(text)?.[1] ?? '';
  return page
    .trim()
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !line.startsWith('Strict-Transport-Security'))
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).trim()]);
}

export interface Probe {
  /** Seconds; of the container. */
  readonly duration: number;
  readonly codecs: string[];
  /** Seconds at which pictures are shown. */
  readonly pictures: readonly number[];
  readonly width: number;
  readonly height: number;
}

export async function probe(path: string): Promise<Probe> {
  const { stdout } = await execute(
    'ffprobe',
    [
      '-v',
      'error',
      '-of',
      'json',
      '-show_format',
      '-show_streams',
      '-show_entries',
      'packet=codec_type,pts_time',
      path,
    ],
    { maxBuffer: 64_000_000 },
  );
  const parsed = JSON.parse(stdout);
  const video = parsed.streams.find((stream: { codec_type: string }) => stream.codec_type === 'video');
  return {
    duration: Number(parsed.format.duration),
    codecs: parsed.streams.map((stream: { codec_name: string }) => stream.codec_name),
    pictures: parsed.packets
      .filter((packet: { codec_type: string }) => packet.codec_type === 'video')
      .map((packet: { pts_time: string }) => Number(packet.pts_time)),
    width: video?.width ?? 0,
    height: video?.height ?? 0,
  };
}

/** Decodes all of it; what ffmpeg complains about, except that its null muxer counts in coarser steps than we do. */
export async function complaints(path: string): Promise<string> {
  const { stderr } = await execute('ffmpeg', [
    '-v',
    'error',
    '-i',
    path,
    '-fps_mode',
    'passthrough',
    '-f',
    'null',
    '-',
  ]);
  return stderr
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('[null @'))
    .join('\n');
}

/** Mono samples at 48 kHz from `from` for `seconds`. */
export async function samples(path: string, from: number, seconds: number): Promise<Float32Array> {
  const args = ['-v', 'error', '-i', path, '-ss', String(from), '-t', String(seconds), '-ac', '1', '-ar', '48000'];
  const { stdout } = await execute('ffmpeg', [...args, '-f', 'f32le', '-'], {
    encoding: 'buffer',
    maxBuffer: 256_000_000,
  });
  return new Float32Array(stdout.buffer, stdout.byteOffset, Math.floor(stdout.byteLength / 4));
}

/** How loud a tone of `hz` is in `sound`: its amplitude by Goertzel's algorithm. */
export function toneIn(sound: Float32Array, hz: number): number {
  const coefficient = 2 * Math.cos((2 * Math.PI * hz) / 48_000);
  let [one, two] = [0, 0];
  for (const sample of sound) [one, two] = [sample + coefficient * one - two, one];
  return (2 * Math.sqrt(Math.max(0, one * one + two * two - coefficient * one * two))) / sound.length;
}

/**
 * The mean of a tone's amplitudes in the tenths of a second of `sound`, which holds at least one: of what came by a network. A
 * jitter buffer that stretches and conceals on two busy cores shifts the phase, and over a whole second the tone then cancels
 * itself: 0.06 in a second whose tenths had 0.48 to 0.56 each.
 */
export function toneThroughout(sound: Float32Array, hz: number): number {
  const tenth = 4_800;
  const count = Math.floor(sound.length / tenth);
  const amplitudes = Array.from({ length: count }, (_, index) =>
    toneIn(sound.subarray(index * tenth, (index + 1) * tenth), hz),
  );
  return amplitudes.reduce((sum, amplitude) => sum + amplitude, 0) / count;
}

/** Seconds at which a tone of `hz` begins, to 5 ms. */
export async function onset(path: string, hz: number): Promise<number> {
  const sound = await samples(path, 0, 600);
  const step = 240;
  for (let at = 0; at + 2 * step < sound.length; at += step) {
    if (toneIn(sound.subarray(at, at + 2 * step), hz) > 0.2) return (at + step) / 48_000;
  }
  return NaN;
}

/** Mean luminance (0..255) of every picture with its time. */
export async function brightness(path: string): Promise<{ time: number; light: number }[]> {
  const filter = 'scale=16:16,format=gray,showinfo';
  const { stdout, stderr } = await execute(
    'ffmpeg',
    ['-v', 'info', '-i', path, '-fps_mode', 'passthrough', '-vf', filter, '-f', 'rawvideo', '-'],
    { encoding: 'buffer', maxBuffer: 256_000_000 },
  );
  const times = [...stderr.toString().matchAll(/pts_time:([\d.]+)/g)].map((match) => Number(match[1]));
  return times.map((time, index) => {
    const pixels = stdout.subarray(index * 256, (index + 1) * 256);
    return { time, light: pixels.reduce((sum, value) => sum + value, 0) / 256 };
  });
}
