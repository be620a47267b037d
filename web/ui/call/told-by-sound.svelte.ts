/** When a sound is due: somebody came, went, wrote, raised a hand. Each has a twin to see. Refuses to know how it sounds. */
import { untrack } from 'svelte';
import type { Call } from '../../call.svelte.ts';
import { loadPreferences } from '../../preferences.ts';
import { play, type Sound } from '../sounds.ts';

/** In larger rooms people come and go all the time. */
const QUIET_ABOVE = 5;

/** Call while a component is being made; lasts as long as it. */
export function tellBySound(call: Call): void {
  let people: ReadonlySet<string> | undefined;
  let hands: ReadonlySet<string> = new Set();
  let messages: number | undefined;

  $effect(() => {
    const now = new Set(call.participants.filter((person) => !person.self).map((person) => person.sid));
    const before = people;
    people = now;
    if (!before || now.size + 1 > QUIET_ABOVE) return;
    if ([...now].some((sid) => !before.has(sid))) tell('join');
    else if ([...before].some((sid) => !now.has(sid))) tell('leave');
  });

  $effect(() => {
    const now = new Set(call.participants.filter((person) => !person.self && person.hand !== null).map((p) => p.sid));
    if ([...now].some((sid) => !hands.has(sid))) tell('hand');
    hands = now;
  });

  $effect(() => {
    const count = call.chat.entries.filter((entry) => !entry.mine).length;
    const before = messages;
    messages = count;
    // The first entries are what was said before one came.
    if (before !== undefined && before > 0 && count > before && !call.chat.open) tell('message');
  });

  function tell(sound: Sound) {
    untrack(() => {
      if (loadPreferences().sounds) void play(sound, call.self.speakerId);
    });
  }
}
