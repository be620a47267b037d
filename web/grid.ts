/**
 * Where tiles go: pure geometry in CSS pixels, used by the stage and by recordings.
 * Refuses to know what a tile shows, the DOM, and who is speaking.
 */

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Top left corner and size, relative to the area's top left corner. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

export interface Grid extends Size {
  readonly columns: number;
  readonly rows: number;
}

export interface GridOptions {
  /** Between tiles and around them. */
  readonly gap: number;
  /** Width over height of a tile. */
  readonly ratio: number;
}

/** Gap of the design's sketches; 16:9 is what cameras give. */
export const GRID: GridOptions = { gap: 8, ratio: 16 / 9 };

/** No face is cut off at the sides while a tile is at least this wide for its height. */
const NARROWEST = 4 / 3;

/** The columns and rows that make `count` tiles of one ratio widest; ties go to fewer columns. */
export function bestGrid(count: number, area: Size, { gap, ratio }: GridOptions = GRID): Grid {
  let best: Grid = { columns: 0, rows: 0, width: 0, height: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const across = (area.width - gap * (columns + 1)) / columns;
    const down = (area.height - gap * (rows + 1)) / rows;
    const width = Math.max(0, Math.min(across, down * ratio));
    if (width > best.width) best = { columns, rows, width, height: width / ratio };
  }
  return best;
}

/** Tiles of one size in reading order, the whole centred in the area, a short last row centred in it. */
export function placeGrid(count: number, area: Size, grid: Grid, gap: number = GRID.gap): Rect[] {
  const top = (area.height - span(grid.rows, grid.height, gap)) / 2;
  return Array.from({ length: count }, (_, index) => {
    const row = Math.floor(index / grid.columns);
    const inRow = Math.min(grid.columns, count - row * grid.columns);
    const left = (area.width - span(inRow, grid.width, gap)) / 2;
    const column = index - row * grid.columns;
    return {
      x: left + column * (grid.width + gap),
      y: top + row * (grid.height + gap),
      width: grid.width,
      height: grid.height,
    };
  });
}

/**
 * The stage's grid. Wide areas: the best 16:9 grid, its tiles grown downwards into free height, no narrower than 4:3.
 * Upright phones: tiles fill the glass, in the columns that bring them closest to a square.
 */
export function tileGrid(count: number, area: Size, gap: number = GRID.gap): Rect[] {
  if (count === 0 || area.width <= 0 || area.height <= 0) return [];
  const upright = area.height > area.width && area.width < 600;
  return placeGrid(
    count,
    area,
    upright ? fill(count, area, gap) : grow(bestGrid(count, area, { ...GRID, gap }), area, gap),
    gap,
  );
}

function grow(grid: Grid, area: Size, gap: number): Grid {
  const free = (area.height - gap * (grid.rows + 1)) / grid.rows;
  return { ...grid, height: Math.max(grid.height, Math.min(free, grid.width / NARROWEST)) };
}

function fill(count: number, area: Size, gap: number): Grid {
  let best: Grid | undefined;
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns);
    const width = (area.width - gap * (columns + 1)) / columns;
    const height = (area.height - gap * (rows + 1)) / rows;
    if (width <= 0 || height <= 0) continue;
    if (!best || distance(width, height) < distance(best.width, best.height)) best = { columns, rows, width, height };
  }
  return best ?? bestGrid(count, area, { ...GRID, gap });
}

/** How far a tile is from a square, the same for twice as wide and twice as tall. */
const distance = (width: number, height: number): number => Math.abs(Math.log(width / height));

const span = (count: number, size: number, gap: number): number => count * size + (count - 1) * gap;

/** The largest box of `ratio` inside `area`, centred: what `object-fit: contain` shows. */
export function fitInside(ratio: number, area: Size): Rect {
  const width = Math.min(area.width, area.height * ratio);
  const height = width / ratio;
  return { x: (area.width - width) / 2, y: (area.height - height) / 2, width, height };
}

/** One big tile and a strip of small ones: beside it where the area is wide, below it where it is upright. */
export function sidebar(count: number, area: Size, gap: number = GRID.gap): { main: Rect; strip: Rect[] } {
  const whole: Rect = { x: gap, y: gap, width: area.width - 2 * gap, height: area.height - 2 * gap };
  if (count === 0) return { main: whole, strip: [] };
  const beside = area.width >= area.height;
  const strip = beside ? besideStrip(count, area, gap) : belowStrip(count, area, gap);
  const first = strip[0];
  if (!first) return { main: whole, strip };
  const main = beside
    ? { ...whole, width: Math.min(...strip.map((rect) => rect.x)) - 2 * gap }
    : { ...whole, height: Math.min(...strip.map((rect) => rect.y)) - 2 * gap };
  return { main, strip };
}

/** A fifth of the width, at least 140 px; a second column when one would make tiles lower than 72 px. */
function besideStrip(count: number, area: Size, gap: number): Rect[] {
  const inner = area.height - gap;
  const widest = Math.max(140, Math.min(280, area.width * 0.2));
  const columns = inner / count - gap < 72 && count > 1 ? 2 : 1;
  const rows = Math.ceil(count / columns);
  const height = Math.min(widest / GRID.ratio, inner / rows - gap);
  const width = Math.min(widest, height * GRID.ratio) / (columns === 2 ? 1.2 : 1);
  const left = area.width - columns * (width + gap);
  const top = (area.height - span(rows, height, gap)) / 2;
  return Array.from({ length: count }, (_, index) => ({
    x: left + (index % columns) * (width + gap),
    y: top + Math.floor(index / columns) * (height + gap),
    width,
    height,
  }));
}

/** One row up to four tiles, else two. */
function belowStrip(count: number, area: Size, gap: number): Rect[] {
  const rows = count > 4 ? 2 : 1;
  const columns = Math.ceil(count / rows);
  const width = Math.min((area.width - gap * (columns + 1)) / columns, 200);
  const height = Math.min(width / NARROWEST, area.height * (rows === 1 ? 0.24 : 0.16));
  const grid: Grid = { columns, rows, width, height };
  const band: Size = { width: area.width, height: span(rows, height, gap) };
  return placeGrid(count, band, grid, gap).map((rect) => ({ ...rect, y: rect.y + area.height - band.height - gap }));
}
