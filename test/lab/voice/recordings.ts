/**
 * Where Debian's packages put recorded voices, music and keys, and how they become 48 kHz samples. No recording is in this
 * repository: what is not installed is named, not measured. Refuses to know what is measured on them.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordingSet {
  readonly name: string;
  readonly kind: 'voice' | 'music' | 'other';
  /** apt-get install this. */
  readonly debian: string;
  readonly folder: string;
  readonly files: RegExp;
  /** Whether weights.ts was trained on it: all, nothing, or the half that `half` tells. */
  readonly trained: 'yes' | 'no' | 'half';
}

const ASTERISK = '/usr/share/asterisk/sounds';
const GAMES = '/usr/share/games';

export const SETS: readonly RecordingSet[] = [
  voice('English', 'asterisk-core-sounds-en-g722', `${ASTERISK}/en_US_f_Allison`, 'half'),
  voice('English, others', 'alsa-utils', '/usr/share/sounds/alsa', 'no', /_.*\.wav$/),
  voice('Spanish (Mexico)', 'asterisk-core-sounds-es-g722', `${ASTERISK}/es_MX_f_Allison`, 'yes'),
  voice('French (Canada)', 'asterisk-core-sounds-fr-g722', `${ASTERISK}/fr_CA_f_June`, 'yes'),
  voice('Italian, a man', 'asterisk-core-sounds-it-g722', `${ASTERISK}/it_IT_m_Carlo`, 'no'),
  voice('Russian', 'asterisk-core-sounds-ru-g722', `${ASTERISK}/ru_RU_f_IvrvoiceRU`, 'no'),
  voice('Italian, a woman', 'asterisk-prompt-it-menardi-wav', `${ASTERISK}/it_IT_f_Menardi`, 'no', /\.wav$/),
  voice('French (8 kHz)', 'asterisk-prompt-fr-armelle', `${ASTERISK}/fr`, 'no', /\.gsm$/),
  voice('Spanish (8 kHz)', 'asterisk-prompt-es-co', `${ASTERISK}/es`, 'no', /\.gsm$/),
  voice('Dutch, acted', 'fillets-ng-data-nl', `${GAMES}/fillets-ng/sound`, 'no', /\/nl\/.*\.ogg$/),
  music('Asterisk on hold', 'asterisk-moh-opsound-g722', '/usr/share/asterisk/moh', /\.g722$/),
  music('Pingus', 'pingus-data', `${GAMES}/pingus/data/music`, /\.(ogg|it|s3m|xm)$/),
  music('Neverball', 'neverball-data', `${GAMES}/neverball`, /bgm\/.*\.ogg$/),
  music('Xmoto', 'xmoto-data', `${GAMES}/xmoto/Textures/Musics`, /\.ogg$/),
  {
    name: 'Typing, real keys',
    kind: 'other',
    debian: 'bucklespring-data',
    folder: '/usr/share/buckle/wav',
    files: /\.wav$/,
    trained: 'no',
  },
];

/** Its files in a fixed order that is not the alphabet's; undefined when the package is not installed. */
export function filesOf(set: RecordingSet): string[] | undefined {
  if (!existsSync(set.folder)) return undefined;
  const files = readdirSync(set.folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(set.folder, name))
    .filter((path) => set.files.test(path) && !NO_VOICE.test(path) && statSync(path).size > 3000);
  return files.length === 0 ? undefined : files.sort((a, b) => draw(a) - draw(b));
}

/** The half of a half-trained set that the training saw. */
export function half(path: string): 'trained' | 'held out' {
  return draw(`s${path}`) % 2 === 0 ? 'trained' : 'held out';
}

/** Decoded by one ffmpeg for up to 40 files: it takes longer to start than to decode. `seconds`: of each, at most. */
export function* decode(paths: readonly string[], seconds: number): Generator<Int16Array> {
  for (let at = 0; at < paths.length; at += 40) {
    const batch = paths.slice(at, at + 40);
    // One stream in one pipe: every file padded with silence to the same length, and cut there.
    const inputs = batch.flatMap((path) => [...format(path), '-t', String(seconds), '-i', path]);
    const each = batch.map((_, i) => `[${i}:a]aformat=s16:48000:mono,apad=whole_dur=${seconds}[a${i}]`).join(';');
    const all = batch.map((_, i) => `[a${i}]`).join('');
    const filter = `${each};${all}concat=n=${batch.length}:v=0:a=1`;
    const raw = run('ffmpeg', [
      '-v',
      'error',
      '-threads',
      '1',
      ...inputs,
      '-filter_complex',
      filter,
      '-f',
      's16le',
      '-',
    ]);
    const samples = new Int16Array(raw.buffer, raw.byteOffset, raw.length >> 1);
    const length = seconds * 48000;
    for (let i = 0; i < batch.length; i++) yield samples.subarray(i * length, (i + 1) * length);
  }
}

/** What a command writes; throws when it fails. */
export function run(command: string, args: readonly string[]): Buffer {
  const { status, stdout, stderr } = spawnSync(command, args, { maxBuffer: 2 ** 31 });
  if (status !== 0) throw new Error(`${command}: ${String(stderr).slice(0, 400)}`);
  return stdout;
}

/** Silence, beeps, animals and applause among the prompts. */
const NO_VOICE = /silence|beep|tone|monkeys|pbx-transfer|tt-weasels|confbridge-(join|leave)/;

function voice(
  name: string,
  debian: string,
  folder: string,
  trained: RecordingSet['trained'],
  files = /\.g722$/,
): RecordingSet {
  return { name, kind: 'voice', debian, folder, files, trained };
}

function music(name: string, debian: string, folder: string, files: RegExp): RecordingSet {
  return { name, kind: 'music', debian, folder, files, trained: 'no' };
}

function format(path: string): string[] {
  return path.endsWith('.g722') ? ['-f', 'g722'] : [];
}

function draw(text: string): number {
  return createHash('md5').update(text).digest().readUInt32BE(0);
}
