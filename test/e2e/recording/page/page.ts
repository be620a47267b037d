/** The recorder in a page of its own, driven from the test through `window.studio`. */
import {
  discard,
  interruptedRecordings,
  Recorder,
  recordingFormats,
  recover,
  save,
  type StartOptions,
} from '../../../../web/recording/recorder.ts';
import type { KeptRecording, RecorderState, RecordingProblem } from '../../../../web/recording/states.ts';
import { People } from './people.ts';

const people = new People();
const states: RecorderState[] = [];
const problems: RecordingProblem[] = [];
const recorder = new Recorder({
  sources: () => people.sources,
  onState: (state) => {
    if (state.kind !== states.at(-1)?.kind) states.push(state);
  },
  onProblem: (problem) => problems.push(problem),
});

async function until(kind: RecorderState['kind']): Promise<RecorderState> {
  for (;;) {
    const { state } = recorder;
    if (state.kind === kind) return state;
    if (state.kind === 'failed' || state.kind === 'done') throw new Error(JSON.stringify(state));
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

const studio = {
  people,
  recorder,
  states,
  problems,
  until,
  async start(options: StartOptions): Promise<void> {
    recorder.start(options);
    await until('recording');
  },
  async stop(): Promise<RecorderState> {
    await recorder.stop();
    return recorder.state;
  },
  formats: recordingFormats,
  kept: interruptedRecordings,
  recover: (id: string) => recover(id),
  save: (recording: KeptRecording) => save(recording),
  discard,
};

export type Studio = typeof studio;
declare global {
  interface Window {
    studio: Studio;
  }
}
window.studio = studio;
