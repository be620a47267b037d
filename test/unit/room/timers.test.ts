import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchComebacks } from '../../../web/room/comeback.ts';
import { IceLife } from '../../../web/room/ice-life.ts';
import { RoomWatch, type RoomState } from '../../../web/room/watch.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe('the life of relay credentials', () => {
  const life = () => {
    const ask = vi.fn<() => void>();
    return { made: new IceLife(ask), ask };
  };

  it('[43] ends at 70 %: new ones are asked for, again every 10 s until they come', () => {
    const { made, ask } = life();
    made.renewed(Date.now() + 600_000);
    vi.advanceTimersByTime(419_000);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(ask).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(20_000);
    expect(ask).toHaveBeenCalledTimes(3);
    made.renewed(Date.now() + 600_000);
    vi.advanceTimersByTime(400_000);
    expect(ask).toHaveBeenCalledTimes(3);
  });

  it('[43] is counted by the room’s clock: one that is hours behind lets nothing end', () => {
    const { made, ask } = life();
    const roomNow = Date.now() + 7_200_000;
    made.renewed(roomNow + 600_000, roomNow);
    vi.advanceTimersByTime(419_000);
    expect(ask).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    expect(ask).toHaveBeenCalledTimes(1);
    made.close();
  });

  it('is for ever where nothing expires', () => {
    const { made, ask } = life();
    made.renewed(Date.now() + 20_000);
    made.renewed(null);
    vi.advanceTimersByTime(1_000_000_000);
    expect(ask).not.toHaveBeenCalled();
  });

  it('is not over at once by a clock that is ahead: nobody asks more often than every 10 s', () => {
    const { made, ask } = life();
    ask.mockImplementation(() => setTimeout(() => made.renewed(Date.now() - 3_600_000), 50));
    made.renewed(Date.now() - 3_600_000);
    vi.advanceTimersByTime(100_000);
    expect(ask.mock.calls.length).toBeLessThanOrEqual(10);
    made.close();
  });

  it('ends with the call', () => {
    const { made, ask } = life();
    made.renewed(Date.now() + 20_000);
    made.close();
    vi.advanceTimersByTime(100_000);
    expect([ask.mock.calls.length, vi.getTimerCount()]).toEqual([0, 0]);
  });
});

describe('what is told of the room', () => {
  const watch = () => {
    const states: RoomState[] = [];
    return { made: new RoomWatch((state) => states.push(state)), states };
  };

  it('[2] is nothing of a gap below 10 s, and “unreachable” after it', () => {
    const { made, states } = watch();
    made.signaling('connecting');
    made.signaling('open');
    made.signaling('retrying');
    vi.advanceTimersByTime(5_000);
    made.signaling('retrying');
    vi.advanceTimersByTime(4_000);
    made.signaling('open');
    vi.advanceTimersByTime(60_000);
    expect(states).not.toContain('unreachable');
    made.signaling('retrying');
    vi.advanceTimersByTime(5_000);
    made.signaling('retrying');
    vi.advanceTimersByTime(5_000);
    expect(states.at(-1)).toBe('unreachable');
    made.signaling('retrying');
    expect(states.at(-1)).toBe('unreachable');
    made.signaling('open');
    expect(states.at(-1)).toBe('open');
  });

  it('[3] is “unreachable” after 10 s of a first attempt as well', () => {
    const { made, states } = watch();
    made.signaling('connecting');
    vi.advanceTimersByTime(10_000);
    expect(states.at(-1)).toBe('unreachable');
  });

  it('[15] is a network that blocks it, at once, until the room is open', () => {
    const { made, states } = watch();
    made.signaling('retrying');
    made.signaling('blocked');
    vi.advanceTimersByTime(60_000);
    expect(states.at(-1)).toBe('blocked');
    made.signaling('retrying');
    expect(states.at(-1)).toBe('blocked');
    made.signaling('open');
    expect(states.at(-1)).toBe('open');
  });

  it('is that it would not have me back, at once', () => {
    const { made, states } = watch();
    made.signaling('open');
    made.refused();
    expect(states.at(-1)).toBe('unreachable');
  });

  it('ends with the call', () => {
    const { made, states } = watch();
    made.signaling('connecting');
    made.close();
    vi.advanceTimersByTime(60_000);
    expect([states, vi.getTimerCount()]).toEqual([['connecting'], 0]);
  });
});

describe('a comeback', () => {
  function watched() {
    const page = Object.assign(new EventTarget(), { visibilityState: 'visible' });
    const connection = new EventTarget();
    const browser = new EventTarget();
    vi.stubGlobal('window', browser);
    vi.stubGlobal('document', page);
    vi.stubGlobal('navigator', { connection });
    const came = vi.fn<() => void>();
    return { page, connection, browser, came, end: watchComebacks(came) };
  }

  it('is every sign of the network and the page', () => {
    const { page, connection, browser, came } = watched();
    browser.dispatchEvent(new Event('online'));
    browser.dispatchEvent(new Event('pageshow'));
    connection.dispatchEvent(new Event('change'));
    page.dispatchEvent(new Event('resume'));
    page.dispatchEvent(new Event('visibilitychange'));
    expect(came).toHaveBeenCalledTimes(5);
    page.visibilityState = 'hidden';
    page.dispatchEvent(new Event('visibilitychange'));
    expect(came).toHaveBeenCalledTimes(5);
  });

  it('[8] is a clock that has jumped, within a second', () => {
    const { came } = watched();
    vi.advanceTimersByTime(60_000);
    expect(came).not.toHaveBeenCalled();
    vi.setSystemTime(Date.now() + 600_000);
    vi.advanceTimersByTime(1_000);
    expect(came).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(60_000);
    expect(came).toHaveBeenCalledTimes(1);
  });

  it('is none any more after the end', () => {
    const { page, browser, came, end } = watched();
    end();
    browser.dispatchEvent(new Event('online'));
    page.dispatchEvent(new Event('visibilitychange'));
    expect([came.mock.calls, vi.getTimerCount()]).toEqual([[], 0]);
  });
});
