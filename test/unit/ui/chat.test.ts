import { describe, expect, it } from 'vitest';
import type { ChatEntry } from '../../../web/chat.svelte.ts';
import { grouped } from '../../../web/ui/chat/groups.ts';
import { piecesOf } from '../../../web/ui/chat/links.ts';

const entry = (id: string, from: string, at: number): ChatEntry => ({
  id,
  from,
  name: from.toUpperCase(),
  text: id,
  at,
  mine: false,
  state: 'sent',
});

const ids = (entries: ChatEntry[]) => grouped(entries).map((group) => group.entries.map(({ id }) => id).join(' '));

describe('grouped', () => {
  it('puts together what one person says within two minutes', () => {
    expect(ids([entry('1', 'ana', 0), entry('2', 'ana', 119_000), entry('3', 'ana', 230_000)])).toEqual(['1 2 3']);
    expect(ids([entry('1', 'ana', 0), entry('2', 'ana', 121_000)])).toEqual(['1', '2']);
  });

  it('begins anew with another person, and with another name of the same one', () => {
    expect(ids([entry('1', 'ana', 0), entry('2', 'bo', 1), entry('3', 'ana', 2)])).toEqual(['1', '2', '3']);
    expect(ids([entry('1', 'ana', 0), { ...entry('2', 'ana', 1), name: 'Other' }])).toEqual(['1', '2']);
  });
});

const hrefs = (text: string) => piecesOf(text).flatMap(({ href }) => href ?? []);

describe('piecesOf', () => {
  it('finds addresses, with https where none is said', () => {
    expect(hrefs('see example.org/a and http://example.com.')).toEqual(['https://example.org/a', 'http://example.com']);
    expect(hrefs('ana@example.org')).toEqual(['mailto:ana@example.org']);
  });

  it('makes no link of any other scheme', () => {
    for (const text of [
      'javascript:alert(1)',
      'data:text/html,<b>',
      'file:///etc/passwd',
      'vbscript:x',
      'blob:https://a.b/c',
    ])
      for (const href of hrefs(text)) expect(new URL(href).protocol).toMatch(/^(https?|mailto):$/);
    expect(hrefs('javascript:alert(1)')).toEqual([]);
  });

  it('loses no character', () => {
    for (const text of ['<img src=x onerror=alert(1)>', 'a  b\n\nc', 'مرحبا example.org مرحبا', 'x'.repeat(4_000)])
      expect(
        piecesOf(text)
          .map((piece) => piece.text)
          .join(''),
      ).toBe(text);
  });
});
