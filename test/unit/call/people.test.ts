import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CLOSE } from '../../../worker/protocol.ts';
import { Participant, cleanName } from '../../../web/participant.svelte.ts';
import { Participants } from '../../../web/participants.svelte.ts';
import { stateOf } from '../../../web/presence.ts';
import type { State } from '../../../web/protocol.ts';
import { refusalOf } from '../../../web/refusal.ts';
import { track } from '../../support/fake-webrtc.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const state = (change: Partial<State> = {}): State => ({
  ...{ type: 'state', revision: 1, name: 'Bo', microphone: 'on', camera: true, screen: false },
  ...{ hand: null, recording: null, stage: 'in', joinedAt: 1 },
  ...change,
});

describe('a participant', () => {
  it('is nobody before they have said who they are, and then what they say', () => {
    const bo = new Participant('bo', 'remote');
    expect([bo.introduced, bo.name, bo.stage]).toEqual([false, '', 'preview']);
    bo.apply(state({ screen: true, hand: 5, recording: 6 }));
    expect(bo).toMatchObject({ introduced: true, name: 'Bo', microphone: 'on', camera: true, screen: true });
    expect(bo).toMatchObject({ hand: 5, recording: 6, stage: 'in', joinedAt: 1 });
  });

  it('[16] is what they said last, in whatever order it comes', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5], { minLength: 1 }), (revisions) => {
        const bo = new Participant('bo', 'remote');
        for (const revision of revisions) bo.apply(state({ revision, name: `name ${revision}` }));
        expect(bo.name).toBe(`name ${Math.max(...revisions)}`);
      }),
    );
  });

  it('is reconnecting where our connection is, unless a third carries them', () => {
    const bo = new Participant('bo', 'remote');
    bo.direct = 'stuck';
    expect(bo.connection).toBe('stuck');
    bo.through = 'cleo';
    expect(bo.connection).toBe('live');
    bo.through = undefined;
    expect(bo.connection).toBe('stuck');
    expect(new Participant('me', 'self').connection).toBe('live');
  });

  it('reacts for 3 s, at most five times a second', () => {
    const bo = new Participant('bo', 'remote');
    const keys = new Set<number>();
    for (let at = 0; at < 20; at += 1) {
      bo.react(String(at));
      if (bo.reaction) keys.add(bo.reaction.key);
      vi.advanceTimersByTime(10);
    }
    expect([keys.size, bo.reaction?.emoji]).toEqual([5, '4']);
    vi.advanceTimersByTime(3_000);
    expect(bo.reaction).toBeUndefined();
    bo.react('again');
    expect(bo.reaction?.emoji).toBe('again');
  });

  it('[29] cannot be seen once their connection has ended their camera’s track, until there is another', () => {
    const bo = new Participant('bo', 'remote');
    const [first, second] = [track('video'), track('video')];
    bo.show({ camera: first });
    Object.assign(first, { readyState: 'ended' }).dispatchEvent(new Event('ended'));
    expect(bo.unseeable).toBe(true);
    bo.show({ camera: second });
    first.dispatchEvent(new Event('ended'));
    expect(bo.unseeable).toBe(false);
  });

  it('plays nothing and waits for nothing after the end', () => {
    const bo = new Participant('bo', 'remote');
    bo.show({ camera: track('video') });
    bo.react('x');
    bo.close();
    expect([bo.cameraTrack, vi.getTimerCount()]).toEqual([undefined, 0]);
  });
});

describe('a name', () => {
  it.each([
    ['<b>Bo</b>', '<b>Bo</b>'],
    ['  Bo \n\t Sørensen ', 'Bo Sørensen'],
    ['evil\u202egnp.exe', 'evil gnp.exe'],
    ['\u2066Bo\u2069', 'Bo'],
    ['Bo\u0000\u0007\u009f', 'Bo'],
    ['\u200b\u2060\ufeff', ''],
    ['\u061cعلي', 'علي'],
    ['👩‍👩‍👧', '👩‍👩‍👧'],
    ['नमस्ते', 'नमस्ते'],
  ])('%j is shown as %j', (name, shown) => {
    expect(cleanName(name)).toBe(shown);
  });

  it('is never longer than 64 characters, nor disturbs the line it stands in', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.nat(0x10ffff), fc.integer({ min: 0x2000, max: 0x206f }), fc.nat(0xff)), {
          maxLength: 200,
        }),
        (points) => {
          const shown = cleanName(String.fromCodePoint(...points));
          expect(shown.length).toBeLessThanOrEqual(64);
          expect(shown).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069\u2028\u2029]/u);
        },
      ),
    );
    expect(cleanName('x'.repeat(10_000))).toHaveLength(64);
  });
});

