/**
 * `node test/lab/voice/train/scenes.ts FOLDER COUNT SEED`: composes 20 s scenes from FOLDER/pcm (corpus.py) and writes what
 * the network sees of them (features.ts, 50 rows a second) to FOLDER/scenes-SEED.x and, per row, 0 nobody, 1 voice, 2 do not
 * care to .y. Refuses to know the network.
 */
import { closeSync, openSync, readdirSync, readFileSync, readSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { FEATURES, Features } from '../../../../web/media/voice/features.ts';
import { FRAME, Rnnoise } from '../../../../web/media/voice/rnnoise.ts';
import { add, colour, decibels, Draw, RATE, resample, reverberate, rms, room, scaleTo } from './augment.ts';
import { clicks, rustling, tones, typing } from './noises.ts';

const LENGTH = 20 * RATE;
const FRAMES = LENGTH / FRAME;
/** Root mean square of loud parts before the last gain. */
const NOMINAL = 3000;
/** The first 250 ms of speech may be missed; 600 ms after it may still count as voice. */
const START_FRAMES = 25;
const END_FRAMES = 60;

const [folder = '', count = '0', seed = '1'] = process.argv.slice(2);
const draw = new Draw(Number(seed));

interface Scene {
  readonly samples: Float32Array;
  readonly label: Uint8Array;
  /** Of the room, decibels under NOMINAL. */
  readonly roomBelow: number;
}

/** Files by folder: voices of one speaker, music of one game. */
function corpus(kind: string): string[][] {
  const root = join(folder, 'pcm/train', kind);
  const groups = readdirSync(root).map((group) =>
    readdirSync(join(root, group)).map((name) => join(root, group, name)),
  );
  return groups
    .map((group) => group.sort().filter((path) => statSync(path).size > 9600))
    .filter((group) => group.length > 0);
}

const VOICES = corpus('speech');
const MUSIC = corpus('music');
const SOUNDS = corpus('noise');

/** Large groups more often than small ones, but not in proportion. */
function group(groups: readonly string[][]): readonly string[] {
  const weights = groups.map((files) => files.length ** 0.6);
  let left = draw.between(
    0,
    weights.reduce((sum, weight) => sum + weight, 0),
  );
  return groups.find((_, i) => (left -= weights[i]!) <= 0) ?? groups[0]!;
}

function load(path: string, seconds = Infinity): Float32Array {
  const size = statSync(path).size >> 1;
  const length = Math.min(size, Math.floor(seconds * RATE));
  const bytes = Buffer.alloc(2 * length);
  const file = openSync(path, 'r');
  readSync(file, bytes, 0, bytes.length, 2 * draw.below(size - length + 1));
  closeSync(file);
  return Float32Array.from(new Int16Array(bytes.buffer, bytes.byteOffset, length));
}

function speaking(): Scene {
  const samples = new Float32Array(LENGTH);
  const label = new Uint8Array(FRAMES);
  const behind = draw.between(0, 1);
  if (behind < 0.15)
    add(samples, scaleTo(load(draw.of(group(MUSIC)), 20), NOMINAL * decibels(-draw.between(10, 30))), 0);
  else if (behind < 0.25)
    add(samples, scaleTo(draw.of([typing, clicks])(LENGTH, draw), NOMINAL * decibels(-draw.between(0, 25))), 0);
  const voice = new Float32Array(LENGTH);
  const first = group(VOICES);
  const pitch = draw.chance(0.5) ? draw.between(0.82, 1.22) : 1;
  const steady = draw.chance(0.6) ? draw.between(-8, 8) : undefined;
  for (let time = draw.between(0.02, 3); time < 19;) {
    const said = resample(load(draw.of(draw.chance(0.7) ? first : group(VOICES))), pitch);
    scaleTo(said, NOMINAL * decibels(steady ?? draw.between(-12, 4)));
    const at = Math.floor(time * 100);
    add(voice, said, at * FRAME);
    mark(label, said, at);
    time += said.length / RATE + (draw.chance(0.6) ? draw.between(0.1, 0.8) : draw.between(0.8, 6));
  }
  if (draw.chance(0.5)) reverberate(voice, draw);
  colour(voice, draw);
  add(samples, scaleTo(voice, NOMINAL), 0);
  return { samples, label, roomBelow: draw.between(6, 55) };
}

/** From the first to the last frame within 35 dB of the loudest. */
function mark(label: Uint8Array, said: Float32Array, at: number): void {
  const levels = Array.from({ length: Math.floor(said.length / FRAME) }, (_, i) =>
    rms(said.subarray(i * FRAME, (i + 1) * FRAME)),
  );
  const loud = (level: number): boolean => level > Math.max(...levels) * decibels(-35);
  const from = at + levels.findIndex(loud);
  const to = at + levels.findLastIndex(loud);
  for (let i = from; i <= to + END_FRAMES && i < FRAMES; i++) {
    const follows = label[i - START_FRAMES - 1] === 1;
    const value = i > to || (i < from + START_FRAMES && !follows) ? 2 : 1;
    if (label[i] !== 1) label[i] = value;
  }
}

function playing(): Scene {
  const samples = new Float32Array(LENGTH);
  for (let time = draw.chance(0.5) ? 0 : draw.between(0, 2); time < 19.9;) {
    const seconds = Math.min(20 - time, draw.chance(0.35) ? 20 : draw.between(0.7, 10));
    const piece = resample(load(draw.of(group(MUSIC)), seconds), draw.chance(0.4) ? draw.between(0.85, 1.18) : 1);
    scaleTo(piece, NOMINAL * decibels(draw.between(-10, 3)));
    const fade = draw.chance(0.5) ? 9600 : 1;
    for (let i = 0; i < piece.length; i++)
      piece[i] = piece[i]! * Math.min(1, (i + 1) / fade, (piece.length - i) / fade);
    add(samples, piece, Math.floor(time * RATE));
    time += Math.max(0.1, piece.length / RATE) + (draw.chance(0.5) ? 0 : draw.between(0, 2));
  }
  if (draw.chance(0.35)) reverberate(samples, draw);
  colour(samples, draw);
  return { samples, label: new Uint8Array(FRAMES), roomBelow: draw.between(10, 60) };
}

function bustling(): Scene {
  const samples = new Float32Array(LENGTH);
  for (let layers = 1 + draw.below(2); layers > 0; layers--) {
    const make = draw.of([typing, typing, clicks, rustling, rustling, tones, recorded, recorded]);
    add(samples, scaleTo(make(LENGTH, draw), NOMINAL * decibels(-draw.between(0, 20))), 0);
  }
  if (draw.chance(0.4)) reverberate(samples, draw);
  colour(samples, draw);
  return { samples, label: new Uint8Array(FRAMES), roomBelow: draw.between(0, 50) };
}

function recorded(length: number): Float32Array {
  const samples = new Float32Array(length);
  for (let time = draw.between(0, 2); time < 19;) {
    const sound = scaleTo(load(draw.of(group(SOUNDS))), NOMINAL * decibels(draw.between(-10, 3)));
    add(samples, sound, Math.floor(time * RATE));
    time += (sound.length / RATE) * draw.between(0.5, 1) + draw.between(0, 1.5);
  }
  return samples;
}

function scene(): Scene {
  const kind = draw.between(0, 1);
  const made = kind < 0.42 ? speaking() : kind < 0.85 ? playing() : bustling();
  if (draw.chance(0.8)) {
    const quiet = room(LENGTH, draw);
    colour(quiet, draw);
    add(made.samples, quiet, 0, (NOMINAL * decibels(-made.roomBelow)) / rms(quiet));
  }
  const gain = decibels(draw.between(-42, 8));
  for (let i = 0; i < LENGTH; i++) {
    made.samples[i] = Math.round(Math.max(-32768, Math.min(32767, made.samples[i]! * gain)));
  }
  return made;
}

const wasm = new URL('../../../../node_modules/@jitsi/rnnoise-wasm/dist/rnnoise.wasm', import.meta.url);
const rnnoise = await Rnnoise.load(readFileSync(wasm));
const rowsFile = openSync(join(folder, `scenes-${seed}.x`), 'w');
const labelsFile = openSync(join(folder, `scenes-${seed}.y`), 'w');
for (let made = 0; made < Number(count); made++) {
  const { samples, label } = scene();
  const features = new Features();
  const rows = new Float32Array((FRAMES / 2) * FEATURES);
  const labels = new Uint8Array(FRAMES / 2);
  for (let i = 0; i < FRAMES; i++) {
    const frame = samples.subarray(i * FRAME, (i + 1) * FRAME);
    const seen = features.push(frame, rnnoise.probability(frame));
    const row = (i >> 1) * FEATURES;
    for (let k = 0; k < FEATURES; k++) rows[row + k] = rows[row + k]! + seen[k]! / 2;
    labels[i >> 1] = Math.max(labels[i >> 1]!, label[i]!);
  }
  writeSync(rowsFile, new Uint8Array(rows.buffer));
  writeSync(labelsFile, labels);
  if (made % 50 === 0) console.error(made, 'of', count);
}
