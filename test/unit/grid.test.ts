import { describe, expect, it } from 'vitest';
import { bestGrid, fitInside, sidebar, tileGrid, type Rect, type Size } from '../../web/grid.ts';

/** [people, columns, rows, tile width in CSS pixels], gap 8, tiles 16:9. */
const EXPECTED: Record<string, [number, number, number, number][]> = {
  '1920x960': [
    [1, 1, 1, 1678],
    [2, 2, 1, 948],
    [3, 2, 2, 832],
    [4, 2, 2, 832],
    [5, 3, 2, 629],
    [6, 3, 2, 629],
    [7, 3, 3, 549],
    [8, 3, 3, 549],
  ],
  '1280x640': [
    [1, 1, 1, 1109],
    [2, 2, 1, 628],
    [3, 2, 2, 547],
    [4, 2, 2, 547],
    [5, 3, 2, 416],
    [6, 3, 2, 416],
    [7, 3, 3, 360],
    [8, 3, 3, 360],
  ],
  '390x700': [
    [1, 1, 1, 374],
    [2, 1, 2, 374],
    [3, 1, 3, 374],
    [4, 1, 4, 293],
    [5, 1, 5, 231],
    [6, 1, 6, 190],
    [7, 2, 4, 183],
    [8, 2, 4, 183],
  ],
  '844x320': [
    [1, 1, 1, 540],
    [2, 2, 1, 410],
    [3, 3, 1, 270],
    [4, 2, 2, 263],
    [7, 4, 2, 201],
    [8, 4, 2, 201],
  ],
};

describe('bestGrid', () => {
  for (const [name, rows] of Object.entries(EXPECTED)) {
    const [width = 0, height = 0] = name.split('x').map(Number);
    it.each(rows)(`gives ${name} with %i people %i columns, %i rows`, (count, columns, lines, wide) => {
      const grid = bestGrid(count, { width, height });
      expect([grid.columns, grid.rows]).toEqual([columns, lines]);
      expect(Math.abs(grid.width - wide)).toBeLessThan(1);
      expect(grid.width / grid.height).toBeCloseTo(16 / 9);
    });
  }
});

const overlap = (a: Rect, b: Rect) =>
  a.x < b.x + b.width - 0.01 &&
  b.x < a.x + a.width - 0.01 &&
  a.y < b.y + b.height - 0.01 &&
  b.y < a.y + a.height - 0.01;

const inside = (rect: Rect, area: Size) =>
  rect.x >= 0 && rect.y >= 0 && rect.x + rect.width <= area.width + 0.01 && rect.y + rect.height <= area.height + 0.01;

const AREAS: Size[] = [
  { width: 1252, height: 614 },
  { width: 898, height: 614 },
  { width: 390, height: 700 },
  { width: 320, height: 480 },
  { width: 844, height: 320 },
];

describe('tileGrid', () => {
  it.each(AREAS)('keeps every tile inside $width x $height and apart from the others', (area) => {
    for (let count = 1; count <= 16; count += 1) {
      const tiles = tileGrid(count, area);
      expect(tiles).toHaveLength(count);
      tiles.forEach((tile, index) => {
        expect(tile.width).toBeGreaterThan(0);
        expect(inside(tile, area)).toBe(true);
        for (const other of tiles.slice(index + 1)) expect(overlap(tile, other)).toBe(false);
      });
    }
  });

  it('centres a short last row', () => {
    const [first, second, third] = tileGrid(3, { width: 1280, height: 640 });
    expect(third?.x).toBeCloseTo(((first?.x ?? 0) + (second?.x ?? 0)) / 2);
  });

  it.each([
    { width: 898, height: 614 },
    { width: 700, height: 1000 },
  ])('never makes a tile of a wide stage ($width x $height) narrower than 4:3', (area) => {
    for (let count = 1; count <= 16; count += 1)
      for (const tile of tileGrid(count, area)) expect(tile.width / tile.height).toBeGreaterThanOrEqual(4 / 3 - 0.001);
  });

  it('fills the glass of an upright phone', () => {
    const tiles = tileGrid(4, { width: 390, height: 700 });
    expect(tiles[0]).toEqual({ x: 8, y: 8, width: 183, height: 338 });
    expect(tiles[3]).toEqual({ x: 199, y: 354, width: 183, height: 338 });
  });

  it('places nobody on an area of no size', () => {
    expect(tileGrid(3, { width: 0, height: 0 })).toEqual([]);
    expect(tileGrid(0, { width: 100, height: 100 })).toEqual([]);
  });
});

describe('sidebar', () => {
  it.each(AREAS)('keeps the big tile and the strip of $width x $height apart', (area) => {
    for (let count = 1; count <= 16; count += 1) {
      const { main, strip } = sidebar(count, area);
      expect(strip).toHaveLength(count);
      expect(inside(main, area)).toBe(true);
      expect(main.width * main.height).toBeGreaterThan((area.width * area.height) / 4);
      strip.forEach((tile, index) => {
        expect(inside(tile, area)).toBe(true);
        expect(overlap(tile, main)).toBe(false);
        for (const other of strip.slice(index + 1)) expect(overlap(tile, other)).toBe(false);
      });
    }
  });

  it('gives the big tile everything when it is alone', () => {
    expect(sidebar(0, { width: 100, height: 50 }).main).toEqual({ x: 8, y: 8, width: 84, height: 34 });
  });
});

describe('fitInside', () => {
  it('centres a wide picture in a tall area', () => {
    expect(fitInside(2, { width: 100, height: 100 })).toEqual({ x: 0, y: 25, width: 100, height: 50 });
  });
});
