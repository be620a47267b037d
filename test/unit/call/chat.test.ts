import fc from 'fast-check';
import * as v from 'valibot';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Chat } from '../../../web/chat.svelte.ts';
import { PeerMessage, TEXT_LIMITS, type ChatLine } from '../../../web/protocol.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** My chat; `reach` says whether everybody has a path now. */
function chat() {
  const world = { reach: true };
  const sent: PeerMessage[] = [];
  const sentTo: [string, PeerMessage][] = [];
  const made = new Chat({
    me: () => ({ sid: 'me', name: 'Ana' }),
    nameOf: (sid) => ({ bo: 'Bo', cleo: 'Cleo' })[sid] ?? '',
    broadcast: (message) => {
      sent.push(message);
      return world.reach;
    },
    send: (sid, message) => sentTo.push([sid, message]),
  });
  const texts = () => made.entries.map(({ text }) => text);
  const hear = (from: string, text: string, at = Date.now(), id = `${from}${text}`.slice(0, 32)) =>
    made.receive(from, { type: 'chat', id: id.replace(/\W/g, '-'), text, at });
  return { made, world, sent, sentTo, texts, hear };
}

const line = (from: string, text: string, at = 1): ChatLine => ({ id: text.slice(0, 20), from, name: from, text, at });

describe('what I say', () => {
  it('goes to everyone and is sent', () => {
    const { made, sent } = chat();
    made.send('  hello ');
    expect(sent).toMatchObject([{ type: 'chat', text: 'hello' }]);
    expect(made.entries).toMatchObject([{ from: 'me', name: 'Ana', text: 'hello', mine: true, state: 'sent' }]);
    expect(made.unread).toBe(0);
  });

  it('is nothing where it is empty', () => {
    const { made, sent } = chat();
    made.send(' \n\t ');
    expect([sent, made.entries]).toEqual([[], []]);
  });

  it('is cut to what a message may hold, and passes the schema', () => {
    const { made, sent } = chat();
    made.send('x'.repeat(10_000));
    expect(v.is(PeerMessage, sent[0])).toBe(true);
    expect(made.entries[0]?.text).toHaveLength(TEXT_LIMITS.chat);
  });

  it('is pending while somebody has no path, and sent once everybody has', () => {
    const { made, world } = chat();
    world.reach = false;
    made.send('wait');
    expect(made.entries[0]?.state).toBe('pending');
    made.delivered();
    expect(made.entries[0]?.state).toBe('sent');
  });

  it('is sent again by its own id when I ask for it', () => {
    const { made, world, sent } = chat();
    world.reach = false;
    made.send('wait');
    world.reach = true;
    made.retry(made.entries[0]?.id ?? '');
    expect(sent[1]).toEqual(sent[0]);
    expect(made.entries).toMatchObject([{ state: 'sent' }]);
    made.retry('unknown');
    expect(sent).toHaveLength(2);
  });

  it('in the last 5 minutes is said again over a new connection', () => {
    const { made, sentTo, hear } = chat();
    made.send('old');
    vi.advanceTimersByTime(300_001);
    made.send('new');
    hear('bo', 'not mine');
    made.repeat('bo');
    expect(sentTo).toMatchObject([['bo', { type: 'chat', text: 'new' }]]);
  });
});

describe('what others say', () => {
  it('is shown once, however often it comes', () => {
    const { hear, texts } = chat();
    hear('bo', 'hello');
    hear('bo', 'hello');
    expect(texts()).toEqual(['hello']);
  });

  it('is not silenced by the same id of somebody else', () => {
    const { hear, texts } = chat();
    hear('bo', 'one', 1, 'same');
    hear('cleo', 'two', 2, 'same');
    expect(texts()).toEqual(['one', 'two']);
  });

  it('stands in the order of its time, in whatever order it comes', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray([1, 2, 3, 4, 5, 6], { minLength: 6 }), (times) => {
        const { hear, texts } = chat();
        for (const at of times) hear('bo', String(at), at);
        expect(texts()).toEqual(['1', '2', '3', '4', '5', '6']);
      }),
    );
  });

  it('is unread while the chat is closed, and read once it opens', () => {
    const { made, hear } = chat();
    hear('bo', 'one');
    hear('bo', 'one');
    hear('bo', 'two');
    expect(made.unread).toBe(2);
    made.open = true;
    hear('bo', 'three');
    expect(made.unread).toBe(0);
  });

  it('is the last 500, and the one after that is still unread', () => {
    const { made, hear, texts } = chat();
    for (let at = 0; at < 501; at += 1) hear('bo', `line ${at}`, at);
    expect([texts().length, texts()[0], made.unread]).toEqual([500, 'line 1', 501]);
  });

  it('bears the name that they had, and is exported as a line', () => {
    const { made, hear } = chat();
    hear('bo', 'hello', 0);
    expect(made.export()).toBe('1970-01-01T00:00:00.000Z Bo: hello\n');
  });
});