describe('who I am, as everyone shows me', () => {
  const self = { microphone: 'on', camera: 'on', screen: 'off', name: ' Ana ' } as const;
  const rest = { hand: null, recording: null, revision: 3 };

  it('is named once I am in, and nobody before', () => {
    const preview = stateOf({ self, ...rest, joinedAt: undefined });
    expect(preview).toMatchObject({ name: '', stage: 'preview', joinedAt: null });
    expect(stateOf({ self, ...rest, joinedAt: 5 })).toMatchObject({
      name: 'Ana',
      stage: 'in',
      joinedAt: 5,
      revision: 3,
    });
  });

  it.each([
    ['on', 'on'],
    ['muted', 'muted'],
    ['starting', 'muted'],
    ['off', 'none'],
  ] as const)('says of a microphone that is %s: %s', (microphone, said) => {
    expect(stateOf({ self: { ...self, microphone }, ...rest, joinedAt: 1 }).microphone).toBe(said);
  });
});

describe('everyone', () => {
  const levels = new Map<string, number>();
  function everyone() {
    const me = new Participant('me', 'self');
    const people = new Participants(me, ({ sid }) => levels.get(sid) ?? 0);
    const add = (sid: string, change: Partial<State> = {}) => people.of(sid).apply(state({ name: sid, ...change }));
    return { me, people, add, names: () => people.in.map(({ sid }) => sid) };
  }
  afterEach(() => levels.clear());

  it('is me first, then the others in the order in which they came', () => {
    const { me, people, add, names } = everyone();
    add('cleo', { joinedAt: 3 });
    add('bo', { joinedAt: 2 });
    add('eve', { joinedAt: 3 });
    expect(names()).toEqual(['bo', 'cleo', 'eve']);
    me.apply(state({ joinedAt: 9 }));
    expect(names()).toEqual(['me', 'bo', 'cleo', 'eve']);
    people.close();
  });

  it('leaves out who is not introduced and who is about to come, and counts those', () => {
    const { people, add, names } = everyone();
    people.of('stranger');
    add('bo', { stage: 'preview', joinedAt: null });
    expect([names(), people.previewing]).toEqual([[], 1]);
    add('bo', { revision: 2 });
    expect([names(), people.previewing]).toEqual([['bo'], 0]);
    people.close();
  });

  it('knows who presents', () => {
    const { people, add } = everyone();
    add('bo', { screen: true });
    add('cleo');
    expect(people.presenters.map(({ sid }) => sid)).toEqual(['bo']);
    people.close();
  });

  it('is without whoever was removed, and their tracks', () => {
    const { people, add, names } = everyone();
    add('bo');
    people.of('bo').show({ camera: track('video') });
    const bo = people.remove('bo');
    expect([names(), bo?.cameraTrack, people.find('bo'), people.remove('bo')]).toEqual([
      [],
      undefined,
      undefined,
      undefined,
    ]);
    people.close();
  });

  it('is heard ten times a second: who speaks, how loud, and who most', () => {
    const { people, add } = everyone();
    add('bo');
    add('cleo', { microphone: 'muted' });
    levels.set('bo', 0.9).set('cleo', 0.9);
    vi.advanceTimersByTime(1_000);
    expect(people.find('bo')).toMatchObject({ speaking: true, level: 0.9 });
    expect(people.find('cleo')).toMatchObject({ speaking: false, level: 0 });
    expect(people.speaker?.sid).toBe('bo');
    people.remove('bo');
    expect(people.speaker).toBeUndefined();
    people.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('a close code', () => {
  it.each([
    [CLOSE.full, '', 'full'],
    [CLOSE.removed, '', 'removed'],
    [CLOSE.ended, '', 'ended'],
    [CLOSE.replaced, '', 'replaced'],
    [CLOSE.rate, '', 'rate'],
    [CLOSE.refused, 'refused', 'refused'],
    [CLOSE.refused, 'version', 'version'],
    [CLOSE.protocol, '', 'protocol'],
    [4999, '', 'protocol'],
  ])('%i "%s" means %s', (code, reason, refusal) => {
    expect(refusalOf(code, reason)).toBe(refusal);
  });
});
