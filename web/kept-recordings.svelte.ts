/**
 * Recordings that an earlier visit left behind: its tab, browser or machine ended before they were saved. Looks for them without
 * loading the recorder, which is loaded only where there is one. Refuses to know files and formats.
 */
import { anyKept } from './any-kept.ts';
import type { KeptRecording } from './recording/states.ts';

export class KeptRecordings {
  list = $state.raw<readonly KeptRecording[]>([]);
  /** Of the one that is being completed, 0 to 1. */
  progress = $state<number>();
  failed = $state(false);

  async load(): Promise<void> {
    if (!(await anyKept())) return;
    const { interruptedRecordings } = await import('./recording/recorder.ts');
    this.list = await interruptedRecordings();
  }

  /** Completes it where it must be, then saves it. To be called from a click. */
  async save(recording: KeptRecording): Promise<void> {
    const { recover, save } = await import('./recording/recorder.ts');
    this.failed = false;
    this.progress = 0;
    try {
      const onProgress = (progress: number) => (this.progress = progress);
      const whole = recording.whole ? recording : await recover(recording.id, { onProgress });
      this.list = this.list.map((kept) => (kept.id === recording.id ? whole : kept));
      const result = await save(whole, { onProgress });
      if (result === 'saved' || result === 'downloading') this.#forget(recording);
      this.failed = result === 'failed';
    } catch {
      // What is there is kept: another browser version may read it.
      this.failed = true;
    } finally {
      this.progress = undefined;
    }
  }

  async discard(recording: KeptRecording): Promise<void> {
    const { discard } = await import('./recording/recorder.ts');
    await discard(recording.id);
    this.#forget(recording);
  }

  #forget({ id }: KeptRecording): void {
    this.list = this.list.filter((kept) => kept.id !== id);
  }
}
