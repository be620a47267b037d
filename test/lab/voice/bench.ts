/**
 * `npm run bench`: how soon the voice detector fires on recorded voices, and how often on what is none; beside Jitsi's
 * rule, a loudness rule and our own fallback, on the same samples. Prints tables; what is not installed is named.
 *
 * - A voice counts as detected when the rule fires within 1.2 s of speech's start: the first 10 ms frame whose energy is
 *   within 35 dB of the recording's loudest frame. Recordings with less than 1.2 s from there to the last such frame are
 *   single words and are counted apart. Before the recording lies 0.5 s of digital silence, after it silence until time is up.
 * - A false alarm is every firing at least 1 s after the one before. A rule that stays on counts one a second.
 */
import { decode, filesOf, half, run, SETS, type RecordingSet } from './recordings.ts';
import { cost, Listener, RULES, type Rule } from './rules.ts';
import { SIGNALS, typed } from './signals.ts';

const FRAME = 480;
const WITHIN_FRAMES = 120;
const LEAD_FRAMES = 50;
const QUIET = 10 ** (-26 / 20);
/** Of each language; all of the English ones. */
const MOST_RECORDINGS = 150;
/** Of each generated signal, and of each piece of music. */
const SIGNAL_SECONDS = 300;
const MUSIC_SECONDS = 120;

type Counts = Record<Rule, number>;

const none = (): Counts => ({ ours: 0, 'ours, basic': 0, Jitsi: 0, loudness: 0 });

/** Frames after the start of speech at which each rule fires first; Infinity when it does not within 1.2 s. */
async function delays(samples: Int16Array, gain: number, speech: Speech): Promise<Counts> {
  const listener = await Listener.create();
  const first: Counts = { ours: Infinity, 'ours, basic': Infinity, Jitsi: Infinity, loudness: Infinity };
  const frame = new Float32Array(FRAME);
  for (let at = -LEAD_FRAMES; at <= speech.start + WITHIN_FRAMES; at++) {
    for (let i = 0; i < FRAME; i++) frame[i] = Math.round(gain * (samples[at * FRAME + i] ?? 0));
    const fired = listener.push(frame);
    if (at < speech.start) continue;
    for (const rule of RULES) if (fired[rule]) first[rule] = Math.min(first[rule], at - speech.start);
  }
  listener.close();
  return first;
}

interface Speech {
  readonly start: number;
  readonly end: number;
}

function speechIn(samples: Int16Array): Speech {
  const energies: number[] = [];
  for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
    let energy = 0;
    for (let i = at; i < at + FRAME; i++) energy += samples[i]! ** 2;
    energies.push(energy);
  }
  const enough = Math.max(...energies) * 10 ** -3.5;
  const loud = (energy: number): boolean => energy > enough;
  return { start: energies.findIndex(loud), end: energies.findLastIndex(loud) };
}

async function voices(set: RecordingSet, files: readonly string[]): Promise<void> {
  const rows = new Map<string, { counts: Counts; total: number; sum: number; heard: number }>();
  let next = 0;
  for (const samples of decode(files, 12)) {
    const path = files[next++]!;
    const speech = speechIn(samples);
    const length = speech.end - speech.start < WITHIN_FRAMES ? 'single words' : '';
    const trained = { yes: 'trained', no: 'held out', half: half(path) }[set.trained];
    for (const gain of [1, QUIET]) {
      const key = [set.name, trained, gain === 1 ? '0 dB' : '−26 dB', length].filter(Boolean).join(', ');
      const row = rows.get(key) ?? { counts: none(), total: 0, sum: 0, heard: 0 };
      rows.set(key, row);
      row.total++;
      const first = await delays(samples, gain, speech);
      for (const rule of RULES) if (first[rule] <= WITHIN_FRAMES) row.counts[rule]++;
      if (first.ours === Infinity) process.stderr.write(`missed: ${key}: ${path}\n`);
      else [row.sum, row.heard] = [row.sum + first.ours / 100, row.heard + 1];
    }
  }
  for (const [key, row] of [...rows].sort(([a], [b]) => a.localeCompare(b))) {
    const cells = RULES.map((rule) => `${((100 * row.counts[rule]) / row.total).toFixed(1)} %`);
    print([key, String(row.total), ...cells, `${(row.sum / Math.max(1, row.heard)).toFixed(2)} s`]);
  }
}

