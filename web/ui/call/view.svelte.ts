/** What one person has opened and chosen on the call screen. Refuses to know anything that others can see. */
import { createContext } from 'svelte';
import type { Layout } from './arrangement.ts';

export type Panel = 'none' | 'chat' | 'people';

export class View {
  panel = $state<Panel>('none');
  layout = $state<Layout>('auto');
  dialog = $state<'none' | 'settings' | 'shortcuts' | 'record'>('none');
  /** My own picture is no tile for me; the others see it all the same. */
  selfHidden = $state(false);
  /** Whose share is shown where several share. */
  chosenScreen = $state<string | undefined>();

  toggle(panel: 'chat' | 'people'): void {
    this.panel = this.panel === panel ? 'none' : panel;
  }
}

export const [getView, setView] = createContext<View>();
