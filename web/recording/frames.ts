/**
 * The newest picture of every track, in the engine's worker: held until a newer one comes, then closed, because a decoder
 * runs out of frames that nobody gives back. Refuses to know what is drawn of them.
 */

export interface Newest {
  readonly frame: VideoFrame;
  /** Milliseconds, `performance.now()` on arrival. */
  readonly arrivedAt: number;
}

export class Frames {
  #newest = new Map<string, Newest>();
  #readers = new Map<string, ReadableStreamDefaultReader<VideoFrame>>();
  #wanted = new Set<string>();

  get(track: string | undefined): Newest | undefined {
    return track === undefined ? undefined : this.#newest.get(track);
  }

  /** Which tracks are shown: everything else is given back. */
  keep(tracks: Iterable<string>): void {
    this.#wanted = new Set(tracks);
    for (const track of [...this.#newest.keys(), ...this.#readers.keys()]) {
      if (!this.#wanted.has(track)) this.#drop(track);
    }
  }

  put(track: string, frame: VideoFrame): void {
    this.#newest.get(track)?.frame.close();
    if (this.#wanted.has(track)) this.#newest.set(track, { frame, arrivedAt: performance.now() });
    else {
      this.#newest.delete(track);
      frame.close();
    }
  }

  async read(track: string, stream: ReadableStream<VideoFrame>): Promise<void> {
    const reader = stream.getReader();
    this.#cancel(track);
    this.#readers.set(track, reader);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        this.put(track, value);
      }
    } catch {
      // A stream that breaks is a track that ended: its last picture stays until the page says what comes next.
    }
  }

  close(): void {
    this.keep([]);
  }

  #drop(track: string): void {
    this.#cancel(track);
    this.#newest.get(track)?.frame.close();
    this.#newest.delete(track);
  }

  #cancel(track: string): void {
    const reader = this.#readers.get(track);
    this.#readers.delete(track);
    reader?.cancel().catch(() => undefined);
  }
}
