/** The four corners one's own small picture can stand in, and how it gets from one to another. Pure. */
import type { Rect, Size } from '../../grid.ts';

export interface Corner {
  readonly block: 'start' | 'end';
  /** `left` and `right` are the glass's, not the text's: a drag and an arrow key mean what the hand means. */
  readonly inline: 'left' | 'right';
}

export const FIRST_CORNER: Corner = { block: 'end', inline: 'right' };

/** Arrow keys; undefined for any other key. */
export function cornerByKey(corner: Corner, key: string): Corner | undefined {
  switch (key) {
    case 'ArrowUp':
      return { ...corner, block: 'start' };
    case 'ArrowDown':
      return { ...corner, block: 'end' };
    case 'ArrowLeft':
      return { ...corner, inline: 'left' };
    case 'ArrowRight':
      return { ...corner, inline: 'right' };
    default:
      return undefined;
  }
}

/** Clockwise: what a click does, for those who neither drag nor use arrows. */
export function nextCorner({ block, inline }: Corner): Corner {
  if (block === 'end') return inline === 'right' ? { block, inline: 'left' } : { block: 'start', inline };
  return inline === 'left' ? { block, inline: 'right' } : { block: 'end', inline };
}

/** The corner nearest to where the middle of a tile was let go. */
export function cornerAt(middle: { x: number; y: number }, area: Size): Corner {
  return {
    block: middle.y < area.height / 2 ? 'start' : 'end',
    inline: middle.x < area.width / 2 ? 'left' : 'right',
  };
}

/** A fifth of the stage, 104–240 px wide; upright where the stage is. */
export function cornerRect(corner: Corner, area: Size, margin: number): Rect {
  const upright = area.height > area.width;
  const width = Math.max(104, Math.min(240, area.width * (upright ? 0.28 : 0.19)));
  const height = upright ? width * 1.35 : (width * 9) / 16;
  return {
    x: corner.inline === 'left' ? margin : area.width - width - margin,
    y: corner.block === 'start' ? margin : area.height - height - margin,
    width,
    height,
  };
}
