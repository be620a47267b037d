/** Which of the two themes the page wears. Refuses to know colours: they are in theme.css. */
import type { Preferences } from '../preferences.ts';

/** `system` leaves the choice to `color-scheme: light dark`. */
export function applyTheme(theme: Preferences['theme']): void {
  if (theme === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = theme;
}

/** An attachment: while its element is shown, the page is the dark stage, whatever the theme. */
export function darkStage(): () => void {
  document.documentElement.dataset['stage'] = '';
  return () => delete document.documentElement.dataset['stage'];
}
