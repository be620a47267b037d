/**
 * `npm run bench:recording [-- cpu | memory] [-- --minutes=10]`: what a recording costs the browser that makes it, in a real call
 * of two through the product. Prints a table; exits with 1 where a limit is not kept.
 *
 * - Processor: time that all processes of Ana's browser have had (/proc/PID/stat), in hundredths of a core: the call alone, with a
 *   recording, and with the browser's own MediaRecorder over a canvas of the same people in the same tiles at the same bitrate.
 *   The cost is what is more than in the call alone. Limit: 20 % of a core, or what MediaRecorder costs with the same codecs in
 *   the same run if that is more. H.264 in MP4 is shown too.
 * - Memory: what Ana's page holds of its own (RssAnon of its renderer), after a forced collection, every 5 s; the slope of a line
 *   through the least of every minute but those of the first quarter, with the recording on: pictures on their way come and go,
 *   what leaks stays in the least. Limit: 100 kB a minute.
 */
import { chromium, type Browser, type CDPSession } from '@playwright/test';
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import build from '../../support/build.ts';
import { CHROMIUM, CHROMIUM_FLAGS, PLAIN_ADDRESSES } from '../../support/chromium.ts';
import { observe } from '../../support/media.ts';
import { allSee, Person } from '../../support/people.ts';
import { Server } from '../../support/serve.ts';
import { record, withoutPickers } from '../../e2e/recording/product.ts';
import { tileGrid } from '../../../web/grid.ts';
import { MEETING_SIZE } from '../../../web/recording/scene.ts';
import { ownRecorder } from './own-recorder.ts';

/** Seconds. */
/** Until a new call sends what it will send. */
const WARM = 25;
const SETTLE = 3;
const MEASURE = 10;
const TURNS = 3;
const SAMPLE_EVERY = 5;
/** Of a second; Linux counts a process's time in these. */
const TICKS = 100;

const SAME_CODECS = 'video/webm;codecs=vp9,opus';
const OWN = [SAME_CODECS, 'video/mp4;codecs=avc1.42e01f,opus'];

const LIMIT_CPU = 20;
const LIMIT_MEMORY = 100;

interface Call {
  readonly ana: Person;
  readonly session: CDPSession;
  close(): Promise<void>;
}

async function meet(server: Server): Promise<Call> {
  const [near, far] = await Promise.all([launch(), launch()]);
  const [ana, bo] = [await enter(near, server), await enter(far, server)];
  await withoutPickers(ana);
  const link = await ana.newMeeting();
  await ana.join('Ana');
  await bo.open(link);
  await bo.join('Bo');
  await allSee([ana, bo]);
  const session = await near.newBrowserCDPSession();
  return { ana, session, close: async () => void (await Promise.all([near.close(), far.close()])) };
}

const launch = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: [...CHROMIUM_FLAGS, PLAIN_ADDRESSES] });

async function enter(browser: Browser, server: Server): Promise<Person> {
  const context = await browser.newContext({
    viewport: { width: 1280, height: 720 },
    permissions: ['camera', 'microphone'],
  });
  await observe(context);
  return new Person(context, await context.newPage(), server.url);
}

