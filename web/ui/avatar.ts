/** Initials and a colour for a person without a picture. Pure. */

/** First letters of the first and the last word, at most two; by grapheme, so that an emoji or a Hangul syllable stays whole. */
export function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const first = words[0];
  if (!first) return '';
  const last = words.length > 1 ? words[words.length - 1] : undefined;
  return (letter(first) + (last ? letter(last) : '')).toUpperCase();
}

/**
 * A dark, quiet ground and a light text of one hue. At these lightnesses every hue gives 4.5:1 and more (a unit
 * test computes all 360).
 */
export function coloursOf(name: string): { ground: string; text: string } {
  const hue = hueOf(name);
  return { ground: `hsl(${hue} 22% 31%)`, text: `hsl(${hue} 60% 92%)` };
}

/** FNV-1a over UTF-16 units, folded to a circle; the same name has the same hue in every browser. */
function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1)
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  return hash % 360;
}

function letter(word: string): string {
  const [first] = new Intl.Segmenter(undefined, { granularity: 'grapheme' }).segment(word);
  return first?.segment ?? '';
}
