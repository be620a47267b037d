/**
 * Loads what the call opens later, once it is quiet: a call must go on while the server is away, and after a deploy the files
 * of this page may be gone. Not the recorder, which nobody waits for until they press "Record".
 */

/** Milliseconds after coming in; faces come first. */
const QUIET = 2_000;

/** Returns the end of it. A file that cannot be loaded now is asked for again when it is needed. */
export function preload(): () => void {
  const timer = setTimeout(() => void Promise.allSettled(load()), QUIET);
  return () => clearTimeout(timer);
}

function load(): Promise<unknown>[] {
  return [
    import('../chat/ChatPanel.svelte'),
    import('../people/PersonPopover.svelte'),
    import('./AudioMenu.svelte'),
    import('./VideoMenu.svelte'),
    import('./MoreMenu.svelte'),
    import('./Reactions.svelte'),
    import('./QrCode.svelte'),
    import('../settings/SettingsDialog.svelte'),
    import('../settings/ShortcutsDialog.svelte'),
    import('../recording/RecordDialog.svelte'),
  ];
}
