/**
 * Draws a recorded picture: tiles with faces, initials, names and the speaking ring on one canvas, in the engine's worker.
 * Only what changed is drawn again: a tile costs some 2 % of a core without a GPU. Refuses to know files, time and tracks'
 * owners; where things stand is scene.ts.
 */
import { fitInside, type Rect, type Size } from '../grid.ts';
import type { Frames, Newest } from './frames.ts';
import type { Placement } from './scene.ts';

/** The call stage's colours (theme.css, which a worker cannot read). */
const GROUND = '#141210';
const SURFACE = '#211d1a';
const CHIP = 'rgb(15 12 10 / 0.66)';
const TEXT = '#f6f0e9';
const AMBER = '#f3a73f';
const OFF = '#ffb3ae';

const RADIUS = 16;
const RING = 4;
const FONT = 'system-ui, sans-serif';

export interface Drawn {
  /** False where the canvas is as it was. */
  readonly changed: boolean;
  /** Milliseconds, `performance.now()`, of the newest picture that was drawn. */
  readonly newest: number;
}

export class Compositor {
  readonly canvas: OffscreenCanvas;
  readonly #context: OffscreenCanvasRenderingContext2D;
  #placements: readonly Placement[] = [];
  #signature = '';
  #stale = true;
  #shown = new Map<Placement, VideoFrame | undefined>();

  constructor(size: Size) {
    this.canvas = new OffscreenCanvas(size.width, size.height);
    const context = this.canvas.getContext('2d', { alpha: false });
    if (!context) throw new Error('no 2D canvas');
    this.#context = context;
  }

  arrange(placements: readonly Placement[]): void {
    const signature = JSON.stringify(placements);
    if (signature === this.#signature) return;
    this.#signature = signature;
    this.#placements = placements;
    this.#stale = true;
  }

  draw(frames: Frames): Drawn {
    const whole = this.#stale;
    if (whole) this.#clear();
    let [changed, newest] = [whole, 0];
    for (const placement of this.#placements) {
      const picture = frames.get(placement.track);
      if (!whole && this.#shown.get(placement) === picture?.frame) continue;
      this.#shown.set(placement, picture?.frame);
      this.#tile(placement, picture);
      changed = true;
      newest = Math.max(newest, picture?.arrivedAt ?? 0);
    }
    return { changed, newest };
  }

  #clear(): void {
    this.#stale = false;
    this.#shown.clear();
    this.#context.fillStyle = GROUND;
    this.#context.fillRect(0, 0, this.canvas.width, this.canvas.height);
  }

  #tile(placement: Placement, picture: Newest | undefined): void {
    const { rect, kind, name, labelled, speaking } = placement;
    if (!picture) this.#initials(placement);
    else if (kind === 'screen') this.#contain(picture.frame, rect);
    else this.#cover(picture.frame, rect);
    if (!labelled) return;
    this.#corners(rect);
    if (speaking) this.#ring(rect);
    if (name !== '') this.#chip(placement);
  }

