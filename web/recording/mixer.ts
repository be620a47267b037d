/**
 * Sound lines: which tracks sound in which line, mixed by WebAudio in its own thread, each line tapped for the engine.
 * Tracks come and go while it runs. Refuses to know people and files.
 */
import tapUrl from './sound-tap.worklet.ts?worker&url';

export interface Line {
  readonly key: string;
  readonly channels: 1 | 2;
  readonly tracks: readonly MediaStreamTrack[];
}

export interface MixerEvents {
  /** Batches of the line come on this port from now on. */
  onLine(key: string, port: MessagePort): void;
}

/**
 * A context that does not run by then never will: Firefox without a sound device leaves it suspended. With one it once took
 * longer than 1.5 s on two busy cores, and a recording that does not wait for it has no sound to its end.
 */
const STARTS_WITHIN_MS = 6_000;

/** Chromium 110: a context without a device has no device to lose, and keeps the machine's own time. */
interface SinklessOptions extends AudioContextOptions {
  readonly sinkId: { readonly type: 'none' };
}

interface OpenLine {
  readonly tap: AudioWorkletNode;
  readonly sources: Map<string, MediaStreamAudioSourceNode>;
}

export class Mixer {
  readonly #context: AudioContext;
  readonly #events: MixerEvents;
  readonly #lines = new Map<string, OpenLine>();

  /** Undefined where no AudioContext runs. */
  static async open(events: MixerEvents): Promise<Mixer | undefined> {
    let context: AudioContext | undefined;
    try {
      context = newContext();
      await Promise.all([context.audioWorklet.addModule(tapUrl), running(context)]);
      return new Mixer(context, events);
    } catch {
      await context?.close().catch(() => undefined);
      return undefined;
    }
  }

  private constructor(context: AudioContext, events: MixerEvents) {
    this.#context = context;
    this.#events = events;
    // A phone call or a lost device interrupts a context without ending it.
    context.onstatechange = () => {
      if (context.state !== 'running' && context.state !== 'closed') context.resume().catch(() => undefined);
    };
  }

  /** Hz. */
  get sampleRate(): number {
    return this.#context.sampleRate;
  }

  update(lines: readonly Line[]): void {
    for (const key of this.#lines.keys()) if (!lines.some((line) => line.key === key)) this.#close(key);
    for (const line of lines) this.#connect(line, this.#lines.get(line.key) ?? this.#open(line));
  }

  close(): void {
    for (const key of [...this.#lines.keys()]) this.#close(key);
    this.#context.onstatechange = null;
    this.#context.close().catch(() => undefined);
  }

  #open({ key, channels }: Line): OpenLine {
    const tap = new AudioWorkletNode(this.#context, 'sound-tap', {
      channelCount: channels,
      channelCountMode: 'explicit',
      outputChannelCount: [1],
      processorOptions: { channels },
    });
    // A node that leads nowhere is not asked for sound; what comes out of this one is silence.
    tap.connect(this.#context.destination);
    const { port1, port2 } = new MessageChannel();
    tap.port.postMessage(port1, [port1]);
    this.#events.onLine(key, port2);
    const line: OpenLine = { tap, sources: new Map() };
    this.#lines.set(key, line);
    return line;
  }

  #connect({ tracks }: Line, { tap, sources }: OpenLine): void {
    for (const [id, source] of sources) {
      if (tracks.some((track) => track.id === id)) continue;
      source.disconnect();
      sources.delete(id);
    }
    for (const track of tracks) {
      if (sources.has(track.id) || track.readyState === 'ended') continue;
      try {
        const source = this.#context.createMediaStreamSource(new MediaStream([track]));
        source.connect(tap);
        sources.set(track.id, source);
      } catch {
        // Firefox refuses a track of another sample rate than the context's: without it the others still sound.
      }
    }
  }

  #close(key: string): void {
    const line = this.#lines.get(key);
    this.#lines.delete(key);
    for (const source of line?.sources.values() ?? []) source.disconnect();
    line?.tap.disconnect();
    line?.tap.port.close();
  }
}

function newContext(): AudioContext {
  if (!('setSinkId' in AudioContext.prototype)) return new AudioContext();
  const options: SinklessOptions = { sampleRate: 48_000, sinkId: { type: 'none' } };
  return new AudioContext(options);
}

async function running(context: AudioContext): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the AudioContext does not start')), STARTS_WITHIN_MS);
  });
  try {
    await Promise.race([context.resume(), late]);
  } finally {
    clearTimeout(timer);
  }
}
