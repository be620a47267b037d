/**
 * Between the recorder in the page and its engine in a worker. Types only.
 * Picture frames, streams and ports are transferred, never copied.
 */
import type { RecordingEnd, RecordingFormat, RecordingMode, RecordingProblem } from './states.ts';

/** A source without its tracks: these stay in the page, and are named by their ids. */
export interface Person {
  readonly sid: string;
  readonly name: string;
  readonly camera?: string;
  readonly screen?: string;
  readonly speaking: boolean;
  readonly muted: boolean;
}

/** How a saved or raw file of the recording is made. */
export interface Opening {
  readonly id: string;
  readonly mode: RecordingMode;
  readonly format: RecordingFormat;
  readonly startedAt: number;
  /** Hz of the page's AudioContext; undefined where none runs. */
  readonly sampleRate: number | undefined;
}

export type ToEngine =
  | { readonly type: 'open'; readonly opening: Opening; readonly people: readonly Person[] }
  | { readonly type: 'people'; readonly people: readonly Person[] }
  /** Every frame of a picture track as it comes. */
  | { readonly type: 'stream'; readonly track: string; readonly stream: ReadableStream<VideoFrame> }
  /** One frame, grabbed in the page where tracks cannot be read as streams. */
  | { readonly type: 'frame'; readonly track: string; readonly frame: VideoFrame }
  /** Batches of sound arrive on the port. */
  | { readonly type: 'sound'; readonly line: string; readonly port: MessagePort }
  | { readonly type: 'stop' };

/** What the engine alone notices. */
export type EngineWarning = Extract<RecordingProblem, 'disk-nearly-full' | 'cleared'>;
export type EngineFailure = 'no-storage' | 'no-encoder' | 'lost';

export type FromEngine =
  | { readonly type: 'ready' }
  | { readonly type: 'failed'; readonly failure: EngineFailure }
  /** Every PULSE_MS while recording: in a hidden tab messages come on time, timers do not. */
  | { readonly type: 'pulse'; readonly bytes: number; readonly level: number; readonly skipped: number }
  | { readonly type: 'warning'; readonly problem: EngineWarning }
  /** Frames are wanted now, from a page that grabs them. */
  | { readonly type: 'grab' }
  /** The engine has stopped by itself and closes its files. */
  | { readonly type: 'ending'; readonly end: RecordingEnd }
  /** All files are closed. `whole`: every one has its duration and cues. */
  | { readonly type: 'closed'; readonly end: RecordingEnd; readonly whole: boolean };

export const PULSE_MS = 200;

/** What the sound tap posts: planes of equal length, the number of their first sample, and when they were made. */
export interface SoundBatch {
  readonly planes: readonly Float32Array<ArrayBuffer>[];
  /** `currentFrame` of the AudioContext at the first sample. */
  readonly frame: number;
  /** `Date.now()` in the audio thread. */
  readonly madeAt: number;
}
