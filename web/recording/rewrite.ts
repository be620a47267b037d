/**
 * Runs the worker that makes whole files of raw ones, with progress, until it ends or is cancelled. Cancelled or failed,
 * the raw files are as they were. Refuses to know files.
 */
import { hold, letGo } from './locks.ts';
import type { Sidecar } from './sidecar.ts';
import type { KeptRecording } from './states.ts';
import { describe } from './store.ts';

export interface RewriteOrder {
  readonly sidecar: Sidecar;
}
export type FromRewrite =
  { readonly type: 'progress'; readonly progress: number } | { readonly type: 'done' } | { readonly type: 'failed' };

export interface RewriteOptions {
  /** 0..1. */
  onProgress?(progress: number): void;
  readonly signal?: AbortSignal;
}

/**
 * The recording with duration and index in every file, ready to be saved. Rejects, the raw files untouched: with an
 * AbortError when cancelled, with 'busy' when another tab is at it, else with 'failed' (no space for the copy, unreadable).
 */
export async function recover(id: string, options: RewriteOptions = {}): Promise<KeptRecording> {
  if (!(await hold(id))) throw new Error('busy');
  try {
    return await rewrite(id, options);
  } finally {
    letGo(id);
  }
}

/**
 * The recording as it is best saved: made whole; but a full disk has no room for the finished copy, and then the raw file is
 * saved and made readable as it is copied. Rejects with 'busy' when another tab is at it.
 */
export async function recoverOrKeep(recording: KeptRecording, options: RewriteOptions = {}): Promise<KeptRecording> {
  if (recording.whole) return recording;
  try {
    return await recover(recording.id, options);
  } catch (error) {
    if (error instanceof Error && error.message === 'busy') throw error;
    return recording;
  }
}

/** As `recover`, for the tab that holds the recording already. */
export async function rewrite(id: string, { onProgress, signal }: RewriteOptions): Promise<KeptRecording> {
  const { recording, sidecar } = await describe(id);
  if (recording.whole) return recording;
  signal?.throwIfAborted();
  const worker = new Worker(new URL('./rewrite.worker.ts', import.meta.url), { type: 'module' });
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.addEventListener('abort', () => reject(new DOMException('cancelled', 'AbortError')), { once: true });
      worker.onerror = () => reject(new Error('failed'));
      worker.onmessage = ({ data }: MessageEvent<FromRewrite>) => {
        if (data.type === 'progress') onProgress?.(data.progress);
        else if (data.type === 'done') resolve();
        else reject(new Error('failed'));
      };
      const order: RewriteOrder = { sidecar };
      worker.postMessage(order);
    });
  } finally {
    worker.terminate();
  }
  return (await describe(id)).recording;
}
