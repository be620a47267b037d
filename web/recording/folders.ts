/**
 * Where recordings are in the origin-private file system: a folder of its own for each, `recordings/<id>/`.
 * In the page and in workers alike. Refuses to know what is in them.
 */

const ROOT = 'recordings';

export async function recordingsFolder(): Promise<FileSystemDirectoryHandle> {
  const root = await navigator.storage.getDirectory();
  return await root.getDirectoryHandle(ROOT, { create: true });
}

export async function recordingFolder(id: string, options?: { create: boolean }): Promise<FileSystemDirectoryHandle> {
  const folder = await recordingsFolder();
  return await folder.getDirectoryHandle(id, options);
}

export async function holds(folder: FileSystemDirectoryHandle, name: string): Promise<boolean> {
  return await folder.getFileHandle(name).then(
    () => true,
    () => false,
  );
}

/** Held by the tab that records, recovers or offers the recording: no other tab offers it meanwhile. */
export const lockName = (id: string): string => `snug-recording:${id}`;
