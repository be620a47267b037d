/** Chat messages in runs by one person, so that a name stands once above what was said in one go. Pure. */
import type { ChatEntry } from '../../chat.svelte.ts';

export interface Group {
  /** Id of the first message. */
  readonly key: string;
  readonly name: string;
  readonly mine: boolean;
  readonly at: number;
  readonly entries: readonly ChatEntry[];
}

/** Milliseconds after the previous message; later ones begin anew. */
const TOGETHER = 120_000;

export function grouped(entries: readonly ChatEntry[]): Group[] {
  const groups: Group[] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const last = group?.entries.at(-1);
    if (group && last && last.from === entry.from && last.name === entry.name && entry.at - last.at < TOGETHER)
      groups[groups.length - 1] = { ...group, entries: [...group.entries, entry] };
    else groups.push({ key: entry.id, name: entry.name, mine: entry.mine, at: entry.at, entries: [entry] });
  }
  return groups;
}
