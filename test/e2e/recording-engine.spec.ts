/** The recording engine in a real browser: what it writes is read with ffprobe and ffmpeg, not believed. */
import { expect } from '@playwright/test';
import { readFileSync } from 'node:fs';
import type { KeptRecording, RecorderState } from '../../web/recording/states.ts';
import { ANA, BOB, enterBoth, HEARD, record, seconds, test } from './recording/fixtures.ts';
import { brightness, complaints, onset, probe, samples, toneIn } from './recording/stage.ts';

declare global {
  interface Window {
    clones: MediaStreamTrack[];
  }
}

const CARLA = { name: 'Carla', tone: 880, colour: '#304080' };
const SCREEN_TONE = 1_300;
/** Hz, what everybody sounds like while everybody is white. */
const CLAP_TONE = 3_000;

/** Amplitude. */
const SILENT = 0.005;

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
  await record(studio);
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
    expect(toneIn(sound, ANA.tone)).toBeGreaterThan(HEARD);
    expect(toneIn(sound, BOB.tone)).toBeGreaterThan(HEARD);
  }
  expect(toneIn(early, CARLA.tone)).toBeLessThan(SILENT);
  expect(toneIn(middle, CARLA.tone)).toBeGreaterThan(HEARD);
  expect(toneIn(middle, SCREEN_TONE)).toBeLessThan(SILENT);
  expect(toneIn(late, SCREEN_TONE)).toBeGreaterThan(HEARD);
});

test('tracks: a file for each and for the shared screen, a clap of all at one time within 50 ms', async ({
  studio,
  stage,
}) => {
  test.setTimeout(120_000);
  await record(studio, 'tracks');
  await seconds(studio, 4);
  await studio.evaluate((carla) => window.studio.people.add(carla), CARLA);
  await seconds(studio, 3);
  await studio.evaluate((tone) => window.studio.people.share('Bob', tone), SCREEN_TONE);
  await seconds(studio, 3);
  await studio.evaluate(() => window.studio.people.flash());
  await seconds(studio, 2);
  await studio.evaluate(() => window.studio.people.stopSharing('Bob'));
  await seconds(studio, 2);
  const recording = recordingOf(await studio.evaluate(() => window.studio.stop()));
  const paths = await stage.download(studio, recording);
  const sidecar = JSON.parse(readFileSync(paths.pop() ?? '', 'utf8'));
  expect(sidecar.files.map(({ kind, name }: { kind: string; name: string }) => `${kind} ${name}`)).toEqual([
    'person Ana',
    'person Bob',
    'person Carla',
    'screen Bob',
  ]);

  const claps = await Promise.all(
    paths.map(async (path, index) => {
      const { offset, duration } = sidecar.files[index];
      expect(Math.abs((await probe(path)).duration - duration)).toBeLessThan(0.5);
      expect(await complaints(path)).toBe('');
      const flash = (await brightness(path)).find(({ light }) => light > 200)?.time ?? NaN;
      return { seen: offset + flash, heard: offset + (await onset(path, CLAP_TONE)) };
    }),
  );
  const spread = (times: number[]) => Math.max(...times) - Math.min(...times);
  expect(spread(claps.map(({ seen }) => seen))).toBeLessThan(0.05);
  expect(spread(claps.map(({ heard }) => heard))).toBeLessThan(0.05);
  // Lips and voice: what the broadcasters' rule (ITU-R BT.1359) lets pass unnoticed.
  for (const { seen, heard } of claps) expect(Math.abs(seen - heard)).toBeLessThan(0.125);

  const [ana = '', , carla = '', screen = ''] = paths;
  expect(toneIn(await samples(ana, 1, 3), ANA.tone)).toBeGreaterThan(HEARD);
  expect(toneIn(await samples(ana, 1, 3), BOB.tone)).toBeLessThan(SILENT);
  expect(toneIn(await samples(carla, 1, 3), CARLA.tone)).toBeGreaterThan(HEARD);
  expect(toneIn(await samples(screen, 0.5, 2), SCREEN_TONE)).toBeGreaterThan(HEARD);
  expect(sidecar.files[2].offset).toBeGreaterThan(3.5);
});

