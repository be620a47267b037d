import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CandidateBatches } from '../../../web/mesh/candidates.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function batches() {
  const sent: [number, number][] = [];
  const began = performance.now();
  const made = new CandidateBatches((candidates) => sent.push([performance.now() - began, candidates.length]));
  let number = 0;
  const add = (count = 1, line?: string) => {
    for (; count > 0; count -= 1) {
      number += 1;
      const candidate = {
        candidate: line ?? `candidate:${number}`,
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'u',
      };
      made.add(candidate as RTCIceCandidate);
    }
  };
  return { made, add, sent };
}

describe('candidates', () => {
  it('gathered before the description is sent stand in it and are not sent', () => {
    const { made, add, sent } = batches();
    add(3);
    made.descriptionSent();
    vi.advanceTimersByTime(10_000);
    expect(sent).toEqual([]);
  });

  it('leave together after 100 ms, the later ones every 2 s', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add(2);
    vi.advanceTimersByTime(50);
    add();
    vi.advanceTimersByTime(51);
    add();
    vi.advanceTimersByTime(1_000);
    add();
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([
      [101, 3],
      [2_102, 2],
    ]);
  });

  it('that waited for their turn on a page that is late leave with the others', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add();
    // Their event comes right behind the timer.
    setTimeout(() => {
      add();
      made.flush();
    }, 100);
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([[100, 2]]);
  });

  it('leave at once when gathering is complete', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add(2);
    made.flush();
    made.flush();
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([[0, 2]]);
  });

  it('of an older description are dropped, and the new one has its own first batch', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add(2);
    made.restart();
    add(5);
    vi.advanceTimersByTime(1_000);
    made.descriptionSent();
    add();
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([[1_101, 1]]);
  });

  it('of an answer to a restart do not wait 2 s because others came before', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add();
    made.flush();
    add();
    made.descriptionSent();
    add();
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([
      [0, 1],
      [101, 2],
    ]);
  });

  it('that only say that there are no more are not sent', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add(1, '');
    vi.advanceTimersByTime(5_000);
    expect(sent).toEqual([]);
  });

  it('travel at most 100 in one message', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add(250);
    vi.advanceTimersByTime(101);
    expect(sent.map(([, length]) => length)).toEqual([100, 100, 50]);
  });

  it('are not sent after the end', () => {
    const { made, add, sent } = batches();
    made.descriptionSent();
    add();
    made.close();
    vi.advanceTimersByTime(5_000);
    expect([sent, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
