import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TIMES } from '../../../web/mesh/recovery-times.ts';
import { TICK, live, simulate } from '../../support/recovering.ts';

const HOUR = 3_600_000;

describe('new', () => {
  it('is connecting, and sends its offer again after 4 s', () => {
    const { run, shown, diary } = simulate();
    run(7_750);
    expect(diary).toEqual([[4_000, 'resend']]);
    expect(shown()).toBe('connecting');
  });

  it('is called stuck after 8 s, and made anew', () => {
    const { run, shown, diary } = simulate();
    run(9_000);
    expect(shown()).toBe('stuck');
    expect(diary.at(-1)).toEqual([8_000, 'rebuild any']);
  });

  it('is live with the first message and with the first packet', () => {
    for (const kind of ['message', 'media'] as const) {
      const { hear, shown, state } = simulate();
      hear(kind);
      expect([state(), shown()]).toEqual(['live', 'live']);
    }
  });

  it('is live once its channel is open, and counts as coming up until something of theirs has come', () => {
    for (const kind of ['message', 'media'] as const) {
      const { recovery, hear, shown, now } = simulate();
      hear('open');
      expect([shown(), recovery.isNew(now(), 1)]).toEqual(['live', true]);
      hear(kind);
      expect(recovery.isNew(now(), 1)).toBe(false);
      recovery.left();
      recovery.returned(now());
      expect(recovery.isNew(now(), 1)).toBe(true);
    }
  });

  it('is as late as its courtesy where the other side drives', () => {
    const { run, diary } = simulate('other');
    run(5_000);
    expect(diary).toEqual([[4_600, 'resend']]);
  });

  it('sends its offer at once when the room has come back', () => {
    const { recovery, now, did } = simulate();
    recovery.nudge(now());
    expect(did()).toEqual(['resend']);
  });

  it('takes no answer for more than that', () => {
    const { recovery, run, did } = simulate();
    recovery.answered();
    run(4_000);
    expect(did()).toEqual(['resend']);
  });

  it('is gone where they leave, or where the room forgets them before they were ever heard', () => {
    const one = simulate();
    one.recovery.left();
    expect(one.did()).toEqual(['gone']);
    const other = simulate();
    other.recovery.roster(other.now(), 'absent');
    other.run(TIMES.absence);
    expect(other.did().at(-1)).toBe('gone');
  });
});

describe('live', () => {
  it('stays so for ever while a pong comes every second', () => {
    const { run, hear, did, shown } = live();
    for (let second = 0; second < 600; second += 1) {
      run(1_000);
      hear();
      expect(shown()).toBe('live');
    }
    expect(did()).toEqual([]);
  });

  it('finds a stall of media within 1 s', () => {
    const { run, hear, now, diary, since } = live();
    run(10_000, () => hear('media'));
    const mark = now();
    diary.splice(0);
    run(1_000);
    expect(since(mark)).toEqual([
      [300, 'probe'],
      [400, 'restart'],
    ]);
  });

  it('gives the channel alone 2 s', () => {
    const { run, did, state } = live();
    run(TIMES.silence - TICK);
    expect([did(), state()]).toEqual([[], 'live']);
    run(TICK);
    expect([did(), state()]).toEqual([['probe'], 'suspect']);
  });

  it('does not take a microphone that was switched off for a stall: its last words may come after the news', () => {
    const { recovery, run, hear, did, shown } = live('driver', 'media');
    run(100, () => hear('media'));
    recovery.expect('pongs');
    run(100, () => hear('media'));
    for (let second = 0; second < 60; second += 1) {
      run(1_000);
      hear();
    }
    expect([did(), shown()]).toEqual([[], 'live']);
    recovery.expect('media');
    run(100, () => hear('media'));
    run(550);
    expect(did()).toEqual(['probe', 'restart']);
  });

  it('asks when the network has come back', () => {
    const { recovery, now, did } = live();
    recovery.nudge(now());
    expect(did()).toEqual(['probe']);
  });

  it('[4] does not end because the room has forgotten someone', () => {
    const { recovery, run, hear, now, did } = live();
    recovery.roster(now(), 'absent');
    run(HOUR, () => hear());
    expect(did()).toEqual([]);
  });

  it('ends 12 s after the last sign of someone whom the room has forgotten, also if they were heard since', () => {
    const { recovery, run, hear, now, did, since } = live();
    recovery.roster(now(), 'absent');
    run(60_000, () => hear());
    const mark = now();
    run(TIMES.absence - TICK);
    expect(did()).not.toContain('gone');
    run(TICK);
    expect(since(mark).at(-1)).toEqual([TIMES.absence, 'gone']);
  });

  it('is made anew where the browser refuses a description, and again no sooner than 3 s later', () => {
    const { recovery, run, now, diary } = live();
    recovery.broken(now());
    expect(diary).toEqual([[0, 'rebuild any']]);
    for (let time = 0; time < 2_500; time += TICK) {
      run(TICK);
      recovery.broken(now());
    }
    expect(diary).toHaveLength(1);
    run(500);
    expect(diary.slice(1)).toEqual([[3_000, 'rebuild relay']]);
  });

  it('is made anew at once, whenever the routes change', () => {
    const { recovery, now, did } = live();
    recovery.rerouted(now());
    recovery.rerouted(now());
    expect(did()).toHaveLength(2);
  });

  it('ends with a leave, once', () => {
    const { recovery, did, state } = live();
    recovery.left();
    recovery.left();
    expect([did(), state()]).toEqual([['gone'], 'gone']);
  });
});