test('a meeting goes on through new devices, a camera that is off, people who leave and a share that stops', async ({
  studio,
  stage,
}) => {
  test.setTimeout(90_000);
  await enterBoth(studio);
  await studio.evaluate((tone) => {
    window.studio.people.share('Bob', tone);
    return window.studio.start({ mode: 'meeting' });
  }, SCREEN_TONE);
  await seconds(studio, 2);
  await studio.evaluate(() => window.studio.people.stopSharing('Bob'));
  await seconds(studio, 1);
  await studio.evaluate(() => window.studio.people.cameraOff('Bob'));
  await seconds(studio, 1);
  await studio.evaluate((carla) => window.studio.people.changeDevices('Ana', carla), CARLA);
  await seconds(studio, 1);
  await studio.evaluate(() => window.studio.people.remove('Bob'));
  await seconds(studio, 4);
  await studio.evaluate(() => window.studio.people.remove('Ana'));
  await seconds(studio, 3);
  const recording = recordingOf(await studio.evaluate(() => window.studio.stop()));
  const [path = ''] = await stage.download(studio, recording);
  const { duration, pictures } = await probe(path);
  expect(duration).toBeGreaterThan(11.5);
  // Nobody is left to be seen at the end: then a picture a second.
  expect(longestGap([...pictures, duration])).toBeLessThan(1.2);
  expect(toneIn(await samples(path, 6, 2), CARLA.tone)).toBeGreaterThan(HEARD);
  expect(toneIn(await samples(path, 6, 2), BOB.tone)).toBeLessThan(SILENT);
  expect(toneIn(await samples(path, 10, 1), CARLA.tone)).toBeLessThan(SILENT);
});

test('MP4 where H.264 can be encoded, and sound alone', async ({ studio, stage }) => {
  test.setTimeout(90_000);
  expect(await studio.evaluate(() => window.studio.formats())).toEqual(['webm', 'mp4']);
  await studio.evaluate((ana) => window.studio.people.add(ana), ANA);
  const expected = [
    { options: { mode: 'meeting', format: 'mp4' }, codecs: ['h264', 'opus'], end: '.mp4' },
    { options: { mode: 'audio' }, codecs: ['opus'], end: '.webm' },
  ] as const;
  for (const { options, codecs, end } of expected) {
    await studio.evaluate((chosen) => window.studio.start(chosen), options);
    await seconds(studio, 5);
    const recording = recordingOf(await studio.evaluate(() => window.studio.stop()));
    expect(recording.files.map(({ name }) => name.endsWith(end))).toEqual([true]);
    const [path = ''] = await stage.download(studio, recording);
    const found = await probe(path);
    expect(found.codecs.sort()).toEqual(codecs);
    expect(Math.abs(found.duration - 5)).toBeLessThan(0.7);
    expect(await complaints(path)).toBe('');
    expect(toneIn(await samples(path, 1, 3), ANA.tone)).toBeGreaterThan(HEARD);
    await studio.evaluate((id) => window.studio.discard(id), recording.id);
  }
});

test('where no AudioContext runs it records pictures and says so; sound alone fails with a reason', async ({
  studio,
  stage,
}) => {
  await studio.evaluate((ana) => {
    window.studio.people.add(ana);
    AudioContext.prototype.resume = () => new Promise(() => undefined);
    return window.studio.start({ mode: 'meeting' });
  }, ANA);
  await seconds(studio, 4);
  expect(await studio.evaluate(() => window.studio.problems)).toEqual(['no-sound']);
  const recording = recordingOf(await studio.evaluate(() => window.studio.stop()));
  const [path = ''] = await stage.download(studio, recording);
  const { codecs, duration } = await probe(path);
  expect(codecs).toEqual(['vp9']);
  expect(duration).toBeGreaterThan(3);
  const failed = await studio.evaluate(async () => {
    window.studio.recorder.dismiss();
    await window.studio.start({ mode: 'audio' }).catch(() => undefined);
    return window.studio.recorder.state;
  });
  expect(failed).toEqual({ kind: 'failed', failure: 'no-sound' });
});

test('a camera of this device is read as large as it is drawn, and stays as it is for everyone else', async ({
  studio,
}) => {
  const sizes = [
    { width: 628, height: 470 },
    { width: 416, height: 312 },
    { width: 1280, height: 720 },
  ];
  const read = await studio.evaluate((wanted) => window.studio.read(wanted), sizes);
  const whole = [1280, 720];
  // The whole picture, which covers 4:3 by its height.
  expect(read).toEqual([[836, 470], [556, 312], whole, whole]);
});

test('a camera is let go with the end of the recording, not with the end of its file', async ({ studio }) => {
  await studio.evaluate(() => {
    const { clone } = MediaStreamTrack.prototype;
    window.clones = [];
    MediaStreamTrack.prototype.clone = function (this: MediaStreamTrack) {
      const made = clone.call(this);
      if (made.kind === 'video') window.clones.push(made);
      return made;
    };
  });
  await record(studio);
  await seconds(studio, 2);
  const states = await studio.evaluate(async () => {
    const during = window.clones.map(({ readyState }) => readyState);
    const stopped = window.studio.stop();
    const stopping = window.clones.map(({ readyState }) => readyState);
    const { kind } = await stopped;
    return { during, stopping, kind };
  });
  expect(states).toEqual({ during: ['live'], stopping: ['ended'], kind: 'done' });
});
