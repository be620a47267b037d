/** The product's recovery of one pair with a clock of its own. Refuses to know what a test expects. */
import { TIMES } from '../../web/mesh/recovery-times.ts';
import { Recovery } from '../../web/mesh/recovery.ts';

/** Milliseconds between looks: finer than the mesh's, so that what is seen are those of recovery-times.ts. */
export const TICK = 50;

/** A recovery with a clock of its own, ticked as a mesh does, and a diary of what it did and when. */
export function simulate(role: 'driver' | 'other' = 'driver') {
  let now = 1_000_000;
  const began = now;
  const diary: [number, string][] = [];
  const pictures: [number, string][] = [];
  const note = (what: string) => diary.push([now - began, what]);
  const recovery = new Recovery({
    driver: role === 'driver',
    now,
    effects: {
      resend: () => note('resend'),
      restart: () => note('restart'),
      rebuild: (path) => note(`rebuild ${path}`),
      gone: () => note('gone'),
      probe: () => note('probe'),
      pictures: (wanted) => pictures.push([now - began, wanted]),
    },
  });
  const run = (ms: number, each: () => void = () => undefined) => {
    for (const end = now + ms; now < end;) {
      now += TICK;
      each();
      recovery.tick(now);
    }
  };
  return {
    recovery,
    diary,
    /** When pictures were held and renewed. */
    pictures,
    run,
    now: () => now,
    since: (mark: number) => diary.filter(([at]) => at > mark - began).map(([at, what]) => [at - (mark - began), what]),
    did: () => diary.map(([, what]) => what),
    hear: (kind: 'open' | 'message' | 'media' = 'message') => recovery.contact(now, kind),
    shown: () => recovery.shown(now),
    state: () => recovery.state.name,
  };
}

/** One that is live, and was heard just now. */
export function live(role: 'driver' | 'other' = 'driver', kind: 'message' | 'media' = 'message') {
  const simulation = simulate(role);
  simulation.hear(kind);
  return simulation;
}

/** One whose path went silent and whose first restart is out. */
export function restarting(role: 'driver' | 'other' = 'driver') {
  const simulation = live(role);
  simulation.run(TIMES.silence + TIMES.patience + (role === 'driver' ? 0 : TIMES.courtesy));
  return simulation;
}
