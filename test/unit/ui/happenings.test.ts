import { describe, expect, it } from 'vitest';
import { happeningsBetween, sentencesFor, type Happening, type Snapshot } from '../../../web/ui/call/happenings.ts';

const look = (...people: [sid: string, change?: { hand?: boolean; presenting?: boolean }][]): Snapshot =>
  new Map(people.map(([sid, change]) => [sid, { name: sid.toUpperCase(), hand: false, presenting: false, ...change }]));

const between = (before: Snapshot, after: Snapshot) =>
  happeningsBetween(before, after).map(({ kind, sid }) => `${sid} ${kind}`);

describe('happeningsBetween', () => {
  it('sees who came and went', () =>
    expect(between(look(['ana'], ['bo']), look(['bo'], ['cy']))).toEqual(['cy joined', 'ana left']));
  it('sees a hand and a share begin, not end', () => {
    expect(between(look(['ana']), look(['ana', { hand: true, presenting: true }]))).toEqual([
      'ana hand',
      'ana presenting',
    ]);
    expect(between(look(['ana', { hand: true, presenting: true }]), look(['ana']))).toEqual([]);
  });
});

const joined = (name: string): Happening => ({ kind: 'joined', sid: name, name });
const left = (name: string): Happening => ({ kind: 'left', sid: name, name });

describe('sentencesFor', () => {
  it('tells those who come together in one sentence', () => {
    expect(sentencesFor([joined('Ana')])).toEqual(['Ana joined']);
    expect(sentencesFor([joined('Ana'), joined('Bo')])).toEqual(['Ana and Bo joined']);
    expect(sentencesFor(['Ana', 'Bo', 'Cy', 'Di', 'Eve', 'Flo'].map(joined))).toEqual([
      'Ana, Bo, Cy, and 3 others joined',
    ]);
  });

  it('says nothing of who came and went at once, and nothing twice', () => {
    expect(sentencesFor([joined('Ana'), left('Ana')])).toEqual([]);
    expect(sentencesFor([left('Ana'), left('Ana')])).toEqual(['Ana left']);
  });

  it('says each kind by itself', () => {
    expect(sentencesFor([joined('Ana'), left('Bo'), { kind: 'hand', sid: 'Cy', name: 'Cy' }])).toEqual([
      'Ana joined',
      'Bo left',
      'Cy raised a hand',
    ]);
  });
});
