import { beforeEach, describe, expect, it, vi } from 'vitest';
import { Audience } from '../../../web/mesh/audience.ts';
import { SLOTS } from '../../../web/mesh/peer.ts';
import { track } from '../../support/fake-webrtc.ts';

let now = 0;
/** What the clock on the wall is ahead of the page's own. */
let ahead = 0;
const clock = { now: () => now, wall: () => now + ahead };
/** When each connection that comes up for the first time was begun. */
let coming: number[] = [];
let sent: Record<string, (MediaStreamTrack | null)[]> = {};
let audience = new Audience({ send: () => undefined, connecting: () => 0, time: clock });
const voice = track('audio');

beforeEach(() => {
  now = ahead = 0;
  coming = [];
  sent = {};
  audience = new Audience({
    send: (sid, slot, given) => slot === 'microphone' && (sent[sid] ??= []).push(given),
    connecting: (within) => coming.filter((since) => now - since < within).length,
    time: clock,
  });
  audience.setTrack('microphone', voice);
  return () => vi.useRealTimers();
});

/** The clock goes on, looked at ten times a second. */
function pass(milliseconds: number): void {
  for (const until = now + milliseconds; now < until;) {
    now += 100;
    audience.tick();
  }
}

/** Has begun to hear me. */
const hears = (sid: string): boolean => sent[sid]?.at(-1) === voice;

describe('someone who comes', () => {
  it('is sent everything at once, also while a few connections come up', () => {
    coming = [0, 0];
    audience.admit('ana');
    expect(hears('ana')).toBe(true);
    expect([...audience]).toEqual(['ana']);
  });

  it('is sent what follows, and nothing any more once dismissed', () => {
    const other = track('audio');
    audience.admit('ana');
    audience.setTrack('microphone', other);
    audience.dismiss('ana');
    audience.setTrack('microphone', voice);
    expect(sent['ana']).toEqual([voice, other, null]);
    expect(audience.has('ana')).toBe(false);
  });

  it('and is admitted again is sent everything again: their connection may be another', () => {
    audience.admit('ana');
    audience.admit('ana');
    expect(sent['ana']).toEqual([voice, voice]);
  });

  it('after they were gone is sent nothing until they are admitted', () => {
    audience.admit('ana');
    audience.forget('ana');
    audience.setTrack('microphone', null);
    expect(sent['ana']).toEqual([voice]);
  });
});

