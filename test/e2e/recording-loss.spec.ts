/** A recording that is interrupted (fault 77), cleared away or not let out: it ends in a file that plays, or is offered again. */
import { expect } from '@playwright/test';
import { done, kept, kill, plays, record, seconds, test } from './recording/fixtures.ts';
import { probe } from './recording/stage.ts';

for (const [victim, after] of [
  ['renderer', 60],
  ['browser', 20],
] as const) {
  test(`[77] kill -9 of the ${victim} after ${after} s loses at most 2 s, and what is recovered plays`, async ({
    stage,
    profile,
    faults,
  }) => {
    test.setTimeout(120_000);
    let context = await profile.open();
    const page = await stage.visit(context, faults);
    await record(page);
    await seconds(page, after);
    const length = await page.evaluate(() => {
      const { state } = window.studio.recorder;
      return state.kind === 'recording' ? (Date.now() - state.since) / 1000 : NaN;
    });
    const other = await stage.visit(context, faults);
    expect(await kept(other), 'not offered while it is being recorded').toEqual([]);
    await kill(context, page, victim);
    if (victim === 'browser') context = await profile.open();

    const next = await stage.visit(context, faults);
    const [found, ...more] = await kept(next);
    expect(more).toEqual([]);
    expect(found).toMatchObject({ whole: false, mode: 'meeting' });
    expect(Math.abs((found?.duration ?? 0) - length)).toBeLessThan(2);
    if (!found) return;
    const recovered = await next.evaluate((id) => window.studio.recover(id), found.id);
    expect(recovered.whole).toBe(true);
    const [path = ''] = await stage.download(next, recovered);
    expect(Math.abs(recovered.duration - (await probe(path)).duration), 'the length that is shown').toBeLessThan(0.5);
    await plays(path, length - 2);
    expect((await probe(path)).duration).toBeGreaterThan(after - 2);
    expect(await kept(next), 'given to the downloads').toEqual([]);
  });
}

test('a picker that is refused keeps the recording; one that is not gets all of it, and only then it is deleted', async ({
  studio: page,
}) => {
  await record(page);
  await seconds(page, 3);
  const result = await page.evaluate(async () => {
    const state = await window.studio.stop();
    if (state.kind !== 'done') throw new Error(state.kind);
    const { recording } = state;
    const pickers: Record<string, unknown> = { showDirectoryPicker: () => undefined };
    Object.assign(window, pickers);
    const answers: string[] = [];
    const pick = async (picker: () => Promise<unknown>) => {
      Object.assign(window, { showSaveFilePicker: picker });
      answers.push(await window.studio.save(recording));
    };
    for (const name of ['AbortError', 'SecurityError', 'NotAllowedError']) {
      await pick(() => Promise.reject(new DOMException('', name)));
    }
    window.studio.recorder.close();
    const stillThere = (await window.studio.kept()).map(({ id }) => id);
    const root = await navigator.storage.getDirectory();
    const target = await root.getFileHandle('picked.webm', { create: true });
    await pick(() => Promise.resolve(target));
    const { size } = await target.getFile();
    return { answers, stillThere, size, recording, after: await window.studio.kept() };
  });
  expect(result.answers).toEqual(['cancelled', 'needs-click', 'cancelled', 'saved']);
  expect(result.stillThere).toEqual([result.recording.id]);
  expect(result.size).toBe(result.recording.bytes);
  expect(result.after).toEqual([]);
});

for (const [name, wait] of [
  ['in the middle', 5],
  ['just before its end', 0],
] as const) {
  test(`site data cleared ${name}: the recording goes on, with all that was recorded before`, async ({
    stage,
    studio: page,
  }) => {
    await record(page);
    await seconds(page, 5);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send('Storage.clearDataForOrigin', { origin: new URL(stage.url).origin, storageTypes: 'all' });
    await seconds(page, wait);
    const began = Date.now();
    await page.evaluate(() => window.studio.stop());
    expect(Date.now() - began, 'nobody waits for a watchdog').toBeLessThan(5_000);
    const { recording, end } = await done(page);
    expect(await page.evaluate(() => window.studio.problems)).toEqual(['cleared']);
    expect([end, recording.whole]).toEqual(['stopped', true]);
    const [path = ''] = await stage.download(page, recording);
    await plays(path, 4.5 + wait);
  });
}
