import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { LivedTime } from '../../../web/lived-time.ts';
import { pass, stage } from './meeting.ts';

vi.mock('../../../web/seal/hello.ts', () => import('../../support/fake-seal.ts'));
vi.mock('../../../web/seal/pair.ts', () => import('../../support/fake-seal.ts'));

/** Lets the clock on the wall go on by itself: `stands` while nothing is run, `slows` so that each timer comes so late. */
function wall() {
  const real = performance.now.bind(performance);
  let shift = 0;
  let rate = 1;
  vi.spyOn(performance, 'now').mockImplementation(() => shift + rate * real());
  return {
    stands: (ms: number) => (shift += ms),
    slows: (times: number) => {
      shift += (rate - times) * real();
      rate = times;
    },
  };
}

describe('the clock', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => {
    vi.restoreAllMocks();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  it('goes as the one on the wall where the page is run in time', async () => {
    const time = new LivedTime(() => undefined);
    const begin = time.now();
    await pass(10_050);
    expect(time.now() - begin).toBe(10_050);
    time.stop();
  });

  it('stands still with the page', async () => {
    const { stands } = wall();
    const time = new LivedTime(() => undefined);
    await pass(1_000);
    stands(60_000);
    expect(time.now()).toBe(1_150);
    await pass(1_000);
    expect(time.now()).toBe(2_050);
    time.stop();
  });

  it('does not say that time has passed before what waited for its turn has had it', async () => {
    const { stands } = wall();
    const time = new LivedTime(() => undefined);
    const passed: string[] = [];
    void time.passes(500).then(() => passed.push('500 ms'));
    stands(60_000);
    setTimeout(() => passed.push('what waited'), 0);
    await pass(300);
    expect(passed).toEqual(['what waited']);
    await pass(300);
    expect(passed).toEqual(['what waited', '500 ms']);
    time.stop();
  });

  it('lets nobody wait once it has stopped', async () => {
    const time = new LivedTime(() => undefined);
    const passed = time.passes(500);
    time.stop();
    await pass(50);
    await passed;
    expect(vi.getTimerCount()).toBe(0);
  });

  it('goes slower on a machine that runs it too rarely, and as always in the background', async () => {
    const { slows } = wall();
    const time = new LivedTime(() => undefined);
    slows(10);
    await pass(1_000);
    expect(time.now()).toBe(1_500);
    vi.stubGlobal('document', { hidden: true });
    await pass(1_000);
    expect(time.now()).toBe(11_500);
    time.stop();
  });

  it('is stopped', async () => {
    const ticked = vi.fn();
    const time = new LivedTime(ticked);
    time.stop();
    await pass(1_000);
    expect(ticked).not.toHaveBeenCalled();
  });
});

describe('a page that stands still for a while', () => {
  const { talking, cut, internet, room } = stage();

  it('[70] does not take it for a silence of the others: nothing is said, nothing is tried', async () => {
    const { stands } = wall();
    const [ana, bo] = await talking('Ana', 'Bo');
    const { length } = internet().connections;
    room().relayed.splice(0);
    for (let time = 0; time < 5; time += 1) {
      // What had come meanwhile is still on its way through the browser when the page goes on.
      cut(ana, bo);
      stands(3_000);
      await pass(100);
      internet().mend();
      await pass(900);
      expect([ana.shows(bo), bo.shows(ana)]).toEqual(['live', 'live']);
    }
    expect([internet().connections.length, room().relayed]).toEqual([length, []]);
  });
});
