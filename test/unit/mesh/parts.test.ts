import { describe, expect, it } from 'vitest';
import { verdictOn } from '../../../web/mesh/epochs.ts';
import { Heard, UNHEARD_AFTER } from '../../../web/mesh/heard.ts';
import { cameraLimit } from '../../../web/mesh/limits.ts';
import { Outbox } from '../../../web/mesh/outbox.ts';
import { configurationOf } from '../../../web/mesh/routes.ts';
import type { PeerMessage } from '../../../web/protocol.ts';
import { chat } from '../../support/fake-room.ts';
import { certificateOf } from '../../support/fake-webrtc.ts';

describe('a description belongs to', () => {
  const offered = { initiator: true, answered: false };
  const answered = { initiator: true, answered: true };
  const adopted = { initiator: false, answered: true };
  it.each([
    ['the past, where its epoch is older', answered, 2, 'offer', 'ignore', 'ignore'],
    ['the past, where it answers an older epoch', offered, 2, 'answer', 'ignore', 'ignore'],
    ['a new connection, where it offers a newer epoch', answered, 4, 'offer', 'answer', 'answer'],
    ['nothing, where it answers an epoch that never was', answered, 4, 'answer', 'ignore', 'ignore'],
    ['the next connection, where mine of its epoch is closed', undefined, 3, 'offer', 'offer', 'offer'],
    ['a reason for the next, where mine are all closed and theirs is older', undefined, 2, 'offer', 'offer', 'offer'],
    ['nothing, where it answers a connection that is closed', undefined, 3, 'answer', 'ignore', 'ignore'],
    ['the polite side’s new connection, where both offered first', offered, 3, 'offer', 'answer', 'ignore'],
    ['my connection, where it answers it', offered, 3, 'answer', 'use', 'use'],
    ['my connection, where it restarts it', answered, 3, 'offer', 'use', 'use'],
    ['my connection, where it restarts what they began', adopted, 3, 'offer', 'use', 'use'],
  ] as const)('%s', (_, peer, epoch, type, whenPolite, whenNot) => {
    expect(verdictOn({ epoch: 3, peer, polite: true }, epoch, type)).toBe(whenPolite);
    expect(verdictOn({ epoch: 3, peer, polite: false }, epoch, type)).toBe(whenNot);
  });
});

describe('what waits for a path', () => {
  const texts = (lists: PeerMessage[][]) =>
    lists.map((list) => list.map((one) => (one.type === 'chat' ? one.text : '')));

  it('leaves together, in its order, once', () => {
    const outbox = new Outbox();
    outbox.keep([chat('one'), chat('two')]);
    outbox.keep([chat('three')]);
    expect([outbox.empty, texts(outbox.take())]).toEqual([false, [['one', 'two', 'three']]]);
    expect([outbox.empty, outbox.take()]).toEqual([true, []]);
  });

  it('is nothing of now: descriptions, candidates and reports are made anew, a late reaction answers something else', () => {
    const outbox = new Outbox();
    outbox.keep([
      { type: 'description', epoch: 1, offerId: 1, description: { type: 'offer', sdp: '' } },
      { type: 'candidates', epoch: 1, candidates: [] },
      { type: 'restart', epoch: 1 },
      { type: 'heard', audio: false },
      { type: 'reaction', emoji: '👏' },
    ]);
    expect(outbox.empty).toBe(true);
  });

  it('leaves in lists of 64 at most, which is what a receiver takes', () => {
    const outbox = new Outbox();
    for (let at = 0; at < 150; at += 1) outbox.keep([chat(String(at))]);
    const lists = outbox.take();
    expect(lists.map(({ length }) => length)).toEqual([64, 64, 22]);
    expect(texts(lists).flat()).toEqual(Array.from({ length: 150 }, (_, at) => String(at)));
  });

  it('leaves in lists of 16,000 characters at most, unless a single message is longer', () => {
    const outbox = new Outbox();
    outbox.keep([...Array(10).fill('x'.repeat(3_900)), 'y'.repeat(40_000), 'z'].map((text: string) => chat(text)));
    const sizes = outbox.take().map((list) => JSON.stringify(list).length);
    expect(sizes.filter((size) => size > 16_100)).toHaveLength(1);
    expect(sizes.length).toBe(5);
  });

  it('is the latest 200: older ones are dropped first', () => {
    const outbox = new Outbox();
    for (let at = 0; at < 250; at += 1) outbox.keep([chat(String(at))]);
    const kept = texts(outbox.take()).flat();
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([200, '50', '249']);
  });

  it('is forgotten with the connection', () => {
    const outbox = new Outbox();
    outbox.keep([chat('one')]);
    outbox.clear();
    expect(outbox.take()).toEqual([]);
  });
});

