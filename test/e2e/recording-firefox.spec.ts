/** The recording engine in the system's Firefox: what it writes plays, also after its page's process is killed. */
import { expect } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'puppeteer-core';
import type { KeptRecording } from '../../web/recording/states.ts';
import { ANA, BOB, test } from './recording/fixtures.ts';
import { contentOf, Firefox, hasFirefox } from './recording/firefox.ts';
import { complaints, probe, samples, toneIn, type Stage } from './recording/stage.ts';

test.skip(!hasFirefox(), 'there is no Firefox here');

/** Amplitude: voices are 0.1; where Firefox misses a beat of its sound card on a busy machine, less of a tone is in step. */
const HEARD = 0.015;

const wait = (seconds: number) => new Promise((resolve) => setTimeout(resolve, seconds * 1000));

async function record(page: Page): Promise<void> {
  await page.evaluate(
    async (ana, bob) => {
      window.studio.people.add(ana);
      window.studio.people.add(bob);
      await window.studio.start({ mode: 'meeting' });
    },
    ANA,
    BOB,
  );
}

async function plays(stage: Stage, page: Page, { id, files }: KeptRecording): Promise<number> {
  const path = join(stage.folder, `firefox-${id}.webm`);
  writeFileSync(path, await contentOf(page, id, files[0]?.file ?? ''));
  const { duration, codecs, pictures } = await probe(path);
  expect(codecs).toContain('opus');
  expect(pictures.length / duration).toBeGreaterThan(8);
  expect(pictures.at(-1) ?? 0).toBeGreaterThan(duration - 1);
  expect(await complaints(path)).toBe('');
  for (const at of [1, duration - 3]) expect(toneIn(await samples(path, at, 2), ANA.tone)).toBeGreaterThan(HEARD);
  return duration;
}

test('Firefox records, and what it saves plays', async ({ stage, faults }) => {
  const firefox = new Firefox(faults);
  try {
    await firefox.open();
    const page = await firefox.visit(stage);
    await record(page);
    await wait(10);
    const state = await page.evaluate(() => window.studio.stop());
    if (state.kind !== 'done') throw new Error(JSON.stringify(state));
    expect([state.end, state.recording.whole]).toEqual(['stopped', true]);
    const duration = await plays(stage, page, state.recording);
    expect(duration).toBeGreaterThan(9.5);
    expect(Math.abs(duration - state.recording.duration)).toBeLessThan(0.5);
    expect(await page.evaluate(() => window.studio.problems)).toEqual([]);
  } finally {
    await firefox.close();
  }
});

for (const victim of ['content', 'browser'] as const) {
  test(`[77] Firefox: kill -9 of the ${victim} process loses at most 2 s, and what is recovered plays`, async ({
    stage,
    faults,
  }) => {
    const firefox = new Firefox(faults);
    try {
      await firefox.open();
      const page = await firefox.visit(stage);
      await record(page);
      await wait(15);
      const length = await page.evaluate(() => {
        const { state } = window.studio.recorder;
        return state.kind === 'recording' ? (Date.now() - state.since) / 1000 : NaN;
      });
      firefox.kill(victim);
      await wait(1);
      if (victim === 'browser') await firefox.open();
      const next = await firefox.visit(stage);
      const [found, ...more] = await next.evaluate(() => window.studio.kept());
      expect(more).toEqual([]);
      if (!found) throw new Error('nothing is kept');
      expect(found.whole).toBe(false);
      const recovered = await next.evaluate((id) => window.studio.recover(id), found.id);
      expect(recovered.whole).toBe(true);
      expect(await plays(stage, next, recovered)).toBeGreaterThan(length - 2);
    } finally {
      await firefox.close();
    }
  });
}