  #cover(frame: VideoFrame, rect: Rect): void {
    const { displayWidth: width, displayHeight: height } = frame;
    const scale = Math.max(rect.width / width, rect.height / height);
    const [w, h] = [rect.width / scale, rect.height / scale];
    this.#context.drawImage(frame, (width - w) / 2, (height - h) / 2, w, h, rect.x, rect.y, rect.width, rect.height);
  }

  #contain(frame: VideoFrame, rect: Rect): void {
    const inside = fitInside(frame.displayWidth / frame.displayHeight, rect);
    this.#context.fillStyle = SURFACE;
    this.#context.fillRect(rect.x, rect.y, rect.width, rect.height);
    this.#context.drawImage(frame, rect.x + inside.x, rect.y + inside.y, inside.width, inside.height);
  }

  #initials({ rect, name, kind }: Placement): void {
    const context = this.#context;
    context.fillStyle = SURFACE;
    context.fillRect(rect.x, rect.y, rect.width, rect.height);
    if (kind === 'screen') return;
    const [x, y] = [rect.x + rect.width / 2, rect.y + rect.height / 2];
    const radius = Math.min(rect.width, rect.height) * 0.24;
    const hue = hueOf(name);
    context.fillStyle = `hsl(${hue} 22% 31%)`;
    context.beginPath();
    context.arc(x, y, radius, 0, 2 * Math.PI);
    context.fill();
    context.fillStyle = `hsl(${hue} 60% 92%)`;
    context.font = `600 ${Math.round(radius * 0.8)}px ${FONT}`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillText(initialsOf(name), x, y + radius * 0.05);
  }

  /** Rounds a tile by painting the ground over its corners: clipping would cost on every picture. */
  #corners({ x, y, width, height }: Rect): void {
    const context = this.#context;
    context.fillStyle = GROUND;
    context.beginPath();
    context.rect(x, y, width, height);
    context.roundRect(x, y, width, height, RADIUS);
    context.fill('evenodd');
  }

  #ring({ x, y, width, height }: Rect): void {
    const context = this.#context;
    context.strokeStyle = AMBER;
    context.lineWidth = RING;
    context.beginPath();
    context.roundRect(x + RING / 2, y + RING / 2, width - RING, height - RING, RADIUS - RING / 2);
    context.stroke();
  }

  #chip({ rect, name, muted }: Placement): void {
    const context = this.#context;
    const size = rect.width < 240 ? 14 : 18;
    const [height, inset, icon] = [size * 1.7, size * 0.55, muted ? size * 1.1 : 0];
    context.font = `500 ${size}px ${FONT}`;
    context.textAlign = 'left';
    context.textBaseline = 'middle';
    const room = rect.width - 2 * inset - 2 * size * 0.7 - icon;
    const text = shortened(name, room, (part) => context.measureText(part).width);
    const width = context.measureText(text).width + 2 * size * 0.7 + icon;
    const [x, y] = [rect.x + inset, rect.y + rect.height - inset - height];
    context.fillStyle = CHIP;
    context.beginPath();
    context.roundRect(x, y, width, height, height / 2);
    context.fill();
    if (muted) this.#slashedMicrophone(x + size * 0.6, y + height / 2, size);
    context.fillStyle = TEXT;
    context.fillText(text, x + size * 0.7 + icon, y + height / 2 + 1);
  }

  #slashedMicrophone(x: number, y: number, size: number): void {
    const context = this.#context;
    const unit = size / 16;
    context.strokeStyle = OFF;
    context.lineWidth = 1.6 * unit;
    context.beginPath();
    context.roundRect(x + 4 * unit, y - 8 * unit, 5 * unit, 9 * unit, 2.5 * unit);
    context.moveTo(x + 1.5 * unit, y - 1 * unit);
    context.arc(x + 6.5 * unit, y - 1 * unit, 5 * unit, Math.PI, 0, true);
    context.moveTo(x + 6.5 * unit, y + 4 * unit);
    context.lineTo(x + 6.5 * unit, y + 7 * unit);
    context.moveTo(x, y - 7 * unit);
    context.lineTo(x + 13 * unit, y + 7 * unit);
    context.stroke();
  }
}

/** With an ellipsis in the middle where it is wider than `room`. */
function shortened(name: string, room: number, widthOf: (text: string) => number): string {
  if (widthOf(name) <= room) return name;
  const letters = [...name];
  for (let keep = letters.length - 1; keep > 1; keep -= 1) {
    const head = Math.ceil(keep / 2);
    const text = `${letters.slice(0, head).join('')}…${letters.slice(letters.length - (keep - head)).join('')}`;
    if (widthOf(text) <= room) return text;
  }
  return '…';
}

/** As on the screen: first letters of the first and the last word. */
function initialsOf(name: string): string {
  const words = name.trim().split(/\s+/).filter(Boolean);
  const ends = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return ends
    .map((word) => [...(word ?? '')][0] ?? '')
    .join('')
    .toUpperCase();
}

/** As on the screen: FNV-1a over UTF-16 units, folded to a circle. */
function hueOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < name.length; index += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(index), 0x01000193) >>> 0;
  }
  return hash % 360;
}