async function alarms(name: string, pieces: Iterable<ArrayLike<number>>): Promise<{ counts: Counts; hours: number }> {
  const counts = none();
  let frames = 0;
  const frame = new Float32Array(FRAME);
  const listener = await Listener.create();
  for (const samples of pieces) {
    const last: Counts = { ours: -100, 'ours, basic': -100, Jitsi: -100, loudness: -100 };
    for (let at = 0; at + FRAME <= samples.length; at += FRAME) {
      for (let i = 0; i < FRAME; i++) frame[i] = Math.round(samples[at + i]!);
      const fired = listener.push(frame);
      const now = at / FRAME;
      for (const rule of RULES) {
        if (!fired[rule] || now - last[rule] < 100) continue;
        if (rule === 'ours') process.stderr.write(`alarm: ${name}: at ${(frames / 100).toFixed(1)} s\n`);
        last[rule] = now;
        counts[rule]++;
      }
      frames++;
    }
  }
  listener.close();
  const hours = frames / 360_000;
  print([name, `${(60 * hours).toFixed(1)} min`, ...RULES.map((rule) => (counts[rule] / hours).toFixed(1)), '']);
  return { counts, hours };
}

function print(cells: readonly string[]): void {
  const [name, ...others] = cells;
  process.stdout.write(`${name!.padEnd(44)}${others.map((cell) => cell.padStart(12)).join('')}\n`);
}

function trimmed(samples: Int16Array): Int16Array {
  const end = samples.findLastIndex((sample) => sample !== 0);
  return samples.subarray(0, end + 1);
}

const missing: string[] = [];
function installed(set: RecordingSet): string[] | undefined {
  const files = filesOf(set);
  if (files === undefined) missing.push(set.debian);
  return files;
}

function available(command: string, debian: string): boolean {
  try {
    run(command, [command === 'ffmpeg' ? '-version' : '--version']);
    return true;
  } catch {
    missing.push(debian);
    return false;
  }
}

async function main(): Promise<void> {
  const decodes = available('ffmpeg', 'ffmpeg');
  const sox = available('sox', 'sox');
  if (decodes) {
    print(['Detected within 1.2 s', 'recordings', ...RULES, 'our mean']);
    for (const set of SETS.filter(({ kind }) => kind === 'voice')) {
      const files = installed(set);
      if (files !== undefined) await voices(set, set.name === 'English' ? files : files.slice(0, MOST_RECORDINGS));
    }
  }
  print(['\nFalse alarms per hour', 'listened', ...RULES, '']);
  const results: { counts: Counts; hours: number }[] = [];
  for (const set of decodes ? SETS.filter(({ kind }) => kind === 'music') : []) {
    const files = installed(set);
    if (files === undefined) continue;
    const pieces = (function* () {
      for (const file of files) for (const piece of decode([file], MUSIC_SECONDS)) yield trimmed(piece);
    })();
    results.push(await alarms(set.name, pieces));
  }
  for (const signal of sox ? SIGNALS : []) results.push(await alarms(signal.name, [signal.samples(SIGNAL_SECONDS)]));
  for (const set of decodes ? SETS.filter(({ kind }) => kind === 'other') : []) {
    const files = installed(set);
    if (files === undefined) continue;
    const keys = [...decode(files, 1)].map(trimmed);
    results.push(await alarms(set.name, [typed(keys, SIGNAL_SECONDS)]));
  }
  const hours = results.reduce((sum, result) => sum + result.hours, 0);
  const total = (rule: Rule): number => results.reduce((sum, result) => sum + result.counts[rule], 0);
  if (hours > 0)
    print(['All', `${(60 * hours).toFixed(1)} min`, ...RULES.map((rule) => (total(rule) / hours).toFixed(1)), '']);
  const sample = sox ? SIGNALS.find(({ name }) => name === 'Fan') : undefined;
  if (sample !== undefined) {
    const { rnnoise, all } = await cost(Int16Array.from(sample.samples(60)));
    process.stdout.write(`\nOf one core: RNNoise alone ${rnnoise.toFixed(2)} %, all of ours ${all.toFixed(2)} %\n`);
  }
  if (missing.length > 0) process.stdout.write(`Not measured, not installed: apt-get install ${missing.join(' ')}\n`);
}

await main();
