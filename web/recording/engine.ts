/**
 * A recording while it runs: one timeline, 25 pictures a second, a file for everything that is recorded. Lives in a worker,
 * whose timers keep time in a hidden tab. Refuses to know the page: people, pictures and sound come as messages.
 */
import { Clock } from './clock.ts';
import { codecsFor, NoEncoder, type Codecs } from './codecs.ts';
import { Compositor } from './compositor.ts';
import { DiskFile, openSync, Reserve, writeText } from './disk.ts';
import { holds } from './folders.ts';
import { Frames } from './frames.ts';
import { MediaFile } from './media-file.ts';
import {
  PULSE_MS,
  type EngineWarning,
  type FromEngine,
  type Opening,
  type Person,
  type SoundBatch,
} from './messages.ts';
import { arrange, hasPictures, planFiles, type FileKind, type FilePlan } from './scene.ts';
import { SIDECAR_NAME, type Sidecar, type SidecarFile } from './sidecar.ts';
import type { RecordingEnd } from './states.ts';

/** 25 pictures a second. */
const TICK_MS = 40;
/** A picture that does not change is written once a second, so that every second can be sought. */
const AT_LEAST = 1;
/** Not later than two seconds (experience.md 10), with room for a slow disk. */
const FLUSH_MS = 1_500;
/** Seconds without sound after which silence is written, and how far behind the pictures it stays. */
const SILENT_AFTER = 0.6;
const SILENT_UNTIL = 0.3;

/** Bits a second at 25 pictures. */
const BITRATES: Record<FileKind, number> = { meeting: 2_000_000, person: 800_000, screen: 1_500_000 };

interface OpenFile {
  readonly plan: FilePlan;
  readonly disk: DiskFile;
  readonly media: MediaFile;
  readonly compositor: Compositor | undefined;
  readonly entry: SidecarFile;
  lastPicture: number;
}

export interface EngineOptions {
  readonly opening: Opening;
  /** The recording's own, made where it is not there. */
  folder(): Promise<FileSystemDirectoryHandle>;
  tell(message: FromEngine): void;
}

export class Engine {
  readonly #options: EngineOptions;
  readonly #frames = new Frames();
  readonly #reserve = new Reserve();
  readonly #clock = new Clock(performance.now());
  readonly #files = new Map<string, OpenFile>();
  #codecs: Codecs = { picture: null, sound: null };
  #entries: SidecarFile[] = [];
  #people: readonly Person[] = [];
  #closedBytes = 0;
  #whole = true;
  #level = 0;
  #skipped = 0;
  #tickAt = performance.now();
  #dueAt = 0;
  #flushAt = 0;
  #pulseAt = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Files are opened and closed one after the other. */
  #work: Promise<unknown> = Promise.resolve();
  #state: 'recording' | 'ended' = 'recording';

  constructor(options: EngineOptions) {
    this.#options = options;
  }

