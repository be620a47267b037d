/** What a tile is called: the person, then what applies, in a constant order. Tests and screen readers rely on it. */
import * as m from '../../i18n/generated/messages.js';
import type { Participant } from '../../participant.svelte.ts';
import { nameOf } from '../names.ts';

export function tileName(person: Participant): string {
  return [
    nameOf(person.name),
    person.self && m.tile_you(),
    person.microphone !== 'on' && m.tile_microphone_off(),
    person.hand !== null && m.tile_hand(),
    person.connection === 'reconnecting' && m.tile_reconnecting(),
    person.screen && m.tile_presenting(),
  ]
    .filter(Boolean)
    .join(', ');
}
