/**
 * Tells what happens in the call: as a notice to read and hear, and as a tone. People who come together are told
 * together. Refuses to know how notices look and tones sound, and what is drawn on a tile.
 */
import { untrack } from 'svelte';
import type { Call } from '../../call.svelte.ts';
import * as m from '../../i18n/generated/messages.js';
import { loadPreferences } from '../../preferences.ts';
import type { Announcer } from '../announcer.svelte.ts';
import { listOf, nameOf } from '../names.ts';
import { play, type Sound } from '../sounds.ts';
import { happeningsBetween, sentencesFor, type Happening, type Snapshot } from './happenings.ts';
import { reactionName } from './reactions.ts';
import type { View } from './view.svelte.ts';

/** Milliseconds to wait for others who come at the same time: the first offers of a join take about that long. */
const BATCH = 700;
/** Milliseconds: applause is told once, not clap by clap. */
const REACTION_BATCH = 2_000;
/** In larger rooms people come and go all the time: no tone for it. */
const QUIET_ABOVE = 5;
/** Characters of a message in a notice. */
const PREVIEW = 90;
/** Milliseconds of speech after which a raised hand has done its work. */
const HEARD = 5_000;

/** Call while a component is being made; lasts as long as it. */
export function tellWhatHappens(call: Call, view: View, announcer: Announcer): void {
  tellPeople(call);
  tellReactions(call, announcer);
  tellMessages(call, view);
  offerToLowerHand(call);
}

function tellPeople(call: Call): void {
  let before: Snapshot | undefined;
  let batch: Happening[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;

  $effect(() => {
    const after: Snapshot = new Map(
      call.participants
        .filter((person) => !person.self)
        .map((person) => [
          person.sid,
          { name: nameOf(person.name), hand: person.hand !== null, presenting: person.screen },
        ]),
    );
    // Those who were here first are seen, not told.
    const happened = before ? happeningsBetween(before, after) : [];
    before = after;
    if (happened.length === 0) return;
    batch.push(...happened);
    timer ??= setTimeout(() => {
      const told = batch;
      batch = [];
      timer = undefined;
      for (const sentence of sentencesFor(told)) call.notices.say(sentence);
      soundOf(told, after.size + 1, call);
    }, BATCH);
  });
  $effect(() => () => clearTimeout(timer));
}

function soundOf(told: readonly Happening[], people: number, call: Call): void {
  const kinds = new Set(told.map(({ kind }) => kind));
  if (kinds.has('hand')) ring('hand', call);
  else if (people > QUIET_ABOVE) return;
  else if (kinds.has('joined')) ring('join', call);
  else if (kinds.has('left')) ring('leave', call);
}

function tellReactions(call: Call, announcer: Announcer): void {
  const seen = new Map<string, number>();
  let batch = new Map<string, Set<string>>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  $effect(() => {
    for (const { self, sid, name, reaction } of call.participants) {
      if (self || !reaction || seen.get(sid) === reaction.key) continue;
      seen.set(sid, reaction.key);
      batch.set(reaction.emoji, (batch.get(reaction.emoji) ?? new Set()).add(nameOf(name)));
      timer ??= setTimeout(() => {
        for (const [emoji, names] of batch)
          announcer.say(m.happened_reacted({ names: listOf([...names]), reaction: reactionName(emoji) }));
        batch = new Map();
        timer = undefined;
      }, REACTION_BATCH);
    }
  });
  $effect(() => () => clearTimeout(timer));
}

function tellMessages(call: Call, view: View): void {
  const known = new Set<string>();

  $effect(() => {
    for (const { id, from, name, text, at, mine } of call.chat.entries) {
      const key = `${from} ${id}`;
      if (known.has(key)) continue;
      known.add(key);
      // What was said before I came is history, not news.
      if (mine || at < (call.startedAt ?? Infinity) || untrack(() => call.chat.open)) continue;
      const short = text.length > PREVIEW ? `${text.slice(0, PREVIEW).trimEnd()}…` : text;
      const read = { label: m.chat_read(), run: () => (view.panel = 'chat') };
      untrack(() =>
        call.notices.say(m.chat_preview({ name: nameOf(name), text: short }), { action: read, seconds: 6 }),
      );
      ring('message', call);
    }
  });
}

/** Once for every time the hand goes up. */
function offerToLowerHand(call: Call): void {
  let raised: number | null = null;
  let spoken = 0;

  $effect(() => {
    const { hand, speaking } = call.me;
    if (hand !== raised) {
      raised = hand;
      spoken = 0;
    }
    if (hand === null || !speaking || spoken >= HEARD) return;
    const since = performance.now();
    const lower = { label: m.happened_lower(), run: () => call.me.hand !== null && call.toggleHand() };
    const timer = setTimeout(
      () => call.notices.say(m.happened_spoken(), { action: lower, seconds: 10 }),
      HEARD - spoken,
    );
    return () => {
      clearTimeout(timer);
      spoken += performance.now() - since;
    };
  });
}

function ring(sound: Sound, call: Call): void {
  if (loadPreferences().sounds)
    void play(
      sound,
      untrack(() => call.self.speakerId),
    );
}
