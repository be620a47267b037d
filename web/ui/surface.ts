/** What menus and popovers have in common: where they stand, and how they close. Refuses to know what is on them. */
import type { Snippet } from 'svelte';
import type { PopupProps } from './Popup.svelte';

export interface SurfaceProps extends PopupProps {
  label: string;
  children: Snippet;
}

/** For the content of a menu or popover above `anchor`. */
export function above(anchor: HTMLElement) {
  return {
    customAnchor: anchor,
    side: 'top',
    collisionPadding: 12,
    onInteractOutside: (event: PointerEvent) => {
      // The anchor's own click closes it.
      if (event.target instanceof Node && anchor.contains(event.target)) event.preventDefault();
    },
    onCloseAutoFocus: (event: Event) => {
      event.preventDefault();
      anchor.focus();
    },
  } as const;
}
