/**
 * What a recorder is told and what it tells: sources, states, problems, kept recordings.
 * Types only; refuses to know how any of it is done.
 */

/** Somebody in the room as the recording needs them. A track that is absent is off. */
export interface RecordingSource {
  readonly sid: string;
  readonly name: string;
  readonly camera?: MediaStreamTrack | undefined;
  readonly microphone?: MediaStreamTrack | undefined;
  readonly screen?: MediaStreamTrack | undefined;
  readonly screenAudio?: MediaStreamTrack | undefined;
  readonly speaking: boolean;
  readonly muted: boolean;
  readonly self: boolean;
}

/**
 * `meeting`: one file, everybody in a grid, all sound mixed. `audio`: the same without pictures. `tracks`: a file for each
 * person and each shared screen. `audio-tracks`: a sound file for each.
 */
export type RecordingMode = 'meeting' | 'audio' | 'tracks' | 'audio-tracks';

/** What the saved files are. WebM is always possible; MP4 where the browser encodes H.264. */
export type RecordingFormat = 'webm' | 'mp4';

/** The recording goes on, but people should know. */
export type RecordingProblem =
  /** No AudioContext runs here (a machine without any sound device): pictures only. */
  | 'no-sound'
  /** The browser grants less than SPACE_LOW bytes more. */
  | 'space-low'
  /** Something could not be written: what the engine holds in reserve lasts a minute or so. */
  | 'disk-nearly-full'
  /** Site data was cleared; what was recorded is kept until this page is closed. */
  | 'cleared'
  /** This machine is too slow for every picture: some are left out. */
  | 'too-slow';

/** Why a recording ended. All but `stopped` came by themselves; what was recorded until then is kept. */
export type RecordingEnd = 'stopped' | 'disk-full' | 'write-failed' | 'encoder-failed';

/** Nothing could be recorded, or nothing is left of it. */
export type RecorderFailure =
  /** The browser keeps no private files here: private window, storage blocked. */
  | 'no-storage'
  /** The browser can encode neither picture nor sound. */
  | 'no-encoder'
  /** Sound alone was asked for and no AudioContext runs. */
  | 'no-sound'
  /** The engine did not start, or its files are gone: site data was cleared. */
  | 'lost';

export interface RecordedFile {
  /** In the recording's folder. */
  readonly file: string;
  /** As it is offered to the person, with extension. */
  readonly name: string;
  readonly bytes: number;
  /** Seconds after the recording's start at which this file begins. */
  readonly offset: number;
}

/** On this device, in the browser's private files, until saved or discarded. */
export interface KeptRecording {
  readonly id: string;
  /** Epoch milliseconds. */
  readonly startedAt: number;
  /** Seconds; an estimate to ± 2 s where not `whole`. */
  readonly duration: number;
  readonly bytes: number;
  readonly mode: RecordingMode;
  /** False: its tab, browser or machine ended in the middle. It plays after `recover()`. */
  readonly whole: boolean;
  readonly files: readonly RecordedFile[];
}

export type RecorderState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'starting'; readonly mode: RecordingMode }
  | {
      readonly kind: 'recording';
      readonly mode: RecordingMode;
      /** Epoch milliseconds at which the engine said that its first file is open: nothing is recorded before. */
      readonly since: number;
      readonly bytes: number;
      /** 0..1, of all recorded sound. */
      readonly level: number;
      /** Bytes that the browser grants, not what the disk has; undefined where it does not say. */
      readonly spaceLeft: number | undefined;
    }
  /** 0..1. */
  | { readonly kind: 'finalising'; readonly progress: number }
  /** To be saved. `recording.whole` is false where finalising was cancelled or failed: the raw files are kept. */
  | { readonly kind: 'done'; readonly end: RecordingEnd; readonly recording: KeptRecording }
  | { readonly kind: 'failed'; readonly failure: RecorderFailure };

/** Bytes left at which people are warned (experience.md RC3). */
export const SPACE_LOW = 500_000_000;
