/** The engine's worker: messages in, messages out. Refuses to know what they mean. */
import { NoEncoder } from './codecs.ts';
import { Engine } from './engine.ts';
import type { EngineFailure, FromEngine, Opening, Person, ToEngine } from './messages.ts';
import { recordingFolder } from './folders.ts';

let engine: Engine | undefined;

self.onmessage = ({ data }: MessageEvent<ToEngine>) => {
  switch (data.type) {
    case 'open':
      void open(data.opening, data.people);
      return;
    case 'people':
      engine?.setPeople(data.people);
      return;
    case 'stream':
      engine?.addStream(data.track, data.stream);
      return;
    case 'frame':
      if (engine) engine.addFrame(data.track, data.frame);
      else data.frame.close();
      return;
    case 'sound':
      engine?.addSound(data.line, data.port);
      return;
    case 'stop':
      engine?.end('stopped');
      return;
  }
};

function tell(message: FromEngine): void {
  self.postMessage(message);
}

async function open(opening: Opening, people: readonly Person[]): Promise<void> {
  try {
    engine = new Engine({ opening, folder: () => recordingFolder(opening.id, { create: true }), tell });
    await engine.start(people);
    tell({ type: 'ready' });
  } catch (error) {
    tell({ type: 'failed', failure: failureOf(error) });
  }
}

function failureOf(error: unknown): EngineFailure {
  if (error instanceof NoEncoder) return 'no-encoder';
  // getDirectory() and handles reject with these in private windows and where storage is blocked.
  const names = ['SecurityError', 'NotSupportedError', 'UnknownError', 'QuotaExceededError', 'TypeError'];
  return error instanceof Error && names.includes(error.name) ? 'no-storage' : 'lost';
}
