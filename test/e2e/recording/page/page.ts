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
import type { Size } from '../../../../web/grid.ts';
import { Pictures } from '../../../../web/recording/pictures.ts';
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
  /** Width and height of what is read of this device's camera, 1280 × 720, while it is drawn at each of `sizes`. */
  async read(sizes: readonly Size[]): Promise<number[][]> {
    const stream = await navigator.mediaDevices.getUserMedia({ video: { width: 1280, height: 720 } });
    const [track] = stream.getVideoTracks();
    if (!track) throw new Error('no camera');
    let reader: ReadableStreamDefaultReader<VideoFrame> | undefined;
    const pictures = new Pictures({
      onStream: (_, readable) => (reader = readable.getReader()),
      onFrame: () => undefined,
    });
    const read: number[][] = [];
    for (const size of sizes) {
      pictures.update([{ track, size }]);
      // Of a change those that are on their way know nothing.
      const until = performance.now() + 1_000;
      let last: number[] = [];
      while (performance.now() < until) {
        const frame = (await reader?.read())?.value;
        last = [frame?.displayWidth ?? 0, frame?.displayHeight ?? 0];
        frame?.close();
      }
      read.push(last);
    }
    pictures.close();
    read.push([track.getSettings().width ?? 0, track.getSettings().height ?? 0]);
    track.stop();
    return read;
  },
};

export type Studio = typeof studio;
declare global {
  interface Window {
    studio: Studio;
  }
}
window.studio = studio;
