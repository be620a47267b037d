/**
 * The sidecar beside a recording's files: when it began, in which mode, and for every file whose it is and where on the
 * recording's one timeline it begins. An editor lays tracks out by it; the next visit finds a recording by it.
 * Pure; refuses to know where files are.
 */
import type { RecordingFormat, RecordingMode } from './states.ts';
import type { FileKind } from './scene.ts';

export const SIDECAR_NAME = 'recording.json';

export interface SidecarFile {
  /** Name in the recording's folder. */
  readonly file: string;
  readonly kind: FileKind;
  /** Whose; empty for the whole meeting. */
  readonly name: string;
  /** Seconds after `startedAt` at which the file's own time 0 is. */
  readonly offset: number;
  /** Seconds; absent until the file is closed. */
  readonly duration?: number;
}

export interface Sidecar {
  readonly version: 1;
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  readonly mode: RecordingMode;
  readonly format: RecordingFormat;
  /** True once every file has its duration and cues. */
  readonly whole: boolean;
  /** Epoch milliseconds of a download whose end no page can see. */
  readonly downloadedAt?: number;
  readonly files: readonly SidecarFile[];
}

/** Undefined where `text` is not a sidecar: a tab can be killed while it writes one. */
export function parseSidecar(text: string): Sidecar | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || value['version'] !== 1 || !Array.isArray(value['files'])) return undefined;
  const { id, startedAt, mode, format, whole, downloadedAt } = value;
  if (typeof id !== 'string' || typeof startedAt !== 'number' || typeof whole !== 'boolean') return undefined;
  if (!isOne(mode, MODES) || !isOne(format, FORMATS)) return undefined;
  const files = value['files'].map(parseFile);
  if (!files.every((file) => file !== undefined)) return undefined;
  const base = { version: 1, id, startedAt, mode, format, whole, files } as const;
  return typeof downloadedAt === 'number' ? { ...base, downloadedAt } : base;
}

/** For a folder whose sidecar was never finished: the id says when it began, the files' names what there is. */
export function guessSidecar(id: string, files: readonly string[]): Sidecar {
  const startedAt = Number.parseInt(id, 10);
  return {
    version: 1,
    id,
    startedAt: Number.isFinite(startedAt) ? startedAt : 0,
    mode: files.length > 1 ? 'tracks' : 'meeting',
    format: 'webm',
    whole: false,
    files: files.map((file) => ({ file, kind: files.length > 1 ? 'person' : 'meeting', name: '', offset: 0 })),
  };
}

/** Sorts by time; the second part keeps two tabs apart. */
export function newId(startedAt: number): string {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1));
  return `${startedAt}-${random.toString(36)}`;
}

/** What people get: "Meeting 2026-11-22 14.02.webm", "Meeting 2026-11-22 14.02 - Ana screen.webm". */
export function savedNames(sidecar: Sidecar): Map<string, string> {
  const taken = new Set<string>();
  return new Map(
    sidecar.files.map(({ file, kind, name }) => {
      const whose = [clean(name), kind === 'screen' ? 'screen' : ''].filter(Boolean).join(' ');
      const stem = whose && kind !== 'meeting' ? `${titleOf(sidecar)} - ${whose}` : titleOf(sidecar);
      let unique = stem;
      for (let copy = 2; taken.has(unique.toLowerCase()); copy += 1) unique = `${stem} ${copy}`;
      taken.add(unique.toLowerCase());
      return [file, `${unique}.${extensionOf(file)}`];
    }),
  );
}

export function titleOf({ startedAt }: { readonly startedAt: number }): string {
  const at = new Date(startedAt);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
  return `Meeting ${day} ${two(at.getHours())}.${two(at.getMinutes())}`;
}

const MODES: readonly RecordingMode[] = ['meeting', 'audio', 'tracks', 'audio-tracks'];
const FORMATS: readonly RecordingFormat[] = ['webm', 'mp4'];
const KINDS: readonly FileKind[] = ['meeting', 'person', 'screen'];

function parseFile(value: unknown): SidecarFile | undefined {
  if (!isRecord(value)) return undefined;
  const { file, kind, name, offset, duration } = value;
  if (typeof file !== 'string' || !isOne(kind, KINDS) || typeof name !== 'string') return undefined;
  if (typeof offset !== 'number') return undefined;
  return { file, kind, name, offset, ...(typeof duration === 'number' ? { duration } : {}) };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function isOne<T extends string>(value: unknown, among: readonly T[]): value is T {
  return among.some((one) => one === value);
}

/** Without what Windows, macOS or a shell refuses in a name, and short enough for all. */
function clean(name: string): string {
  const plain = name
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/[\p{Cc}\p{Cf}<>:"/\\|?*]/gu, '')
    .replace(/^[. ]+|[. ]+$/g, '');
  return [...plain].slice(0, 60).join('');
}

function extensionOf(file: string): string {
  return file.slice(file.lastIndexOf('.') + 1);
}
