import { describe, expect, it } from 'vitest';
import { arrange, screenOf, type Situation } from '../../../web/ui/call/arrangement.ts';

const situation = (change: Partial<Situation> = {}): Situation => ({
  layout: 'auto',
  people: ['me', 'ana', 'bo'],
  me: 'me',
  selfHidden: false,
  presenters: [],
  chosenScreen: undefined,
  pinned: undefined,
  spotlit: undefined,
  ...change,
});

const camera = (sid: string) => ({ sid, kind: 'camera' });
const screen = (sid: string) => ({ sid, kind: 'screen' });

describe('arrange', () => {
  it('shows everyone in a grid, in their order', () => {
    expect(arrange(situation())).toEqual({ kind: 'grid', items: [camera('me'), camera('ana'), camera('bo')] });
  });

  it('leaves the stage to the link while nobody else is here, in every layout', () => {
    for (const layout of ['auto', 'grid', 'spotlight', 'sidebar'] as const)
      expect(arrange(situation({ layout, people: ['me'] }))).toEqual({ kind: 'alone', floating: camera('me') });
  });

  it('shows the one other person big, and me in a corner', () => {
    expect(arrange(situation({ people: ['me', 'ana'] }))).toEqual({
      kind: 'duo',
      main: camera('ana'),
      floating: camera('me'),
    });
  });

  it('does without my picture where I hid it', () => {
    expect(arrange(situation({ selfHidden: true }))).toEqual({ kind: 'grid', items: [camera('ana'), camera('bo')] });
    expect(arrange(situation({ selfHidden: true, people: ['me', 'ana'] }))).toMatchObject({ floating: undefined });
  });

  it('promotes a share, with everyone beside it', () => {
    expect(arrange(situation({ presenters: ['ana'] }))).toEqual({
      kind: 'sidebar',
      main: screen('ana'),
      strip: [camera('me'), camera('ana'), camera('bo')],
    });
  });

  it('prefers a pinned person to a share, and does not show them twice', () => {
    expect(arrange(situation({ presenters: ['ana'], pinned: 'bo' }))).toEqual({
      kind: 'sidebar',
      main: camera('bo'),
      strip: [camera('me'), camera('ana')],
    });
  });

  it('forgets a pin of somebody who left', () => {
    expect(arrange(situation({ pinned: 'gone' })).kind).toBe('grid');
  });

  it('keeps shares as tiles where a grid was asked for', () => {
    const { kind, ...rest } = arrange(situation({ layout: 'grid', presenters: ['ana'], pinned: 'bo' }));
    expect(kind).toBe('grid');
    expect(rest).toEqual({ items: [screen('ana'), camera('me'), camera('ana'), camera('bo')] });
  });

  it('puts on the spot who has the floor, never myself, and before that the first of the others', () => {
    expect(arrange(situation({ layout: 'spotlight', spotlit: 'bo' }))).toEqual({
      kind: 'spotlight',
      main: camera('bo'),
    });
    expect(arrange(situation({ layout: 'spotlight', spotlit: 'me' }))).toEqual({
      kind: 'spotlight',
      main: camera('ana'),
    });
    expect(arrange(situation({ layout: 'sidebar' }))).toMatchObject({ main: camera('ana') });
  });
});

describe('screenOf', () => {
  it('takes the chosen tab, else the newest that is not my own, else my own', () => {
    expect(screenOf(situation({ presenters: ['ana', 'bo', 'me'], chosenScreen: 'ana' }))?.sid).toBe('ana');
    expect(screenOf(situation({ presenters: ['ana', 'bo', 'me'] }))?.sid).toBe('bo');
    expect(screenOf(situation({ presenters: ['me'] }))?.sid).toBe('me');
    expect(screenOf(situation({ presenters: ['ana'], chosenScreen: 'gone' }))?.sid).toBe('ana');
    expect(screenOf(situation())).toBeUndefined();
  });
});
