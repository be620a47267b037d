/** Takes the focus to what a new screen wants read first. Leaves the first screen of a visit alone. */

let visited = false;

/** An attachment for the heading (or button) of a screen; the element must be focusable. */
export function arrive(element: HTMLElement): void {
  if (visited) element.focus({ preventScroll: true });
  visited = true;
}
