import { describe, expect, it } from 'vitest';
import { TIMES } from '../../../web/mesh/recovery-times.ts';
import { live, restarting } from '../../support/recovering.ts';

const HOUR = 3_600_000;

function gone() {
  const simulation = live();
  simulation.recovery.left();
  return simulation;
}

describe('restarting', () => {
  it('tries again every 8 s after a minute', () => {
    const { run, now, since } = restarting();
    run(70_000);
    const mark = now();
    run(60_000);
    expect(since(mark)).toHaveLength(7);
  });

  it('tries again every 3 s', () => {
    const { run, now, since } = restarting();
    const mark = now();
    run(31_000);
    expect(since(mark)).toEqual([3, 6, 9, 12, 15, 18, 21, 24, 27, 30].map((seconds) => [seconds * 1_000, 'restart']));
  });

  it('makes the connection anew after two restarts that were answered and brought nothing', () => {
    const { recovery, run, now, since } = restarting();
    const mark = now();
    recovery.answered();
    run(3_000);
    recovery.answered();
    run(3_000);
    expect(since(mark)).toEqual([
      [3_000, 'restart'],
      [6_000, 'rebuild any'],
    ]);
  });

  it('goes through the relay alone on every other attempt', () => {
    const { recovery, run, did, diary } = restarting();
    diary.splice(0);
    for (let second = 0; second < 120; second += 1) {
      run(1_000);
      if (second % 2 === 0) recovery.answered();
    }
    const rebuilds = did().filter((what) => what.startsWith('rebuild'));
    expect(rebuilds.length).toBeGreaterThan(3);
    expect(rebuilds).toEqual(rebuilds.map((_, at) => (at % 2 === 0 ? 'rebuild any' : 'rebuild relay')));
  });

  it('begins with any route again once it was live', () => {
    const { recovery, now, hear, did, run } = restarting();
    recovery.broken(now());
    hear();
    run(5_000, () => hear());
    recovery.broken(now());
    expect(did().filter((what) => what.startsWith('rebuild'))).toEqual(['rebuild any', 'rebuild any']);
  });

  it('gives a new connection 8 s before the next attempt', () => {
    const { recovery, run, now, since } = restarting();
    recovery.broken(now());
    const mark = now();
    run(8_000);
    expect(since(mark)).toEqual([[8_000, 'restart']]);
  });

  it('is live with the first sign of life', () => {
    const { hear, state, shown } = restarting();
    hear('media');
    expect([state(), shown()]).toEqual(['live', 'live']);
  });

  it('tries 0.3 s after the connection is up, where nothing comes by it', () => {
    const { recovery, run, now, since } = restarting();
    run(1_500);
    const mark = now();
    recovery.up(now());
    run(1_000);
    expect(since(mark)).toEqual([[300, 'restart']]);
  });

  it('does not where something comes', () => {
    const { recovery, run, now, since, hear } = restarting('other');
    run(1_500);
    const mark = now();
    recovery.up(now());
    run(250);
    hear('media');
    recovery.up(now());
    run(250);
    expect(since(mark)).toEqual([]);
  });

  it('does so once a second at most, however often it is said to be up, and never later than else', () => {
    const { recovery, run, now, since } = restarting();
    const mark = now();
    run(2_950, () => recovery.up(now()));
    expect(since(mark).map(([at]) => at)).toEqual([1_000, 2_000]);
    const { recovery: other, ...rest } = restarting();
    rest.run(2_900);
    other.up(rest.now());
    const then = rest.now();
    rest.run(150);
    expect(rest.since(then)).toEqual([[100, 'restart']]);
  });

  it('tries at once when the network has come back', () => {
    const { recovery, now, diary, did } = restarting();
    diary.splice(0);
    recovery.nudge(now());
    expect(did()).toEqual(['restart']);
  });

  it('[36] never gives up over 24 hours without a roster, and is still reconnecting', () => {
    const { run, did, shown, diary, now } = restarting();
    run(24 * HOUR);
    expect(did()).not.toContain('gone');
    expect(shown()).toBe('reconnecting');
    const times = diary.map(([at]) => at);
    expect(Math.max(...times.slice(1).map((at, index) => at - (times[index] ?? 0)))).toBeLessThanOrEqual(8_750);
    expect(now()).toBeGreaterThan(24 * HOUR);
  });

  it('ends where the room confirms the absence for 12 s, and not where it knows them again', () => {
    const one = restarting();
    one.recovery.roster(one.now(), 'absent');
    one.run(TIMES.absence);
    expect(one.did().at(-1)).toBe('gone');
    const other = restarting();
    other.recovery.roster(other.now(), 'absent');
    other.run(TIMES.absence - 1_000);
    other.recovery.roster(other.now(), 'present');
    other.run(60_000);
    expect(other.did()).not.toContain('gone');
  });

  it('counts the absence from its first word, not from its last', () => {
    const { recovery, run, now, did } = restarting();
    for (let second = 0; second < 12; second += 1) {
      recovery.roster(now(), 'absent');
      run(1_000);
    }
    expect(did().at(-1)).toBe('gone');
  });
});

describe('gone', () => {
  it('does nothing more, whatever it is told', () => {
    const { recovery, run, now, hear, did } = gone();
    hear('media');
    recovery.nudge(now());
    recovery.broken(now());
    recovery.rerouted(now());
    recovery.answered();
    recovery.roster(now(), 'absent');
    run(60_000);
    expect(did()).toEqual(['gone']);
  });

  it('is new again when they come back, with all its time', () => {
    const { recovery, run, now, shown, state, since } = gone();
    run(60_000);
    recovery.roster(now(), 'absent');
    recovery.returned(now());
    const mark = now();
    expect([state(), shown()]).toEqual(['new', 'connecting']);
    run(7_000);
    expect(since(mark)).toEqual([[4_000, 'resend']]);
    expect(shown()).toBe('connecting');
    run(10_000);
    expect(state()).not.toBe('gone');
  });

  it('is not brought about by coming back', () => {
    const { recovery, now, state } = live();
    recovery.returned(now());
    expect(state()).toBe('live');
  });
});