  /** Rejects where nothing can be encoded or written. */
  async start(people: readonly Person[]): Promise<void> {
    const { opening } = this.#options;
    const codecs = await codecsFor(opening.format);
    const picture = hasPictures(opening.mode) ? codecs.picture : null;
    const sound = opening.sampleRate === undefined ? null : codecs.sound;
    if ((hasPictures(opening.mode) && !picture) || (!picture && !sound)) throw new NoEncoder();
    this.#codecs = { picture, sound };
    if (!(await this.#reserve.take(await this.#options.folder()))) this.#warn('disk-nearly-full');
    this.#show(people);
    const opened = this.#matchFiles();
    this.#work = opened.catch(() => undefined);
    await opened;
    this.#tick();
  }

  setPeople(people: readonly Person[]): void {
    if (this.#state === 'ended') return;
    this.#show(people);
    this.#enqueue(() => this.#matchFiles());
  }

  addStream(track: string, stream: ReadableStream<VideoFrame>): void {
    void this.#frames.read(track, stream);
  }

  addFrame(track: string, frame: VideoFrame): void {
    this.#frames.put(track, frame);
  }

  addSound(line: string, port: MessagePort): void {
    port.onmessage = ({ data }: MessageEvent<SoundBatch>) => this.#hear(line, data);
  }

  /** Ends the recording and closes its files. */
  end(reason: RecordingEnd): void {
    if (this.#state === 'ended') return;
    this.#state = 'ended';
    clearTimeout(this.#timer);
    const end = this.#clock.at(performance.now());
    if (reason !== 'stopped') this.#options.tell({ type: 'ending', end: reason });
    this.#enqueue(async () => {
      await this.#keep().catch(() => undefined);
      await Promise.all([...this.#files.values()].map((file) => this.#close(file, end)));
      this.#frames.close();
      this.#reserve.close();
      // MP4 is made of these files later: until then there is nothing whole to save.
      const whole = this.#whole && this.#options.opening.format === 'webm';
      const written = await this.#writeSidecar(whole).then(
        () => true,
        () => false,
      );
      this.#options.tell({ type: 'closed', end: reason, whole: whole && written });
    });
  }

  #show(people: readonly Person[]): void {
    this.#people = people;
    this.#frames.keep(people.flatMap(({ camera, screen }) => [camera, screen].filter((track) => track !== undefined)));
  }

  async #matchFiles(): Promise<void> {
    if (this.#state === 'ended') return;
    const people = this.#people;
    const plans = planFiles(people, this.#options.opening.mode);
    const now = this.#clock.at(performance.now());
    const gone = [...this.#files.values()].filter(({ plan }) => !plans.some(({ key }) => key === plan.key));
    const come = plans.filter(({ key }) => !this.#files.has(key));
    if (gone.length > 0) await this.#keep();
    await Promise.all(gone.map((file) => this.#close(file, now)));
    for (const plan of come) await this.#open(plan);
    for (const { plan, compositor } of this.#files.values()) compositor?.arrange(arrange(plan, people));
    if (gone.length > 0 || come.length > 0) await this.#writeSidecar(false);
  }

  async #open(plan: FilePlan): Promise<void> {
    const { opening } = this.#options;
    const { picture, sound } = this.#codecs;
    const folder = await this.#options.folder();
    const container = opening.format === 'webm' ? 'webm' : 'mkv';
    const name = `${this.#entries.length}.${container}`;
    const offset = Math.max(0, this.#clock.at(performance.now()));
    const disk = new DiskFile({
      handle: await openSync(folder, name),
      onFull: () => {
        const given = this.#reserve.release();
        if (given === 'more') this.#warn('disk-nearly-full');
        return given;
      },
      onProblem: (problem) => this.end(problem),
    });
    const rate = opening.sampleRate;
    const media = await MediaFile.open({
      disk,
      container,
      picture: plan.size && picture ? { codec: picture, bitrate: BITRATES[plan.kind] } : undefined,
      sound: sound && rate !== undefined ? { codec: sound, sampleRate: rate, channels: plan.channels } : undefined,
      onFailure: () => this.end('encoder-failed'),
    });
    const compositor = plan.size && new Compositor(plan.size);
    const entry: SidecarFile = { file: name, kind: plan.kind, name: plan.name, offset };
    this.#entries.push(entry);
    this.#files.set(plan.key, { plan, disk, media, compositor, entry, lastPicture: -Infinity });
  }

  /** Site data can be cleared at any time: files that are gone are made anew from what their handles still hold. */
  async #keep(): Promise<void> {
    const folder = await this.#options.folder();
    let cleared = false;
    for (const { disk, entry } of this.#files.values()) {
      if (await holds(folder, entry.file)) continue;
      this.#reserve.forget();
      disk.moveTo(await openSync(folder, entry.file));
      cleared = true;
    }
    if (!cleared) return;
    await this.#writeSidecar(false);
    this.#warn('cleared');
  }

  async #close({ plan, media, entry }: OpenFile, now: number): Promise<void> {
    this.#files.delete(plan.key);
    const duration = now - entry.offset;
    this.#whole = (await media.close(duration)) && this.#whole;
    this.#closedBytes += media.size;
    this.#entries = this.#entries.map((one) => (one === entry ? { ...entry, duration } : one));
  }

  #tick = (): void => {
    const now = performance.now();
    const time = this.#clock.at(now);
    const onTime = now - this.#tickAt < 3 * TICK_MS;
    for (const file of this.#files.values()) {
      this.#draw(file, time);
      const due = time - file.entry.offset - (file.media.soundEnd ?? Infinity);
      // After a hiccup of this worker the missing sound is still in the queue.
      if (onTime && due > SILENT_AFTER) file.media.fillSound(time - file.entry.offset - SILENT_UNTIL);
    }
    if (now >= this.#flushAt) this.#flush(now);
    if (now >= this.#pulseAt) this.#pulse(now);
    this.#options.tell({ type: 'grab' });
    if (this.#state === 'ended') return;
    this.#tickAt = now;
    // Counted from the last due time, so that ticks neither drift nor double; after a long pause from now.
    this.#dueAt = now - this.#dueAt > TICK_MS ? now + TICK_MS : this.#dueAt + TICK_MS;
    this.#timer = setTimeout(this.#tick, Math.max(0, this.#dueAt - performance.now()));
  };

  #draw(file: OpenFile, time: number): void {
    const { compositor, media, entry, plan } = file;
    if (!compositor) return;
    const { changed, newest } = compositor.draw(this.#frames);
    if (!changed && time - file.lastPicture < AT_LEAST) return;
    // A file of one picture keeps that picture's own time: tracks are laid side by side by it.
    const own = plan.kind !== 'meeting' && newest > 0 ? this.#clock.at(newest) : time;
    const at = Math.max(0, own - entry.offset);
    // The first picture is the file's time 0, else its sound would begin before there is anything to see.
    if (media.addPicture(compositor.canvas, file.lastPicture === -Infinity ? 0 : at)) file.lastPicture = time;
    else this.#skipped += 1;
  }

  #hear(line: string, { planes, frame, madeAt }: SoundBatch): void {
    const sampleRate = this.#options.opening.sampleRate;
    const first = planes[0];
    if (sampleRate === undefined || !first) return;
    const time = this.#clock.place({
      frame,
      samples: first.length,
      sampleRate,
      madeAt,
      arrivedAt: performance.now(),
    });
    this.#level = Math.max(this.#level, loudness(first));
    const file = this.#files.get(line);
    file?.media.addSound(planes, time - file.entry.offset);
  }

  #flush(now: number): void {
    this.#flushAt = now + FLUSH_MS;
    for (const { media } of this.#files.values()) media.flush();
    if (!this.#reserve.grow()) this.#warn('disk-nearly-full');
    this.#enqueue(() => this.#keep());
  }

  #pulse(now: number): void {
    this.#pulseAt = now + PULSE_MS;
    let bytes = this.#closedBytes;
    for (const { media } of this.#files.values()) {
      media.settle();
      bytes += media.size;
    }
    this.#options.tell({ type: 'pulse', bytes, level: this.#level, skipped: this.#skipped });
    this.#level = 0;
    this.#skipped = 0;
  }

  #warn(problem: EngineWarning): void {
    this.#options.tell({ type: 'warning', problem });
  }

  async #writeSidecar(whole: boolean): Promise<void> {
    const { id, startedAt, mode, format } = this.#options.opening;
    const sidecar: Sidecar = { version: 1, id, startedAt, mode, format, whole, files: this.#entries };
    await writeText(await this.#options.folder(), SIDECAR_NAME, JSON.stringify(sidecar, null, 2));
  }

  #enqueue(task: () => Promise<void>): void {
    this.#work = this.#work.then(task).catch((error: unknown) => {
      this.end(error instanceof Error && error.name === 'QuotaExceededError' ? 'disk-full' : 'write-failed');
    });
  }
}

/** 0..1, root mean square on a scale where speech is about a half. */
function loudness(plane: Float32Array): number {
  let sum = 0;
  for (const sample of plane) sum += sample * sample;
  return Math.min(1, Math.sqrt(sum / plane.length) * 4);
}
