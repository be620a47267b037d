import { flushSync } from 'svelte';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Coach } from '../../../web/coach/coach.svelte.ts';
import { TOPICS } from '../../../web/coach/topics.ts';
import { Participant } from '../../../web/participant.svelte.ts';
import type { FakeMedia } from '../../support/fake-media.ts';
import { equip, inPreview } from '../../support/someone.ts';

let media: FakeMedia;
const coaches: Coach[] = [];

beforeEach(() => {
  vi.useFakeTimers();
  media = equip();
});

afterEach(() => {
  for (const coach of coaches.splice(0)) coach.close();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** Someone in a call with Bo, microphone on, and their coach. */
async function coached() {
  const { self } = await inPreview();
  const [me, bo] = [new Participant('a', 'self'), new Participant('b', 'remote')];
  bo.direct = 'live';
  const say = vi.fn();
  const call = { self, stage: 'in' as const, participants: [me, bo], notices: { say } };
  const coach = new Coach(call, { loudness: () => 0, send: () => undefined });
  coaches.push(coach);
  flushSync();
  return { coach, self, me, bo, say };
}

async function seconds(count: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(count * 1_000);
  flushSync();
}

type Someone = Awaited<ReturnType<typeof coached>>;

/** What makes each of them speak, and whether it does. */
const SPOKEN: Record<string, { provoke: (someone: Someone) => Promise<void>; told: (someone: Someone) => boolean }> = {
  system: {
    provoke: async () => {
      media.live('audio')[0]?.setMuted(true);
      await seconds(2);
    },
    told: ({ coach }) => coach.trouble?.topic === 'system',
  },
  silent: { provoke: () => seconds(9), told: ({ coach }) => coach.trouble?.topic === 'silent' },
  noisy: {
    provoke: async () => {
      media.sample = 0.05;
      await seconds(12);
    },
    told: ({ coach }) => coach.trouble?.topic === 'noisy',
  },
  unheard: {
    provoke: async ({ bo }) => {
      bo.hearsMe = false;
      await seconds(1);
    },
    told: ({ coach, bo }) => coach.unheardBy.includes(bo),
  },
  echo: {
    provoke: async ({ coach }) => coach.echoed(),
    told: ({ say }) => say.mock.calls.length > 0,
  },
};

describe('the coach', () => {
  // "muted" and "wrong" need a voice: browser tests.
  it.each(TOPICS.filter((topic) => topic in SPOKEN))(
    'speaks about "%s" until that is switched off for good',
    async (topic) => {
      const { provoke, told } = SPOKEN[topic] ?? {};
      const before = await coached();
      await provoke?.(before);
      expect(told?.(before)).toBe(true);
      media.sample = 0;
      before.coach.setOn(topic, false);
      if (topic !== 'echo') expect(told?.(before)).toBe(false);
      before.coach.close();
      before.self.close();

      const after = await coached();
      expect(after.coach.isOn(topic)).toBe(false);
      await provoke?.(after);
      expect(told?.(after)).toBe(false);
      after.coach.setOn(topic, true);
      await provoke?.(after);
      expect(told?.(after)).toBe(true);
    },
  );

  it('says nothing of a dead microphone that is muted, nor of one that is dismissed until it was over', async () => {
    const { coach, self } = await coached();
    await seconds(9);
    coach.wave();
    await seconds(20);
    expect(coach.trouble).toBeUndefined();
    media.sample = 0.001;
    await seconds(1);
    media.sample = 0;
    await seconds(9);
    expect(coach.trouble?.topic).toBe('silent');
    await self.toggleMicrophone();
    expect(coach.trouble).toBeUndefined();
  });

  it('knows nothing of a microphone that it cannot measure', async () => {
    media.contextState = 'suspended';
    const { coach } = await coached();
    await seconds(30);
    expect(coach.trouble).toBeUndefined();
  });

  it('tells of my loudspeaker once a minute, whoever says so', async () => {
    const { coach, say } = await coached();
    for (let second = 0; second < 59; second += 1) {
      coach.echoed();
      await seconds(1);
    }
    expect(say).toHaveBeenCalledTimes(1);
    await seconds(2);
    coach.echoed();
    expect(say).toHaveBeenCalledTimes(2);
  });

  it('shows on the button whether what I say arrives', async () => {
    const { coach, me, bo } = await coached();
    expect(coach.carried).toBe('quiet');
    me.speaking = true;
    expect(coach.carried).toBe('all');
    bo.hearsMe = false;
    expect(coach.carried).toBe('some');
  });
});
