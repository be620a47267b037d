/**
 * Recording a meeting on this device: the one entry of this folder, loaded when somebody presses "Record". Runs a session,
 * keeps its state, and sees to it that whatever was recorded ends as a file that plays. Nothing leaves the device.
 * Refuses to know who may record, who has consented and what people are told.
 */
import { hold, letGo } from './locks.ts';
import { rewrite, type RewriteOptions } from './rewrite.ts';
import { Session, type RunningSession, type SessionOptions } from './session.ts';
import { newId } from './sidecar.ts';
import {
  SPACE_LOW,
  type KeptRecording,
  type RecorderFailure,
  type RecorderState,
  type RecordingEnd,
  type RecordingFormat,
  type RecordingMode,
  type RecordingProblem,
  type RecordingSource,
} from './states.ts';
import { describe } from './store.ts';

export { recordingFormats } from './formats.ts';
export { recover, recoverOrKeep } from './rewrite.ts';
export { save } from './save.ts';
export { discard, interruptedRecordings } from './store.ts';

export interface RecorderOptions {
  /** Everybody who may be recorded now, in the screen's order. */
  sources(): readonly RecordingSource[];
  onState(state: RecorderState): void;
  /** Once each. */
  onProblem(problem: RecordingProblem): void;
}

/** What a recorder works with; tests give others. */
export interface RecorderParts {
  open(options: SessionOptions): RunningSession;
  rewrite(id: string, options: RewriteOptions): Promise<KeptRecording>;
  describe(id: string): Promise<KeptRecording>;
  hold(id: string): Promise<boolean>;
  letGo(id: string): void;
  /** Bytes; undefined where the browser does not say. */
  spaceLeft(): Promise<number | undefined>;
  now(): number;
}

export interface StartOptions {
  readonly mode: RecordingMode;
  readonly format?: RecordingFormat;
}

const SPACE_EVERY_MS = 5_000;
/** Of 25 pictures a second in five seconds: more than this are not left out unnoticed. */
const SKIPPED_IN_WINDOW = 40;

export class Recorder {
  readonly #options: RecorderOptions;
  readonly #parts: RecorderParts;
  #state: RecorderState = { kind: 'idle' };
  #session: RunningSession | undefined;
  #id: string | undefined;
  #told = new Set<RecordingProblem>();
  #spaceAt = 0;
  #spaceLeft: number | undefined;
  #skipped = 0;
  #stopping = false;
  #finalising: AbortController | undefined;
  #ended: Promise<void> = Promise.resolve();
  #resolveEnded: () => void = () => undefined;

  constructor(options: RecorderOptions, parts: RecorderParts = REAL_PARTS) {
    this.#options = options;
    this.#parts = parts;
  }

  get state(): RecorderState {
    return this.#state;
  }

