/**
 * The screen, window or tab that is shown, with its sound where the browser gives it. Refuses to know who sees it.
 */
import { bySystem, mediaDevices, nameOf } from './devices.ts';

/** `cancelled`: the picker was closed, or stop() came before its answer. Nothing to tell anyone. */
export type ScreenOutcome = 'on' | 'cancelled' | 'denied-by-system' | 'failed';

export interface ScreenEvents {
  onTracks(video: MediaStreamTrack | undefined, audio: MediaStreamTrack | undefined): void;
  /** The browser's own "Stop sharing", or the shared window was closed. */
  onEnded(): void;
}

export class Screen {
  #events: ScreenEvents;
  #wanted = false;
  #asking: Promise<ScreenOutcome> | undefined;
  #tracks: readonly MediaStreamTrack[] = [];
  #abort = new AbortController();

  constructor(events: ScreenEvents) {
    this.#events = events;
  }

  /** No phone but iOS from 27 can. */
  static get supported(): boolean {
    const devices = mediaDevices();
    return devices !== undefined && 'getDisplayMedia' in devices;
  }

  /** Only Chromium ever captures sound (since 74), so only there is its absence worth a word. */
  static get offersAudio(): boolean {
    return 'userAgentData' in navigator;
  }

  get video(): MediaStreamTrack | undefined {
    return this.#tracks.find((track) => track.kind === 'video');
  }

  get audio(): MediaStreamTrack | undefined {
    return this.#tracks.find((track) => track.kind === 'audio');
  }

  /** Must be called straight from a gesture. While the picker is open a second call waits for the same answer. */
  async start(): Promise<ScreenOutcome> {
    this.#wanted = true;
    if (this.video) return 'on';
    this.#asking ??= this.#ask().finally(() => (this.#asking = undefined));
    return await this.#asking;
  }

  /** With the picker open: what it brings is stopped at once. */
  stop(): void {
    this.#wanted = false;
    this.#abort.abort();
    if (this.#tracks.length === 0) return;
    for (const track of this.#tracks) track.stop();
    this.#tracks = [];
    this.#events.onTracks(undefined, undefined);
  }

  async #ask(): Promise<ScreenOutcome> {
    let stream: MediaStream;
    try {
      const devices = mediaDevices();
      if (!devices || !Screen.supported) return 'failed';
      stream = await devices.getDisplayMedia(displayOptions());
    } catch (error) {
      if (nameOf(error) !== 'NotAllowedError') return 'failed';
      return bySystem(error) ? 'denied-by-system' : 'cancelled';
    }
    if (this.#wanted) return this.#adopt(stream);
    for (const track of stream.getTracks()) track.stop();
    return 'cancelled';
  }

  #adopt(stream: MediaStream): ScreenOutcome {
    this.#tracks = stream.getTracks();
    const video = this.video;
    // Readable text before smooth motion: the encoder keeps the resolution and drops frames.
    if (video) video.contentHint = 'detail';
    this.#abort = new AbortController();
    video?.addEventListener('ended', () => this.#ended(), { signal: this.#abort.signal });
    this.#events.onTracks(video, this.audio);
    return 'on';
  }

  #ended(): void {
    this.stop();
    this.#events.onEnded();
  }
}

/** Members that TypeScript's DOM does not know; a browser ignores those of a dictionary that it does not know. */
interface DisplayOptions extends DisplayMediaStreamOptions {
  selfBrowserSurface: 'exclude';
  surfaceSwitching: 'include';
  systemAudio: 'include';
  controller?: object;
}

function displayOptions(): DisplayOptions {
  const controller = staysHere();
  return {
    video: { frameRate: { max: 30 } },
    audio: true,
    selfBrowserSurface: 'exclude',
    surfaceSwitching: 'include',
    systemAudio: 'include',
    ...(controller && { controller }),
  };
}

declare global {
  interface Window {
    /** Chromium 109 and later. */
    CaptureController?: new () => { setFocusBehavior?: (behavior: 'no-focus-change') => void };
  }
}

/** Keeps the meeting in front instead of the window or tab that was picked. */
function staysHere(): object | undefined {
  const Controller = globalThis.window.CaptureController;
  if (Controller === undefined) return undefined;
  const controller = new Controller();
  controller.setFocusBehavior?.('no-focus-change');
  return controller;
}