/** Seconds of processor that every process of the browser has had. */
async function processor(session: CDPSession): Promise<number> {
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  const ticks = processInfo.map(({ id }) => {
    const stat = readFileSync(`/proc/${id}/stat`, 'utf8');
    // After the name in brackets: state is the first field, utime and stime the twelfth and thirteenth.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  });
  return ticks.reduce((sum, count) => sum + count, 0) / TICKS;
}

/** Hundredths of a core. */
async function load(session: CDPSession): Promise<number> {
  await wait(SETTLE * 1000);
  const [before, began] = [await processor(session), Date.now()];
  await wait(MEASURE * 1000);
  return ((await processor(session)) - before) / ((Date.now() - began) / 100_000);
}

async function cpu({ ana, session }: Call): Promise<boolean> {
  const measured = new Map<string, number[]>();
  const note = async (name: string): Promise<void> => {
    const value = await load(session);
    console.log(`${name.padEnd(34)} ${value.toFixed(1)} %`);
    measured.set(name, [...(measured.get(name) ?? []), value]);
  };
  const own = async (mimeType: string): Promise<void> => {
    await ana.page.evaluate(ownRecorder, { mimeType, tiles: tileGrid(2, MEETING_SIZE) });
    await note(mimeType);
    const bytes = await ana.page.evaluate(() => window.ownRecorder.stop());
    if (bytes < 100_000) throw new Error(`${mimeType} recorded ${bytes} bytes`);
  };
  await wait(WARM * 1000);
  // Each in turn, and turn after turn: whatever else this machine does falls on all of them.
  for (let turn = 0; turn < TURNS; turn += 1) {
    await note('call');
    await record(ana);
    await note('recording');
    await discard(ana);
    for (const type of OWN) await own(type);
  }
  await note('call');

  const mean = (values: number[] = []): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const base = mean(measured.get('call'));
  console.log(`\nof a core, ${TURNS} times ${MEASURE} s     all   over the call`);
  for (const [name, values] of measured) {
    const each = values.map((value) => value.toFixed(0)).join(', ');
    console.log(`${name.padEnd(34)} ${mean(values).toFixed(1)} %  ${(mean(values) - base).toFixed(1)} %   (${each})`);
  }
  const limit = Math.max(LIMIT_CPU, mean(measured.get(SAME_CODECS)) - base);
  const cost = mean(measured.get('recording')) - base;
  return verdict('a recording at 720p costs', cost, limit, '% of a core');
}

async function memory({ ana, session }: Call, minutes: number): Promise<boolean> {
  const page = await ana.context.newCDPSession(ana.page);
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  // The page's own is the one that has worked most.
  const renderers = processInfo.filter(({ type }) => type === 'renderer').sort((a, b) => b.cpuTime - a.cpuTime);
  const id = renderers[0]?.id;
  if (id === undefined) throw new Error('no renderer');
  await record(ana);
  const least = new Map<number, number>();
  const began = Date.now();
  for (let at = 0; at < minutes; at = (Date.now() - began) / 60_000) {
    await page.send('HeapProfiler.collectGarbage');
    const kilobytes = Number(/RssAnon:\s+(\d+)/.exec(readFileSync(`/proc/${id}/status`, 'utf8'))?.[1]);
    const minute = Math.floor(at);
    if (minute > 0 && !least.has(minute))
      console.log(`minute ${minute}: ${((least.get(minute - 1) ?? 0) / 1000).toFixed(1)} MB`);
    least.set(minute, Math.min(kilobytes, least.get(minute) ?? Infinity));
    await wait(SAMPLE_EVERY * 1000);
  }
  console.log(await ana.page.getByText(/^Recording \d/).innerText());
  await discard(ana);
  const grows = slope([...least].filter(([minute]) => minute >= minutes / 4));
  return verdict(`memory over ${minutes} min grows by`, grows, LIMIT_MEMORY, 'kB a minute');
}

/** Of the line that is nearest to the points. */
function slope(points: readonly (readonly [number, number])[]): number {
  const [meanX, meanY] = [0, 1].map(
    (axis) => points.reduce((sum, point) => sum + (point[axis] ?? 0), 0) / points.length,
  );
  let [above, below] = [0, 0];
  for (const [x, y] of points) {
    above += (x - (meanX ?? 0)) * (y - (meanY ?? 0));
    below += (x - (meanX ?? 0)) ** 2;
  }
  return above / below;
}

async function discard({ page }: Person): Promise<void> {
  await page.getByRole('button', { name: 'Stop recording' }).click();
  await page.getByRole('button', { name: 'Discard' }).click({ timeout: 30_000 });
  await page.getByRole('button', { name: 'Discard for good' }).click();
}

function verdict(what: string, value: number, limit: number, unit: string): boolean {
  const good = value <= limit;
  console.log(`${good ? 'ok  ' : 'FAIL'} ${what} ${value.toFixed(1)} ${unit}, at most ${limit.toFixed(1)}`);
  return good;
}

const words = process.argv.slice(2);
const minutes = Number(words.find((word) => word.startsWith('--minutes='))?.slice(10) ?? 10);
const wanted = (word: string): boolean => words.every((one) => one.startsWith('--')) || words.includes(word);
await build();
const server = await Server.start();
const results: boolean[] = [];
try {
  for (const [word, bench] of [
    ['cpu', cpu],
    ['memory', (call: Call) => memory(call, minutes)],
  ] as const) {
    if (!wanted(word)) continue;
    const call = await meet(server);
    results.push(await bench(call).finally(() => call.close()));
  }
} finally {
  await server.stop();
}
process.exit(results.every(Boolean) ? 0 : 1);
