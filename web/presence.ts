/** Who I am, as everyone shows me: my `state` message made of what I have. Refuses to know when it is sent. */
import type { State } from './protocol.ts';
import type { Self } from './self.svelte.ts';

export interface Presence {
  readonly self: Pick<Self, 'microphone' | 'camera' | 'screen' | 'name'>;
  readonly hand: number | null;
  readonly recording: number | null;
  /** When I came in, milliseconds since the epoch; undefined in pre-join. */
  readonly joinedAt: number | undefined;
  readonly revision: number;
}

/** In pre-join nobody is named yet: only that someone is about to come. */
export function stateOf({ self, hand, recording, joinedAt, revision }: Presence): State {
  const { microphone, camera, screen, name } = self;
  return {
    type: 'state',
    revision,
    name: joinedAt === undefined ? '' : name.trim(),
    microphone: microphone === 'off' ? 'none' : microphone === 'on' ? 'on' : 'muted',
    camera: camera === 'on',
    screen: screen === 'on',
    hand,
    recording,
    stage: joinedAt === undefined ? 'preview' : 'in',
    joinedAt: joinedAt ?? null,
  };
}
