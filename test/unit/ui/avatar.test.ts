import { describe, expect, it } from 'vitest';
import { coloursOf, initialsOf } from '../../../web/ui/avatar.ts';

describe('initialsOf', () => {
  it.each([
    ['Ana Marković', 'AM'],
    ['ana', 'A'],
    ['  Ana   Maria  Kovač ', 'AK'],
    ['田中 由美', '田由'],
    ['👩‍👩‍👧 Family', '👩‍👩‍👧F'],
    ['', ''],
    ['   ', ''],
  ])('of %j are %j', (name, initials) => expect(initialsOf(name)).toBe(initials));
});

/** WCAG 2.2, relative luminance and contrast ratio. */
function luminance(colour: string): number {
  const [h = 0, s = 0, l = 0] = [...colour.matchAll(/[\d.]+/g)].map(Number);
  const a = (s / 100) * Math.min(l / 100, 1 - l / 100);
  const channel = (n: number) => {
    const k = (n + h / 30) % 12;
    const value = l / 100 - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(0) + 0.7152 * channel(8) + 0.0722 * channel(4);
}

describe('coloursOf', () => {
  it('gives every name a text that can be read on its ground', () => {
    const hues = new Set<string>();
    for (let index = 0; index < 20_000; index += 1) {
      const { ground, text } = coloursOf(`name ${index}`);
      if (hues.has(ground)) continue;
      hues.add(ground);
      expect((luminance(text) + 0.05) / (luminance(ground) + 0.05)).toBeGreaterThanOrEqual(4.5);
    }
    expect(hues.size).toBe(360);
  });

  it('gives the same name the same colour', () => expect(coloursOf('Ana')).toEqual(coloursOf('Ana')));
});