describe('someone who does not hear me', () => {
  it('is known after 2 s of their word, and no longer with the first good one', () => {
    const heard = new Heard();
    heard.reported(false, 0);
    heard.reported(false, 1_000);
    expect(heard.unheard(UNHEARD_AFTER - 1)).toBe(false);
    expect(heard.unheard(UNHEARD_AFTER)).toBe(true);
    heard.reported(true, 3_000);
    expect(heard.unheard(9_000)).toBe(false);
  });

  it('hears me again, but for the first time', () => {
    const heard = new Heard();
    expect([false, true, true, false, false, true].map((audio, at) => heard.reported(audio, at))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
      undefined,
      'again',
    ]);
  });

  it('is helped in steps, 5 s apart, from the first again once they hear me', () => {
    const heard = new Heard();
    const remedies = (from: number, to: number) => {
      const found: [number, string][] = [];
      for (let now = from; now < to; now += 250) {
        heard.reported(false, now);
        const remedy = heard.remedy(now, 'sending');
        if (remedy) found.push([now, remedy]);
      }
      return found;
    };
    expect(remedies(0, 14_000)).toEqual([
      [1_500, 'reset-track'],
      [6_500, 'restart'],
      [11_500, 'rebuild'],
    ]);
    heard.reported(true, 14_000);
    expect(remedies(20_000, 23_000)).toEqual([[21_500, 'reset-track']]);
  });

  it('is not helped where there is nothing to hear', () => {
    const heard = new Heard();
    heard.reported(false, 0);
    expect(heard.remedy(10_000, 'not-sending')).toBeUndefined();
    expect(heard.unheard(10_000)).toBe(false);
  });
});

describe('the camera’s share', () => {
  it('shrinks with every receiver, and together stays at about 2 Mb/s', () => {
    const limits = Array.from({ length: 15 }, (_, at) => cameraLimit(at + 1));
    limits.forEach(({ maxBitrate }, at) => {
      expect(maxBitrate).toBeLessThanOrEqual(limits[Math.max(0, at - 1)]?.maxBitrate ?? 0);
      if (at < 10) expect(maxBitrate * (at + 1)).toBeLessThanOrEqual(2_000_000);
    });
    expect(cameraLimit(0)).toEqual(cameraLimit(1));
  });
});

describe('where a connection may go', () => {
  const { certificate } = certificateOf('Ana');
  const stun = { urls: ['stun:one.example', 'stun:two.example'] };
  const turn = { urls: 'TURNS:relay.example:443?transport=tcp' };
  const policy = (iceServers: { urls: string | string[] }[], wished: 'all' | 'relay', path: 'any' | 'relay') =>
    configurationOf({ iceServers, iceTransportPolicy: wished }, path, certificate).iceTransportPolicy;

  it('is through the relay alone where that is wished, also without one', () => {
    expect(policy([stun, turn], 'relay', 'any')).toBe('relay');
    expect(policy([stun], 'relay', 'any')).toBe('relay');
  });

  it('is through the relay alone for an attempt, where there is one', () => {
    expect([policy([stun, turn], 'all', 'relay'), policy([stun], 'all', 'relay')]).toEqual(['relay', 'all']);
    expect(policy([stun, turn], 'all', 'any')).toBe('all');
  });

  it('is in one bundle, with the certificate that everyone was told', () => {
    const made = configurationOf({ iceServers: [stun], iceTransportPolicy: 'all' }, 'any', certificate);
    expect(made).toMatchObject({ bundlePolicy: 'max-bundle', certificates: [certificate], iceServers: [stun] });
  });
});