describe('what was said before I came', () => {
  it('is asked of the first, once', () => {
    const { made, sentTo } = chat();
    made.catchUp('bo');
    made.catchUp('bo');
    expect(sentTo).toEqual([['bo', { type: 'history-request' }]]);
  });

  it('is asked of the next where the first has left without a word', () => {
    const { made, sentTo } = chat();
    made.catchUp('bo');
    made.catchUp('cleo');
    made.learn('cleo', [line('dan', 'early')]);
    made.catchUp('bo');
    expect(sentTo.map(([sid]) => sid)).toEqual(['bo', 'cleo']);
  });

  it('is believed of nobody who was not asked', () => {
    const { made, texts } = chat();
    made.learn('bo', [line('cleo', 'I owe Bo 100 €')]);
    made.catchUp('cleo');
    made.learn('bo', [line('cleo', 'I owe Bo 100 €')]);
    expect(texts()).toEqual([]);
    made.learn('cleo', [line('cleo', 'no, I do not')]);
    expect(texts()).toEqual(['no, I do not']);
  });

  it('comes in its order among what is said since, and nothing twice', () => {
    const { made, hear, texts } = chat();
    made.catchUp('bo');
    hear('cleo', 'now', 5, 'now');
    made.learn('bo', [line('dan', 'early', 1), line('cleo', 'now', 5), line('bo', 'late', 9)]);
    made.learn('bo', [line('dan', 'early', 1)]);
    expect(texts()).toEqual(['early', 'now', 'late']);
  });

  it('never speaks as me, and its names are cleaned', () => {
    const { made } = chat();
    made.catchUp('bo');
    made.learn('bo', [line('me', 'I agree'), { ...line('dan', 'hi'), name: 'Dan\u202e\nx' }]);
    expect(made.entries).toMatchObject([{ from: 'dan', name: 'Dan x', mine: false, state: 'sent' }]);
    expect(made.unread).toBe(0);
  });

  it('is told to a late joiner who can read it whole', () => {
    const { made, sentTo, hear } = chat();
    for (let at = 0; at < 500; at += 1) hear('bo', `${at} ${'漢'.repeat(at % 300)}`, at);
    made.tell('dan');
    const histories = sentTo.map(([, message]) => message);
    expect(histories.length).toBeGreaterThan(1);
    for (const message of histories) {
      expect(v.is(PeerMessage, message)).toBe(true);
      expect(new TextEncoder().encode(JSON.stringify([message])).length).toBeLessThan(262_144);
    }
    const other = chat();
    other.made.catchUp('ana');
    for (const message of histories) if (message.type === 'history') other.made.learn('ana', message.lines);
    expect(other.texts()).toEqual(made.entries.map(({ text }) => text));
  });

  it('is still readable whole where every line is short and every name is long', () => {
    const { made, sentTo } = chat();
    made.catchUp('bo');
    made.learn(
      'bo',
      Array.from({ length: 500 }, (_, at) => ({
        id: String(at).padEnd(32, '-'),
        from: 'd'.repeat(32),
        name: '漢'.repeat(64),
        text: '字'.repeat(79),
        at: 1_800_000_000_000 + at,
      })),
    );
    sentTo.splice(0);
    made.tell('dan');
    expect(sentTo.length).toBeGreaterThan(1);
    for (const [, message] of sentTo) {
      expect(new TextEncoder().encode(JSON.stringify([message])).length).toBeLessThan(262_144);
    }
  });

  it('is nothing where nothing was said', () => {
    const { made, sentTo } = chat();
    made.tell('dan');
    expect(sentTo).toEqual([]);
  });
});

describe('the schema of what people say', () => {
  const said = { type: 'chat', id: 'a', text: 'x', at: 0 };
  it.each([
    ['an empty text', { ...said, text: '' }],
    ['a text of 4,001 characters', { ...said, text: 'x'.repeat(4_001) }],
    ['an id that is none', { ...said, id: '<b>' }],
    ['a time before all times', { ...said, at: -1 }],
    ['a time that no Date can hold', { ...said, at: 8.64e15 + 1 }],
    ['a time that is no number', { ...said, at: '0' }],
    ['a time without end', { ...said, at: Infinity }],
  ])('refuses %s', (_, message) => {
    expect(v.is(PeerMessage, message)).toBe(false);
  });

  it('takes every time that a Date can show', () => {
    const last = { ...said, at: 8.64e15 };
    expect(v.is(PeerMessage, last)).toBe(true);
    const { made } = chat();
    made.receive('bo', { type: 'chat', id: 'a', text: 'x', at: last.at });
    expect(() => made.export()).not.toThrow();
  });
});