  /** From `idle`, `done` and `failed`. A recording that is done and not saved stays in `interruptedRecordings()`. */
  start({ mode, format = 'webm' }: StartOptions): void {
    if (this.#state.kind !== 'idle' && this.#state.kind !== 'done' && this.#state.kind !== 'failed') return;
    this.#release();
    this.#told.clear();
    this.#stopping = false;
    this.#spaceAt = 0;
    this.#skipped = 0;
    this.#ended = new Promise((resolve) => (this.#resolveEnded = resolve));
    const startedAt = this.#parts.now();
    const id = newId(startedAt);
    this.#id = id;
    this.#set({ kind: 'starting', mode });
    void this.#open({ id, mode, format, startedAt });
  }

  /** Somebody came, left, or has other tracks. Without it the recorder looks five times a second. */
  sourcesChanged(): void {
    if (this.#state.kind === 'recording') this.#session?.update(this.#options.sources());
  }

  /** Resolves once the state is `done` or `failed`; at once where nothing is recorded. Leaving a meeting waits for it. */
  async stop(): Promise<void> {
    if (this.#state.kind === 'starting') this.#stopping = true;
    if (this.#state.kind === 'recording') {
      this.#set({ kind: 'finalising', progress: 0 });
      this.#session?.stop();
    }
    await this.#ended;
  }

  /** The raw files stay and `done` follows, `whole: false`. They are offered again. */
  cancelFinalising(): void {
    this.#finalising?.abort();
  }

  /** Lets go of a recording that is done: saved, discarded, or for another time. */
  dismiss(): void {
    if (this.#state.kind !== 'done' && this.#state.kind !== 'failed') return;
    this.#release();
    this.#set({ kind: 'idle' });
  }

  /** The page goes: what is not closed by then is an interrupted recording. */
  close(): void {
    this.#finalising?.abort();
    this.#release();
    this.#resolveEnded();
    this.#state = { kind: 'idle' };
  }

  async #open(opening: SessionOptions['opening']): Promise<void> {
    await this.#parts.hold(opening.id).catch(() => false);
    if (this.#state.kind !== 'starting' || this.#id !== opening.id) return;
    const { mode } = opening;
    this.#session = this.#parts.open({
      opening,
      sources: this.#options.sources(),
      events: {
        onReady: (sound) => {
          if (!sound) this.#tell('no-sound');
          const since = this.#parts.now();
          this.#set({ kind: 'recording', mode, since, bytes: 0, level: 0, spaceLeft: undefined });
          if (this.#stopping) void this.stop();
        },
        onFailed: (failure) => this.#fail(failure),
        onPulse: (pulse) => this.#pulse(pulse),
        onWarning: (problem) => this.#tell(problem),
        onEnding: () => this.#set({ kind: 'finalising', progress: 0 }),
        onClosed: (end, whole) => void this.#finish(opening.id, end, whole),
      },
    });
  }

  #pulse({ bytes, level, skipped }: { bytes: number; level: number; skipped: number }): void {
    const state = this.#state;
    if (state.kind !== 'recording') return;
    this.#session?.update(this.#options.sources());
    this.#skipped += skipped;
    const now = this.#parts.now();
    if (now >= this.#spaceAt) {
      this.#spaceAt = now + SPACE_EVERY_MS;
      if (this.#skipped > SKIPPED_IN_WINDOW) this.#tell('too-slow');
      this.#skipped = 0;
      void this.#measureSpace();
    }
    this.#set({ ...state, bytes, level, spaceLeft: this.#spaceLeft });
  }

  async #measureSpace(): Promise<void> {
    this.#spaceLeft = await this.#parts.spaceLeft().catch(() => undefined);
    if (this.#spaceLeft !== undefined && this.#spaceLeft < SPACE_LOW) this.#tell('space-low');
  }

  /** The files are closed. Where they are not whole they are made so: after a failed write, and for MP4. */
  async #finish(id: string, end: RecordingEnd, whole: boolean): Promise<void> {
    this.#session?.close();
    this.#session = undefined;
    try {
      const recording = whole ? await this.#parts.describe(id) : await this.#rewritten(id);
      this.#settle({ kind: 'done', end, recording });
    } catch {
      // There is nothing of it: site data was cleared, or it ended before its first second.
      this.#fail('lost');
    }
  }

  async #rewritten(id: string): Promise<KeptRecording> {
    const cancel = new AbortController();
    this.#finalising = cancel;
    this.#set({ kind: 'finalising', progress: 0 });
    try {
      const onProgress = (progress: number) => this.#set({ kind: 'finalising', progress });
      return await this.#parts.rewrite(id, { onProgress, signal: cancel.signal });
    } catch {
      const raw = await this.#parts.describe(id);
      if (raw.bytes === 0) throw new Error('empty');
      return raw;
    } finally {
      this.#finalising = undefined;
    }
  }

  #fail(failure: RecorderFailure): void {
    this.#release();
    this.#settle({ kind: 'failed', failure });
  }

  #settle(state: RecorderState): void {
    if (this.#state.kind === 'idle') return;
    this.#set(state);
    this.#resolveEnded();
  }

  #release(): void {
    this.#session?.close();
    this.#session = undefined;
    if (this.#id !== undefined) this.#parts.letGo(this.#id);
    this.#id = undefined;
  }

  #tell(problem: RecordingProblem): void {
    if (this.#told.has(problem)) return;
    this.#told.add(problem);
    this.#options.onProblem(problem);
  }

  #set(state: RecorderState): void {
    this.#state = state;
    this.#options.onState(state);
  }
}

const REAL_PARTS: RecorderParts = {
  open: (options) => new Session(options),
  rewrite,
  describe: async (id) => (await describe(id)).recording,
  hold,
  letGo,
  async spaceLeft() {
    const { quota, usage } = await navigator.storage.estimate();
    return quota === undefined || usage === undefined ? undefined : quota - usage;
  },
  now: () => Date.now(),
};
