/**
 * One run of the engine from the page: the worker, the sound lines and the pictures that feed it, taken down together.
 * Refuses to know states, saving and what people are told.
 */
import type { EngineFailure, EngineWarning, FromEngine, Opening, Person, ToEngine } from './messages.ts';
import { Mixer, type Line } from './mixer.ts';
import { Pictures } from './pictures.ts';
import { drawnSizes, hasPictures, isSplit, MEETING_KEY, personKey, screenKey } from './scene.ts';
import type { RecordingEnd, RecordingMode, RecordingSource } from './states.ts';

export interface SessionEvents {
  /** It records; `sound` is false where no AudioContext runs. */
  onReady(sound: boolean): void;
  onFailed(failure: EngineFailure | 'no-sound'): void;
  onPulse(pulse: { bytes: number; level: number; skipped: number }): void;
  onWarning(problem: EngineWarning): void;
  /** It stopped by itself and closes its files. */
  onEnding(end: RecordingEnd): void;
  onClosed(end: RecordingEnd, whole: boolean): void;
}

export interface SessionOptions {
  readonly opening: Omit<Opening, 'sampleRate'>;
  readonly sources: readonly RecordingSource[];
  readonly events: SessionEvents;
}

export interface RunningSession {
  update(sources: readonly RecordingSource[]): void;
  /** Closes the files; `onClosed` follows. */
  stop(): void;
  /** Lets everything go, at once. */
  close(): void;
}

/** Seconds without a word from the engine after which it hangs; a slow disk takes some, closing a long file too. */
const HANGS_AFTER = 20;

export class Session implements RunningSession {
  readonly #options: SessionOptions;
  readonly #worker: Worker;
  readonly #pictures: Pictures;
  #mixer: Mixer | undefined;
  #sources: readonly RecordingSource[];
  #people = '';
  #silent = 0;
  #cleared = false;
  readonly #watch: ReturnType<typeof setInterval>;
  #state: 'opening' | 'running' | 'stopping' | 'closed' = 'opening';

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#sources = options.sources;
    this.#worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module' });
    this.#worker.onmessage = ({ data }: MessageEvent<FromEngine>) => this.#hear(data);
    this.#worker.onerror = () => this.#broken();
    this.#pictures = new Pictures({
      onStream: (track, stream) => this.#send({ type: 'stream', track, stream }, [stream]),
      onFrame: (track, frame) => this.#send({ type: 'frame', track, frame }, [frame]),
    });
    // Counted in ticks, not in time: a machine that sleeps is not an engine that hangs.
    this.#watch = setInterval(() => this.#look(), 1000);
    void this.#open();
  }

  update(sources: readonly RecordingSource[]): void {
    this.#sources = sources;
    if (this.#state !== 'running') return;
    const { mode } = this.#options.opening;
    const people = sources.map(personOf);
    const text = JSON.stringify(people);
    if (text !== this.#people) this.#send({ type: 'people', people });
    this.#people = text;
    this.#feed(mode);
  }

  stop(): void {
    if (this.#state !== 'running') return;
    this.#state = 'stopping';
    this.#send({ type: 'stop' });
    // At once: a clone that is still read keeps a camera on that is switched off meanwhile.
    this.#pictures.close();
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    clearInterval(this.#watch);
    // With the worker would go the handles of what was deleted, and in Chromium 156 all that was written since (disk.ts).
    if (!this.#cleared) this.#worker.terminate();
    this.#pictures.close();
    this.#mixer?.close();
  }

  async #open(): Promise<void> {
    const { opening, events } = this.#options;
    const mixer = await Mixer.open({ onLine: (line, port) => this.#send({ type: 'sound', line, port }, [port]) });
    if (this.#isClosed()) {
      mixer?.close();
      return;
    }
    this.#mixer = mixer;
    if (!mixer && !hasPictures(opening.mode)) {
      events.onFailed('no-sound');
      return;
    }
    const people = this.#sources.map(personOf);
    this.#people = JSON.stringify(people);
    this.#send({ type: 'open', opening: { ...opening, sampleRate: mixer?.sampleRate }, people });
  }

  #feed(mode: RecordingMode): void {
    this.#mixer?.update(linesOf(this.#sources, mode));
    if (!hasPictures(mode)) return;
    const sizes = drawnSizes(this.#sources.map(personOf), mode);
    this.#pictures.update(
      this.#sources.flatMap(({ camera, screen, self }) => [
        ...(camera ? [{ track: camera, size: self ? sizes.get(camera.id) : undefined }] : []),
        ...(screen ? [{ track: screen, size: undefined }] : []),
      ]),
    );
  }

  #hear(message: FromEngine): void {
    const { events } = this.#options;
    this.#silent = 0;
    switch (message.type) {
      case 'ready':
        if (this.#state !== 'opening') return;
        this.#state = 'running';
        this.update(this.#sources);
        events.onReady(this.#mixer !== undefined);
        return;
      case 'failed':
        events.onFailed(message.failure);
        return;
      case 'pulse':
        events.onPulse(message);
        return;
      case 'warning':
        if (message.problem === 'cleared') this.#cleared = true;
        events.onWarning(message.problem);
        return;
      case 'grab':
        this.#pictures.grab();
        return;
      case 'ending':
        this.#state = 'stopping';
        this.#pictures.close();
        events.onEnding(message.end);
        return;
      case 'closed':
        events.onClosed(message.end, message.whole);
        return;
    }
  }

  #look(): void {
    this.#silent += 1;
    if (this.#silent >= HANGS_AFTER) this.#broken();
  }

  /** The worker itself died or hangs; what it wrote is on the disk. */
  #broken(): void {
    const { events } = this.#options;
    clearInterval(this.#watch);
    if (this.#state === 'opening') events.onFailed('lost');
    else if (this.#state !== 'closed') events.onClosed('encoder-failed', false);
  }

  #isClosed(): boolean {
    return this.#state === 'closed';
  }

  #send(message: ToEngine, transfer: Transferable[] = []): void {
    this.#worker.postMessage(message, transfer);
  }
}

function personOf({ sid, name, camera, screen, speaking, muted }: RecordingSource): Person {
  return {
    sid,
    name,
    speaking,
    muted,
    ...(camera ? { camera: camera.id } : {}),
    ...(screen ? { screen: screen.id } : {}),
  };
}

function linesOf(sources: readonly RecordingSource[], mode: RecordingMode): Line[] {
  const given = (tracks: readonly (MediaStreamTrack | undefined)[]) => tracks.filter((track) => track !== undefined);
  if (!isSplit(mode)) {
    const tracks = given(sources.flatMap(({ microphone, screenAudio }) => [microphone, screenAudio]));
    return [{ key: MEETING_KEY, channels: 2, tracks }];
  }
  return sources.flatMap(({ sid, microphone, screen, screenAudio }) => {
    const person: Line = { key: personKey(sid), channels: 1, tracks: given([microphone]) };
    if (!screen) return [person];
    return [person, { key: screenKey(sid, screen.id), channels: 2, tracks: given([screenAudio]) }];
  });
}
