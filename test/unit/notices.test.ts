import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Notices } from '../../web/notices.svelte.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const texts = (notices: Notices) => notices.shown.map((notice) => notice.text);

describe('notices', () => {
  it('go by themselves after 6 s, with an action after 12 s', () => {
    const notices = new Notices();
    notices.say('plain');
    notices.say('decide', { action: { label: 'Use', run: () => undefined } });
    vi.advanceTimersByTime(5_999);
    expect(texts(notices)).toEqual(['plain', 'decide']);
    vi.advanceTimersByTime(1);
    expect(texts(notices)).toEqual(['decide']);
    vi.advanceTimersByTime(6_000);
    expect(texts(notices)).toEqual([]);
  });

  it('are polite unless said otherwise', () => {
    const notices = new Notices();
    notices.say('a');
    notices.say('b', { kind: 'assertive' });
    expect(notices.shown.map((notice) => notice.kind)).toEqual(['polite', 'assertive']);
  });

  it('do not stack the same text, which stays for its whole time once more', () => {
    const notices = new Notices();
    notices.say('again');
    vi.advanceTimersByTime(5_000);
    notices.say('again');
    expect(texts(notices)).toEqual(['again']);
    vi.advanceTimersByTime(5_000);
    expect(texts(notices)).toEqual(['again']);
    vi.advanceTimersByTime(1_000);
    expect(texts(notices)).toEqual([]);
  });

  it('are at most three; the oldest without a question goes first', () => {
    const notices = new Notices();
    notices.say('question', { action: { label: 'Use', run: () => undefined } });
    notices.say('a');
    notices.say('b');
    notices.say('c');
    expect(texts(notices)).toEqual(['question', 'b', 'c']);
  });

  it('go when dismissed or acted on', () => {
    const notices = new Notices();
    const run = vi.fn();
    notices.say('a', { seconds: Infinity });
    notices.say('b', { action: { label: 'Use', run } });
    vi.advanceTimersByTime(1_000);
    notices.shown[1]?.action?.run();
    expect(run).toHaveBeenCalledOnce();
    expect(texts(notices)).toEqual(['a']);
    vi.advanceTimersByTime(60_000);
    expect(texts(notices)).toEqual(['a']);
    notices.dismiss(notices.shown[0]?.key ?? 0);
    expect(texts(notices)).toEqual([]);
  });

  it('leave no timer behind when closed', () => {
    const notices = new Notices();
    notices.say('a');
    notices.say('b');
    notices.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(notices.shown).toEqual([]);
  });
});
