/**
 * Recording this meeting on this device, as the screens see it. Loads the recorder when it is first wanted, tells the others
 * since when I record, and outlives the call until its file is saved. Refuses to know encoders, files and worker threads.
 */
import * as m from './i18n/generated/messages.js';
import type { Notices } from './notices.svelte.ts';
import type { Participant } from './participant.svelte.ts';
import type { Recorder, StartOptions } from './recording/recorder.ts';
import type { KeptRecording, RecorderState, RecordingProblem, RecordingSource } from './recording/states.ts';

export type { KeptRecording };

/** Whom a recording is of, and where problems are told. */
export interface Recorded {
  readonly participants: readonly Participant[];
  readonly notices: Notices;
}

/** Whoever records looks elsewhere: these are to be seen. */
const PROBLEM_SECONDS = 20;

const PROBLEMS: Record<RecordingProblem, () => string> = {
  'no-sound': m.record_no_sound,
  'space-low': m.record_space_low,
  'disk-nearly-full': m.record_disk_nearly_full,
  cleared: m.record_cleared,
  'too-slow': m.record_too_slow,
};

const UNSAVED = {
  cancelled: m.record_save_cancelled,
  'needs-click': m.record_save_again,
  failed: m.record_save_failed,
} as const;

export class Recording {
  state = $state.raw<RecorderState>({ kind: 'idle' });
  /** When my recording began, milliseconds since the epoch; null while I do not record. */
  readonly since = $derived(this.state.kind === 'recording' ? this.state.since : null);
  /** One that begins, goes on or is made ready is in the way of another. */
  readonly possible = $derived(!['starting', 'recording', 'finalising'].includes(this.state.kind));
  /** Site data was cleared while it was recorded: it cannot be kept for another visit. */
  cleared = $state(false);
  readonly #recorded: Recorded;
  readonly #onSince: () => void;
  #recorder: Recorder | undefined;
  #told: number | null = null;

  /** `onSince` is called when `since` has changed: the others must know. */
  constructor(recorded: Recorded, onSince: () => void) {
    this.#recorded = recorded;
    this.#onSince = onSince;
  }

  async start(options: StartOptions): Promise<void> {
    try {
      const { Recorder } = await import('./recording/recorder.ts');
      this.#recorder ??= new Recorder({
        sources: () => this.#recorded.participants.map(sourceOf),
        onState: (state) => this.#show(state),
        onProblem: (problem) => this.#tell(problem),
      });
      this.cleared = false;
      this.#recorder.start(options);
    } catch {
      // The recorder's file could not be loaded: offline, or replaced by a newer version.
      this.state = { kind: 'failed', failure: 'lost' };
    }
  }

  /** Ends the recording; its file is then made ready to be saved. Nothing where nothing is recorded. */
  finish(): void {
    void this.#recorder?.stop();
  }

  /** The raw files stay, and are offered at the next visit. */
  cancelFinalising(): void {
    this.#recorder?.cancelFinalising();
  }

  /** To be called straight from a click: the browser's picker needs one. */
  async save(recording: KeptRecording): Promise<void> {
    const { recoverOrKeep, save } = await import('./recording/recorder.ts');
    const result = await save(await recoverOrKeep(recording));
    if (result === 'saved' || result === 'downloading') this.#recorder?.dismiss();
    else this.#recorded.notices.say(UNSAVED[result](), { kind: 'assertive' });
  }

  async discard(recording: KeptRecording): Promise<void> {
    const { discard } = await import('./recording/recorder.ts');
    await discard(recording.id);
    this.#recorder?.dismiss();
  }

  dismiss(): void {
    if (this.#recorder) this.#recorder.dismiss();
    else this.state = { kind: 'idle' };
  }

  #tell(problem: RecordingProblem): void {
    if (problem === 'cleared') this.cleared = true;
    this.#recorded.notices.say(PROBLEMS[problem](), { kind: 'assertive', seconds: PROBLEM_SECONDS });
  }

  #show(state: RecorderState): void {
    this.state = state;
    if (this.since === this.#told) return;
    this.#told = this.since;
    this.#onSince();
  }
}

function sourceOf(person: Participant): RecordingSource {
  return {
    sid: person.sid,
    name: person.name,
    camera: person.camera ? person.cameraTrack : undefined,
    microphone: person.microphone === 'none' ? undefined : person.microphoneTrack,
    screen: person.screen ? person.screenTrack : undefined,
    screenAudio: person.screen ? person.screenAudioTrack : undefined,
    speaking: person.speaking,
    muted: person.microphone !== 'on',
    self: person.self,
  };
}