describe('[6] in a rush', () => {
  it('sound waits until all are connected and nobody came for a moment', () => {
    coming = [0, 0, 0];
    audience.admit('ana');
    pass(500);
    coming = [now];
    audience.admit('bo');
    pass(500);
    expect([hears('ana'), hears('bo')]).toEqual([false, false]);
    coming = [];
    pass(200);
    coming = [now];
    pass(200);
    coming = [];
    pass(200);
    expect([hears('ana'), hears('bo')]).toEqual([false, false]);
    pass(100);
    expect([hears('ana'), hears('bo')]).toEqual([true, true]);
  });

  it('that moment is one of the clock on the wall: nobody comes later because the page is late', () => {
    coming = [0, 0, 0];
    audience.admit('ana');
    coming = [];
    audience.tick();
    ahead = 149;
    audience.tick();
    expect(hears('ana')).toBe(false);
    ahead = 150;
    audience.tick();
    expect(hears('ana')).toBe(true);
  });

  it('sound comes when that moment is over, whenever the next look is', () => {
    vi.useFakeTimers();
    coming = [0, 0, 0];
    audience.admit('ana');
    coming = [];
    pass(100);
    now += 150;
    vi.advanceTimersByTime(149);
    expect(hears('ana')).toBe(false);
    vi.advanceTimersByTime(1);
    expect(hears('ana')).toBe(true);
  });

  it('that moment may begin more than once, and its end is waited for once', () => {
    vi.useFakeTimers();
    coming = [0, 0, 0];
    audience.admit('ana');
    for (const others of [[], [0], []]) {
      coming = others;
      pass(50);
    }
    expect(vi.getTimerCount()).toBe(1);
    audience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('who hears me already goes on hearing me', () => {
    audience.admit('ana');
    coming = [0, 0, 0];
    pass(100);
    audience.setTrack('microphone', null);
    audience.admit('bo');
    expect([sent['ana'], sent['bo']]).toEqual([[voice, null], undefined]);
    audience.setTrack('microphone', voice);
    expect([hears('ana'), hears('bo')]).toEqual([true, false]);
  });

  it('nobody waits for a connection that never comes up', () => {
    coming = [0, 0, 0, 0];
    audience.admit('ana');
    pass(1_000);
    // One more has come up, and then no other.
    coming = [0, 0, 0];
    pass(1_500);
    expect(hears('ana')).toBe(false);
    // The standstill is seen with the first look after the one that saw the last of them, and then it must be calm.
    pass(400);
    expect(hears('ana')).toBe(true);
  });

  it('nor for people who never stop coming', () => {
    audience.tick();
    coming = [0, 0, 0];
    audience.admit('ana');
    for (let time = 0; time < 49; time += 1) {
      coming = time % 2 ? [now, now, now] : [now, now, now, now];
      pass(100);
    }
    expect(hears('ana')).toBe(false);
    pass(100);
    expect(hears('ana')).toBe(true);
  });

  it('whoever leaves while they wait is sent nothing', () => {
    coming = [0, 0, 0];
    audience.admit('ana');
    audience.dismiss('ana');
    coming = [];
    pass(1_000);
    expect(sent['ana']).toEqual([null]);
  });
});

it('every slot has its own track', () => {
  const begun: string[] = [];
  const all = new Audience({
    send: (_, slot, given) => begun.push(`${slot} ${given?.kind}`),
    connecting: () => 0,
    time: { now: () => 0, wall: () => 0 },
  });
  all.setTrack('camera', track('video'));
  all.admit('ana');
  expect(begun).toEqual(SLOTS.map((slot) => `${slot} ${slot === 'camera' ? 'video' : undefined}`));
});

describe('a muted microphone', () => {
  const mute = (muted: boolean) => void (voice.enabled = !muted);
  beforeEach(() => {
    mute(false);
    audience.admit('ana');
  });

  it('is sent as nothing after 5 s, to those who come as well, and as it is at once when it is heard again', () => {
    mute(true);
    pass(5_000);
    expect(sent['ana']).toEqual([voice]);
    pass(100);
    audience.admit('bo');
    expect([sent['ana'], sent['bo']]).toEqual([[voice, null], [null]]);
    mute(false);
    audience.setTrack('microphone', voice);
    expect([sent['ana']?.at(-1), sent['bo']?.at(-1)]).toEqual([voice, voice]);
  });

  it('rests by the clock on the wall: a page that is late is late because of what is sent', () => {
    mute(true);
    audience.tick();
    ahead = 4_900;
    audience.tick();
    expect(sent['ana']).toEqual([voice]);
    ahead = 5_000;
    audience.tick();
    expect(sent['ana']).toEqual([voice, null]);
  });

  it('is sent where it was not muted for so long at once', () => {
    for (let time = 0; time < 4; time += 1) {
      mute(true);
      pass(4_000);
      mute(false);
      pass(1_000);
    }
    expect(sent['ana']).toEqual([voice]);
  });

  it.each(['camera', 'screen'] as const)(
    'is sent as long as a %s is: by its packets a broken way is noticed',
    (slot) => {
      audience.setTrack(slot, track('video'));
      mute(true);
      pass(10_000);
      expect(sent['ana']).toEqual([voice]);
      audience.setTrack(slot, null);
      expect(sent['ana']).toEqual([voice, null]);
      audience.setTrack(slot, track('video'));
      expect(sent['ana']).toEqual([voice, null, voice]);
    },
  );

  it('is sent to whoever sends pictures, and to nobody else', () => {
    audience.admit('bo');
    audience.expect('bo', 'some');
    mute(true);
    pass(6_000);
    expect([sent['ana'], sent['bo']]).toEqual([[voice, null], [voice]]);
    audience.expect('ana', 'some');
    audience.expect('bo', 'none');
    expect([sent['ana'], sent['bo']]).toEqual([
      [voice, null, voice],
      [voice, null],
    ]);
  });

  it('that is captured anew while nothing is sent stays so', () => {
    mute(true);
    pass(6_000);
    const other = track('audio');
    other.enabled = false;
    audience.setTrack('microphone', other);
    expect(sent['ana']).toEqual([voice, null]);
    other.enabled = true;
    audience.setTrack('microphone', other);
    expect(sent['ana']).toEqual([voice, null, other]);
  });
});
