/**
 * Gets pictures out of tracks and to the engine. Chromium reads a track as a stream, which is handed to the worker whole;
 * elsewhere an unseen video element plays it and is grabbed whenever the engine asks. Refuses to know whose tracks they are.
 */

/** Of Chromium's window; other browsers have it in workers only, where tracks can hardly be sent. */
interface TrackProcessor {
  readonly readable: ReadableStream<VideoFrame>;
}
type TrackProcessorClass = new (options: { track: MediaStreamTrack; maxBufferSize: number }) => TrackProcessor;
interface WithTrackProcessor {
  readonly MediaStreamTrackProcessor: TrackProcessorClass;
}

export interface PicturesEvents {
  /** All its pictures come in the stream, which is to be transferred. */
  onStream(track: string, stream: ReadableStream<VideoFrame>): void;
  /** One picture, to be transferred. */
  onFrame(track: string, frame: VideoFrame): void;
}

export class Pictures {
  readonly #events: PicturesEvents;
  readonly #tracks = new Map<string, HTMLVideoElement | undefined>();

  constructor(events: PicturesEvents) {
    this.#events = events;
  }

  /** Tracks that are no longer in the list are let go; the worker cancels their streams. */
  update(tracks: readonly MediaStreamTrack[]): void {
    for (const [id, element] of this.#tracks) {
      if (tracks.some((track) => track.id === id)) continue;
      release(element);
      this.#tracks.delete(id);
    }
    for (const track of tracks) {
      if (!this.#tracks.has(track.id) && track.readyState !== 'ended') this.#tracks.set(track.id, this.#open(track));
    }
  }

  /** One picture of every track that is not a stream. */
  grab(): void {
    for (const [id, element] of this.#tracks) {
      if (!element || element.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) continue;
      this.#events.onFrame(id, new VideoFrame(element, { timestamp: 0 }));
    }
  }

  close(): void {
    this.update([]);
  }

  #open(track: MediaStreamTrack): HTMLVideoElement | undefined {
    if (hasProcessor(window)) {
      const { readable } = new window.MediaStreamTrackProcessor({ track, maxBufferSize: 1 });
      this.#events.onStream(track.id, readable);
      return undefined;
    }
    const element = document.createElement('video');
    element.muted = true;
    element.playsInline = true;
    element.srcObject = new MediaStream([track]);
    element.play().catch(() => undefined);
    return element;
  }
}

const hasProcessor = (where: object): where is WithTrackProcessor => 'MediaStreamTrackProcessor' in where;

function release(element: HTMLVideoElement | undefined): void {
  if (!element) return;
  element.pause();
  element.srcObject = null;
}
