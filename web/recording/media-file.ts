/**
 * One Matroska or WebM file while it is recorded: encodes what it is given, and writes each packet as soon as its place is
 * known. Closing writes duration and index in place: there is no second pass. Killed at any moment, all that was written can
 * be read (repair.ts). Refuses to know what is in its pictures and what time it is.
 */
import {
  AudioSample,
  AudioSampleSource,
  MkvOutputFormat,
  Output,
  Quality,
  StreamTarget,
  VideoSample,
  VideoSampleSource,
  WebMOutputFormat,
  type AudioCodec,
  type StreamTargetChunk,
  type VideoCodec,
} from 'mediabunny';
import type { DiskFile } from './disk.ts';
import { SoundLine } from './sound-line.ts';

export interface PictureFormat {
  readonly codec: VideoCodec;
  /** Bits a second. */
  readonly bitrate: number;
}

export interface SoundFormat {
  readonly codec: AudioCodec;
  readonly sampleRate: number;
  readonly channels: 1 | 2;
}

export interface MediaFileOptions {
  readonly disk: DiskFile;
  readonly container: 'webm' | 'mkv';
  readonly picture: PictureFormat | undefined;
  readonly sound: SoundFormat | undefined;
  /** An encoder gave up. */
  onFailure(): void;
}

/** Seconds. Players seek to a key frame and decode from there. */
const KEY_FRAMES = 2;
/**
 * Pictures that the encoder has not given back; one more is left out. 0.4 s at 25 a second: more than encoders keep when they
 * are in time. Counted here, because Firefox 153 takes all it is given at once: on a slow machine it fell 0.1 s behind with
 * every second, without an end.
 */
const BEHIND = 10;
/** Bits a second: transparent for one voice, good for a mix in stereo. */
const SOUND_BITRATE = { 1: 48_000, 2: 96_000 } as const;

export class MediaFile {
  readonly #disk: DiskFile;
  readonly #output: Output;
  readonly #picture: VideoSampleSource | undefined;
  readonly #sound: AudioSampleSource | undefined;
  readonly #line: SoundLine | undefined;
  readonly #onFailure: () => void;
  /** Times of the pictures that the encoder has, in their order. */
  #encoding: number[] = [];
  #lastPicture = -1;
  #state: 'open' | 'closing' | 'failed' = 'open';

  static async open(options: MediaFileOptions): Promise<MediaFile> {
    const file = new MediaFile(options);
    await file.#output.start();
    return file;
  }

  private constructor({ disk, container, picture, sound, onFailure }: MediaFileOptions) {
    this.#disk = disk;
    this.#onFailure = onFailure;
    const Format = container === 'webm' ? WebMOutputFormat : MkvOutputFormat;
    this.#output = new Output({
      format: new Format(),
      target: new StreamTarget(
        new WritableStream<StreamTargetChunk>({ write: ({ data, position }) => disk.write(data, position) }),
      ),
    });
    if (picture) {
      this.#picture = new VideoSampleSource({
        codec: picture.codec,
        quality: new Quality({ bitrate: picture.bitrate }),
        keyFrameInterval: KEY_FRAMES,
        latencyMode: 'realtime',
        onEncodedPacket: ({ timestamp }) => this.#encoded(timestamp),
      });
      this.#output.addVideoTrack(this.#picture);
    }
    if (!sound) return;
    const { codec, sampleRate, channels } = sound;
    this.#sound = new AudioSampleSource({ codec, quality: new Quality({ bitrate: SOUND_BITRATE[channels] }) });
    this.#output.addAudioTrack(this.#sound);
    this.#line = new SoundLine({
      sampleRate,
      channels,
      onSound: (planes, time) => this.#encodeSound(planes, time, sampleRate),
    });
  }

  get size(): number {
    return this.#disk.size;
  }

  /** Seconds of sound so far; undefined in a file of pictures only. */
  get soundEnd(): number | undefined {
    return this.#line?.end;
  }

  /**
   * False where the picture was left out because the encoder is behind.
   * @param time seconds from the file's start
   */
  addPicture(picture: OffscreenCanvas, time: number): boolean {
    if (this.#state !== 'open' || !this.#picture) return true;
    if (this.#encoding.length >= BEHIND) return false;
    // Matroska counts milliseconds, and no two pictures may share one.
    const timestamp = Math.max(time, this.#lastPicture + 0.001);
    this.#lastPicture = timestamp;
    const sample = new VideoSample(picture, { timestamp });
    this.#encoding.push(timestamp);
    this.#picture
      .add(sample)
      .catch(() => this.#fail())
      .finally(() => sample.close());
    return true;
  }

  /** @param time seconds from the file's start */
  addSound(planes: readonly Float32Array<ArrayBuffer>[], time: number): void {
    if (this.#state === 'open') this.#line?.add(planes, time);
  }

  /** Silence for sound that does not come: pictures wait for it to be written. */
  fillSound(time: number): void {
    if (this.#state === 'open') this.#line?.fillTo(time);
  }

  settle(): void {
    this.#disk.settle();
  }

  flush(): void {
    this.#disk.flush();
  }

  /**
   * Writes duration and index. True where the file is whole.
   * @param end seconds from the file's start at which sound ends with the pictures
   */
  async close(end: number): Promise<boolean> {
    if (this.#state === 'open') {
      this.#line?.fillTo(end);
      this.#state = 'closing';
    }
    try {
      await this.#output.finalize();
      this.#disk.close();
      return this.#state === 'closing' && this.#disk.complete;
    } catch {
      this.#disk.close();
      return false;
    }
  }

  /** What the encoder has dropped before this one will not come either; its clock counts microseconds. */
  #encoded(timestamp: number): void {
    this.#encoding = this.#encoding.filter((time) => time > timestamp + 0.000_5);
  }

  #encodeSound(planes: readonly Float32Array<ArrayBuffer>[], timestamp: number, sampleRate: number): void {
    const length = planes[0]?.length ?? 0;
    const data = new Float32Array(length * planes.length);
    planes.forEach((plane, index) => data.set(plane, index * length));
    const sample = new AudioSample({
      data,
      format: 'f32-planar',
      numberOfChannels: planes.length,
      sampleRate,
      timestamp,
    });
    this.#sound
      ?.add(sample)
      .catch(() => this.#fail())
      .finally(() => sample.close());
  }

  #fail(): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#onFailure();
  }
}
