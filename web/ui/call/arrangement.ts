/**
 * Who is big and who is small: from the chosen layout, the shares, the pin and the speaker to an arrangement.
 * Pure; refuses to know pixels (grid.ts) and elements.
 */

/** `auto`: two people face to face, a share or a pinned person big with the others beside it, else a grid. */
export type Layout = 'auto' | 'grid' | 'spotlight' | 'sidebar';

export interface Item {
  readonly sid: string;
  readonly kind: 'camera' | 'screen';
}

export type Arrangement =
  | { readonly kind: 'grid'; readonly items: readonly Item[] }
  /** One other person fills the glass; `floating` is oneself in a corner. */
  | { readonly kind: 'duo'; readonly main: Item; readonly floating: Item | undefined }
  /** Nobody else: oneself in a corner, the stage free for the link. */
  | { readonly kind: 'alone'; readonly floating: Item }
  | { readonly kind: 'sidebar'; readonly main: Item; readonly strip: readonly Item[] }
  | { readonly kind: 'spotlight'; readonly main: Item };

export interface Situation {
  readonly layout: Layout;
  /** Everyone in, oneself included, in a stable order. */
  readonly people: readonly string[];
  readonly me: string;
  /** Whether I do without my own picture. */
  readonly selfHidden: boolean;
  /** Those who share their screen, in a stable order. */
  readonly presenters: readonly string[];
  /** Which of the presenters' tabs is chosen. */
  readonly chosenScreen: string | undefined;
  readonly pinned: string | undefined;
  /** Who has held the floor long enough to be shown big. */
  readonly spotlit: string | undefined;
}

export function arrange(situation: Situation): Arrangement {
  const { layout, me, presenters, selfHidden } = situation;
  const others = situation.people.filter((sid) => sid !== me);
  if (others.length === 0 && presenters.length === 0) return { kind: 'alone', floating: camera(me) };
  const people = selfHidden && others.length > 0 ? others : situation.people;
  const screen = screenOf(situation);
  const pinned = people.find((sid) => sid === situation.pinned);
  const main = pinned ? camera(pinned) : screen;
  const fallback = camera(people.find((sid) => sid === situation.spotlit && sid !== me) ?? others[0] ?? me);

  switch (layout) {
    case 'grid':
      return { kind: 'grid', items: [...presenters.map(screenItem), ...people.map(camera)] };
    case 'spotlight':
      return { kind: 'spotlight', main: main ?? fallback };
    case 'sidebar':
      return beside(main ?? fallback, people);
    case 'auto': {
      if (main) return beside(main, people);
      const [other, ...more] = others;
      if (other && more.length === 0)
        return { kind: 'duo', main: camera(other), floating: selfHidden ? undefined : camera(me) };
      return { kind: 'grid', items: people.map(camera) };
    }
  }
}

/** The shown share: the chosen tab, else the newest that is not my own, else my own. */
export function screenOf({ presenters, chosenScreen, me }: Situation): Item | undefined {
  const chosen = presenters.find((sid) => sid === chosenScreen);
  const sid = chosen ?? presenters.findLast((presenter) => presenter !== me) ?? presenters[0];
  return sid ? screenItem(sid) : undefined;
}

function beside(main: Item, people: readonly string[]): Arrangement {
  const strip = people.filter((sid) => main.kind === 'screen' || sid !== main.sid).map(camera);
  return { kind: 'sidebar', main, strip };
}

const camera = (sid: string): Item => ({ sid, kind: 'camera' });
const screenItem = (sid: string): Item => ({ sid, kind: 'screen' });
