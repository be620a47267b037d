/** What changed among the people of a call between two looks, and how that is said. Pure; refuses to say it itself. */
import * as m from '../../i18n/generated/messages.js';
import { listOf } from '../names.ts';

export interface Seen {
  readonly name: string;
  readonly hand: boolean;
  readonly presenting: boolean;
}

/** Everyone but oneself, by sid. */
export type Snapshot = ReadonlyMap<string, Seen>;

export type HappeningKind = 'joined' | 'left' | 'hand' | 'presenting';

export interface Happening {
  readonly kind: HappeningKind;
  readonly sid: string;
  readonly name: string;
}

export function happeningsBetween(before: Snapshot, after: Snapshot): Happening[] {
  const happened: Happening[] = [];
  for (const [sid, { name, hand, presenting }] of after) {
    const old = before.get(sid);
    if (!old) happened.push({ kind: 'joined', sid, name });
    if (hand && !old?.hand) happened.push({ kind: 'hand', sid, name });
    if (presenting && !old?.presenting) happened.push({ kind: 'presenting', sid, name });
  }
  for (const [sid, { name }] of before) if (!after.has(sid)) happened.push({ kind: 'left', sid, name });
  return happened;
}

/** One sentence for all of one kind: "Ana and Bo joined". Who came and went within one batch is not mentioned. */
export function sentencesFor(batch: readonly Happening[]): string[] {
  const came = new Set(batch.filter(({ kind }) => kind === 'joined').map(({ sid }) => sid));
  const brief = new Set(batch.filter(({ kind, sid }) => kind === 'left' && came.has(sid)).map(({ sid }) => sid));
  const names = (kind: HappeningKind) => [
    ...new Map(
      batch.filter((one) => one.kind === kind && !brief.has(one.sid)).map((one) => [one.sid, one.name]),
    ).values(),
  ];
  const say = (kind: HappeningKind, sentence: (inputs: { count: number; names: string }) => string) => {
    const who = names(kind);
    return who.length > 0 ? [sentence({ count: who.length, names: listOf(who) })] : [];
  };
  return [
    ...say('joined', m.happened_joined),
    ...say('left', m.happened_left),
    ...say('hand', m.happened_hand),
    ...say('presenting', m.happened_presenting),
  ];
}
