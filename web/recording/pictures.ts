/**
 * Gets pictures out of tracks and to the engine. Chromium reads a track as a stream, which is handed to the worker whole;
 * elsewhere an unseen video element plays it and is grabbed whenever the engine asks. Refuses to know whose tracks they are.
 *
 * What is drawn small is best read small: a picture of 1280 × 720 costs the worker's canvas 4.7 ms without a GPU, one
 * of 640 × 360 1.4 ms (Chromium 156), and a camera scales its own for a fraction of that. What arrives from others cannot be
 * scaled before it is drawn, and comes the smaller the more of them there are (web/mesh/limits.ts).
 */
import type { Size } from '../grid.ts';

/** Of Chromium's window; other browsers have it in workers only, where tracks can hardly be sent. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorClass = new (options: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;
interface WithTrackProcessor {
  readonly MediaStreamTrackProcessor: TrackProcessorClass;
}

export interface Wanted {
  readonly track: MediaStreamTrack;
  /** As large as it is drawn, where it is a camera of this device; undefined: as it comes. */
  readonly size: Size | undefined;
}

/** A track that is read: as a stream of its clone where it is scaled, by an element where there are no streams. */
interface Reading {
  readonly clone?: MediaStreamTrack | undefined;
  readonly element?: HTMLVideoElement;
  size: Size | undefined;
}

export interface PicturesEvents {
  /** All its pictures come in the stream, which is to be transferred. */
  onStream(track: string, stream: ReadableStream<VideoFrame>): void;
  /** One picture, to be transferred. */
  onFrame(track: string, frame: VideoFrame): void;
}

export class Pictures {
  readonly #events: PicturesEvents;
  readonly #readings = new Map<string, Reading>();

  constructor(events: PicturesEvents) {
    this.#events = events;
  }

  /** Tracks that are no longer in the list are let go; the worker cancels their streams. */
  update(wanted: readonly Wanted[]): void {
    for (const [id, reading] of this.#readings) {
      if (wanted.some(({ track }) => track.id === id)) continue;
      release(reading);
      this.#readings.delete(id);
    }
    for (const { track, size } of wanted) {
      const reading = this.#readings.get(track.id);
      if (!reading && track.readyState !== 'ended') this.#readings.set(track.id, this.#open(track, size));
      else if (reading?.clone && size && !isSame(size, reading.size)) {
        reading.size = size;
        scale(reading.clone, track, size);
      }
    }
  }

  /** One picture of every track that is not a stream. */
  grab(): void {
    for (const [id, { element }] of this.#readings) {
      if (!element || element.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
      this.#events.onFrame(id, new VideoFrame(element, { timestamp: 0 }));
    }
  }

  close(): void {
    this.update([]);
  }

  #open(track: MediaStreamTrack, size: Size | undefined): Reading {
    if (hasProcessor(window)) {
      const clone = size && track.clone();
      if (clone) scale(clone, track, size);
      const { readable } = new window.MediaStreamTrackProcessor({ track: clone ?? track, maxBufferSize: 1 });
      this.#events.onStream(track.id, readable);
      return { clone, size };
    }
    const element = document.createElement('video');
    element.muted = true;
    element.playsInline = true;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => undefined);
    return { element, size };
  }
}

const hasProcessor = (where: object): where is WithTrackProcessor => 'MediaStreamTrackProcessor' in where;

function isSame(one: Size, other: Size | undefined): boolean {
  return one.width === other?.width && one.height === other.height;
}

/** The pictures of `track` at the size that covers `size`, whole; where the browser will not, as they come. */
function scale(clone: MediaStreamTrack, track: MediaStreamTrack, { width, height }: Size): void {
  const { width: fromWidth = width, height: fromHeight = height } = track.getSettings();
  const by = Math.min(1, Math.max(width / fromWidth, height / fromHeight));
  const even = (length: number): ConstrainULongRange => ({ exact: Math.min(length, 2 * Math.ceil((length * by) / 2)) });
  clone.applyConstraints({ width: even(fromWidth), height: even(fromHeight) }).catch(() => undefined);
}

function release({ clone, element }: Reading): void {
  clone?.stop();
  if (!element) return;
  element.pause();
  element.srcObject = null;
}
