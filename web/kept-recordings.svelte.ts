/**
 * Recordings that an earlier visit left behind: its tab, browser or machine ended before they were saved. Looks for them without
 * loading the recorder, which is loaded only where there is one. Refuses to know files and formats.
 */
import { anyKept } from './any-kept.ts';
import type { KeptRecording } from './recording/states.ts';

export class KeptRecordings {
  list = $state.raw<readonly KeptRecording[]>([]);
  /** The one that is being completed or copied, and how far, 0 to 1. */
  saving = $state.raw<{ id: string; progress: number }>();
  /** Why one could not be saved: nowhere to write, or the browser wants another click for its picker. */
  problem = $state.raw<{ id: string; kind: 'failed' | 'again' }>();

  async load(): Promise<void> {
    if (!(await anyKept())) return;
    const { interruptedRecordings } = await import('./recording/recorder.ts');
    this.list = await interruptedRecordings();
  }

  /** Completes it where it must be, then saves it. To be called from a click. */
  async save(recording: KeptRecording): Promise<void> {
    const { recoverOrKeep, save } = await import('./recording/recorder.ts');
    const { id } = recording;
    const onProgress = (progress: number) => (this.saving = { id, progress });
    this.problem = undefined;
    onProgress(0);
    try {
      const whole = await recoverOrKeep(recording, { onProgress });
      this.list = this.list.map((kept) => (kept.id === id ? whole : kept));
      const result = await save(whole, { onProgress });
      if (result === 'saved' || result === 'downloading') this.#forget(recording);
      else if (result !== 'cancelled') this.problem = { id, kind: result === 'failed' ? 'failed' : 'again' };
    } catch {
      this.problem = { id, kind: 'failed' };
    } finally {
      this.saving = undefined;
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