describe('suspect', () => {
  const suspect = (role: 'driver' | 'other' = 'driver') => {
    const simulation = live(role);
    simulation.run(TIMES.silence);
    expect(simulation.state()).toBe('suspect');
    simulation.diary.splice(0);
    return simulation;
  };

  it('is live again with a pong, and nobody was told', () => {
    const { hear, state, shown, did } = suspect();
    expect(shown()).toBe('live');
    hear();
    expect([state(), did()]).toEqual(['live', []]);
  });

  it('makes up for what was lost only after a silence that retransmission does not fill', () => {
    const { run, hear, did, pictures } = live('driver', 'media');
    run(350);
    hear('media');
    expect([did(), pictures]).toEqual([['probe'], []]);
    run(1_000);
    hear('media');
    expect(did()).toEqual(['probe', 'probe', 'restart']);
    expect(pictures.at(-1)).toEqual([1_350, 'renewed']);
  });

  it('is sent no pictures once it is silent, and again after 3 s of that, whoever drives', () => {
    for (const role of ['driver', 'other'] as const) {
      const { run, hear, pictures } = live(role, 'media');
      run(10_000);
      const first = TIMES.mediaSilence + TIMES.heldAfter;
      expect(pictures).toEqual([
        [first, 'held'],
        [first + TIMES.held, 'renewed'],
      ]);
      hear('media');
      expect(pictures.slice(2)).toEqual([[10_000, 'renewed']]);
    }
  });

  it('restarts within 0.5 s on the driver’s side, and 0.6 s later on the other', () => {
    const driver = suspect('driver');
    driver.run(500);
    expect(driver.did()).toEqual(['restart']);
    const other = suspect('other');
    other.run(650);
    expect(other.did()).toEqual([]);
    other.run(250);
    expect(other.did()).toEqual(['restart']);
  });

  it('restarts at once when the network has come back', () => {
    const { recovery, now, did } = suspect('other');
    recovery.nudge(now());
    expect(did()).toEqual(['restart']);
  });

  it('is told within 2.5 s of the last sign of life', () => {
    const { run, shown } = live('driver', 'media');
    run(1_750);
    expect(shown()).toBe('live');
    run(250);
    expect(shown()).toBe('reconnecting');
  });

  it('is made anew where the browser breaks, and gone where they leave', () => {
    const one = suspect();
    one.recovery.broken(one.now());
    expect([one.state(), one.did()]).toEqual(['restarting', ['rebuild any']]);
    const other = suspect();
    other.recovery.left();
    expect(other.did()).toEqual(['gone']);
  });
});

describe('a slow but whole path', () => {
  it('[49] with a round trip of 600 ms is never called reconnecting, with or without media', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ media: fc.boolean(), jitter: fc.nat(400) }), { minLength: 60 }), (seconds) => {
        const { run, hear, shown, now, recovery } = live();
        const pongs: number[] = [];
        for (const { media, jitter } of seconds) {
          pongs.push(now() + 600 + jitter);
          run(1_000, () => {
            while ((pongs[0] ?? Infinity) <= now()) recovery.contact(pongs.shift() ?? 0, 'message');
            if (media) hear('media');
            expect(shown()).toBe('live');
          });
        }
      }),
      { numRuns: 50 },
    );
  });

  it('[49] with media flowing is never even restarted', () => {
    const { run, hear, did } = live();
    run(600_000, () => hear('media'));
    expect(did()).toEqual([]);
  });
});
