/** The recording engine in a real browser: what it writes is read with ffprobe and ffmpeg, not believed. */
import { expect, test as base, type Page } from '@playwright/test';
import type { KeptRecording, RecorderState } from '../../web/recording/states.ts';
import { brightness, complaints, probe, samples, Stage, toneIn } from './recording/stage.ts';

interface Fixtures {
  /** A page with the recorder. Whatever it logs or throws fails the test. */
  studio: Page;
}

const test = base.extend<Fixtures, { stage: Stage }>({
  stage: [
    // Playwright reads what a fixture needs from its first parameter, which must be a pattern.
    async ({}, use) => {
      const stage = await Stage.open();
      await use(stage);
      stage.close();
    },
    { scope: 'worker', timeout: 90_000 },
  ],
  studio: async ({ context, stage }, use) => {
    const faults: string[] = [];
    await use(await stage.visit(context, faults));
    expect(faults).toEqual([]);
  },
});

const ANA = { name: 'Ana', tone: 440, colour: '#803040' };
const BOB = { name: 'Bob', tone: 620, colour: '#308040' };
const CARLA = { name: 'Carla', tone: 880, colour: '#304080' };
const SCREEN_TONE = 1_300;

const seconds = (page: Page, count: number): Promise<void> => page.waitForTimeout(count * 1000);

function recordingOf(state: RecorderState): KeptRecording {
  if (state.kind !== 'done') throw new Error(`not done but ${JSON.stringify(state)}`);
  return state.recording;
}

/** The longest time in which no picture is shown. */
function longestGap(times: readonly number[]): number {
  return Math.max(...times.map((time, index) => time - (times[index - 1] ?? 0)));
}

test('a meeting of a minute with a late joiner and a shared screen: duration, pictures, every voice, seeks', async ({
  studio,
  stage,
}) => {
  test.setTimeout(180_000);
  await studio.evaluate(
    ([ana, bob]) => {
      window.studio.people.add(ana);
      window.studio.people.add(bob);
      return window.studio.start({ mode: 'meeting' });
    },
    [ANA, BOB] as const,
  );
  await seconds(studio, 20);
  await studio.evaluate((carla) => {
    window.studio.people.add(carla);
    window.studio.recorder.sourcesChanged();
  }, CARLA);
  await seconds(studio, 20);
  await studio.evaluate((tone) => window.studio.people.share('Bob', tone), SCREEN_TONE);
  await seconds(studio, 20);
  const wall = await studio.evaluate(async () => {
    const { state } = window.studio.recorder;
    const since = state.kind === 'recording' ? state.since : 0;
    return { since: (Date.now() - since) / 1000, state };
  });
  expect(wall.state).toMatchObject({ kind: 'recording', level: expect.any(Number), spaceLeft: expect.any(Number) });
  const recording = recordingOf(await studio.evaluate(() => window.studio.stop()));
  expect(recording.whole).toBe(true);
  expect(await studio.evaluate(() => window.studio.problems)).toEqual([]);

  const [path = ''] = await stage.download(studio, recording);
  const { duration, codecs, pictures, width, height } = await probe(path);
  expect(codecs.sort()).toEqual(['opus', 'vp9']);
  expect([width, height]).toEqual([1280, 720]);
  expect(Math.abs(duration - wall.since)).toBeLessThan(0.5);
  expect(Math.abs(duration - recording.duration)).toBeLessThan(0.5);
  expect(pictures.length / duration).toBeGreaterThan(15);
  expect(longestGap([...pictures, duration])).toBeLessThan(0.5);
  expect(await complaints(path)).toBe('');

  const early = await samples(path, 5, 10);
  const middle = await samples(path, 25, 10);
  const late = await samples(path, 45, 10);
  for (const sound of [early, middle, late]) {
    expect(toneIn(sound, ANA.tone)).toBeGreaterThan(0.05);
    expect(toneIn(sound, BOB.tone)).toBeGreaterThan(0.05);
  }
  expect(toneIn(early, CARLA.tone)).toBeLessThan(0.005);
  expect(toneIn(middle, CARLA.tone)).toBeGreaterThan(0.05);
  expect(toneIn(middle, SCREEN_TONE)).toBeLessThan(0.005);
  expect(toneIn(late, SCREEN_TONE)).toBeGreaterThan(0.05);
});
export { brightness };
