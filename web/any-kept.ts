/**
 * Whether an earlier visit left a recording behind. Apart from what is done with one, so that the start page, which asks
 * every time, carries nothing else of it. Refuses to know files and formats.
 */

/** Whether the folder of recordings is there and holds anything. Storage may be blocked: then nothing is kept. */
export async function anyKept(): Promise<boolean> {
  try {
    const root = await navigator.storage.getDirectory();
    const folder = await root.getDirectoryHandle('recordings');
    for await (const name of folder.keys()) return name !== '';
    return false;
  } catch {
    return false;
  }
}
