/**
 * One camera: off means stopped, so that its light goes out. Refuses to know how it is asked for and who sees it.
 */
export interface CameraEvents {
  onTrack(track: MediaStreamTrack | undefined): void;
  /** Unplugged, or its permission was withdrawn; it is released already. */
  onLost(label: string): void;
}

export class Camera {
  #events: CameraEvents;
  #track: MediaStreamTrack | undefined;
  #abort = new AbortController();

  constructor(events: CameraEvents) {
    this.#events = events;
  }

  get track(): MediaStreamTrack | undefined {
    return this.#track;
  }

  /** Takes a fresh capture over, in the place of the one before. */
  adopt(track: MediaStreamTrack): void {
    this.release();
    this.#track = track;
    track.addEventListener('ended', () => this.#lost(track.label), { signal: this.#abort.signal });
    this.#events.onTrack(track);
  }

  /** Stops without telling anyone: a phone opens its second camera only once the first is closed. */
  release(): void {
    this.#abort.abort();
    this.#abort = new AbortController();
    this.#track?.stop();
    this.#track = undefined;
  }

  stop(): void {
    this.release();
    this.#events.onTrack(undefined);
  }

  #lost(label: string): void {
    this.stop();
    this.#events.onLost(label);
  }
}
