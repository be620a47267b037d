/**
 * People without a network: a canvas that moves for a camera, a tone of one's own for a voice.
 * Refuses to know the recorder.
 */
import type { RecordingSource } from '../../../../web/recording/states.ts';

/** Pictures a second, as a camera in good light gives. */
const RATE = 25;

export interface Face {
  readonly name: string;
  /** Hz. */
  readonly tone: number;
  readonly colour: string;
}

interface Drawing {
  readonly context: CanvasRenderingContext2D;
  readonly colour: string;
  readonly title: string;
}

export class People {
  readonly #audio = new AudioContext();
  readonly #beat = new Worker(new URL('./beat.worker.ts', import.meta.url), { type: 'module' });
  readonly #drawings = new Set<Drawing>();
  #sources: RecordingSource[] = [];
  #frame = 0;
  #flash = false;

  constructor() {
    this.#beat.onmessage = () => this.#draw();
    this.#beat.postMessage(1000 / RATE);
  }

  get sources(): readonly RecordingSource[] {
    return this.#sources;
  }

  add({ name, tone, colour }: Face): void {
    const source: RecordingSource = {
      sid: name,
      name,
      camera: this.#picture(name, colour, [640, 360]),
      microphone: this.#sound(tone),
      speaking: name.length % 2 === 0,
      muted: name.length % 2 === 1,
      self: this.#sources.length === 0,
    };
    this.#sources = [...this.#sources, source];
  }

  remove(name: string): void {
    this.#sources = this.#sources.filter((source) => source.sid !== name);
  }

  share(name: string, tone: number): void {
    const tracks = {
      screen: this.#picture(`${name}'s screen`, '#335577', [1920, 1080]),
      screenAudio: this.#sound(tone),
    };
    this.#change(name, tracks);
  }

  stopSharing(name: string): void {
    const source = this.#sources.find(({ sid }) => sid === name);
    source?.screen?.stop();
    this.#change(name, { screen: undefined, screenAudio: undefined });
  }

  /** Another camera and another microphone. */
  changeDevices(name: string, { tone, colour }: Face): void {
    const source = this.#sources.find(({ sid }) => sid === name);
    source?.camera?.stop();
    source?.microphone?.stop();
    this.#change(name, { camera: this.#picture(name, colour, [480, 640]), microphone: this.#sound(tone) });
  }

  cameraOff(name: string): void {
    this.#change(name, { camera: undefined });
  }

  /** Everybody's picture is white and everybody's voice a loud tone of 3 kHz for 200 ms, at once. */
  flash(): void {
    const at = this.#audio.currentTime;
    this.#flash = true;
    this.#draw();
    setTimeout(() => (this.#flash = false), 200);
    for (const click of this.#clicks) {
      click.gain.setValueAtTime(0.9, at);
      click.gain.setValueAtTime(0, at + 0.2);
    }
  }

  readonly #clicks: GainNode[] = [];

  #change(name: string, change: Partial<RecordingSource>): void {
    this.#sources = this.#sources.map((source) => (source.sid === name ? { ...source, ...change } : source));
  }

  #picture(title: string, colour: string, [width, height]: [number, number]): MediaStreamTrack | undefined {
    const canvas = document.createElement('canvas');
    Object.assign(canvas, { width, height });
    const context = canvas.getContext('2d');
    if (!context) return undefined;
    this.#drawings.add({ context, colour, title });
    return canvas.captureStream().getVideoTracks()[0];
  }

  #sound(tone: number): MediaStreamTrack | undefined {
    const destination = this.#audio.createMediaStreamDestination();
    this.#tone(tone, 0.1).connect(destination);
    const click = this.#tone(3000, 0);
    click.connect(destination);
    this.#clicks.push(click);
    return destination.stream.getAudioTracks()[0];
  }

  #tone(frequency: number, volume: number): GainNode {
    const oscillator = new OscillatorNode(this.#audio, { frequency });
    const gain = new GainNode(this.#audio, { gain: volume });
    oscillator.connect(gain);
    oscillator.start();
    return gain;
  }

  #draw(): void {
    this.#frame += 1;
    for (const { context, colour, title } of this.#drawings) {
      const { width, height } = context.canvas;
      context.fillStyle = this.#flash ? '#fff' : colour;
      context.fillRect(0, 0, width, height);
      if (this.#flash) continue;
      context.fillStyle = '#fff';
      context.fillRect((this.#frame * 7) % width, height / 3, width / 12, height / 3);
      context.font = `${height / 10}px sans-serif`;
      context.fillText(`${title} ${this.#frame}`, width / 20, height / 5);
    }
  }
}
