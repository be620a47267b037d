/**
 * What stands where in a recorded picture, and which files a recording has: from people to placements and file plans.
 * Pure; the geometry is grid.ts, the same as the screen's. Refuses to know canvases and frames.
 */
import { sidebar, tileGrid, type Rect, type Size } from '../grid.ts';
import type { Person } from './messages.ts';
import type { RecordingMode } from './states.ts';

/** 720p: what the meeting is recorded at. */
export const MEETING_SIZE: Size = { width: 1280, height: 720 };
const CAMERA_SIZE: Size = { width: 640, height: 360 };

export interface Placement {
  readonly rect: Rect;
  readonly kind: 'camera' | 'screen';
  /** Id of the picture's track; undefined: initials. */
  readonly track: string | undefined;
  readonly name: string;
  readonly speaking: boolean;
  readonly muted: boolean;
  /** The name on the picture: not in files that belong to one person. */
  readonly labelled: boolean;
}

export type FileKind = 'meeting' | 'person' | 'screen';

/** A file that the recording should be writing now. Its key is also its sound line's. */
export interface FilePlan {
  readonly key: string;
  readonly kind: FileKind;
  /** Whose; empty for the meeting. */
  readonly sid: string;
  readonly name: string;
  /** Undefined: sound only. */
  readonly size: Size | undefined;
  readonly channels: 1 | 2;
}

export const MEETING_KEY = 'meeting';
export const personKey = (sid: string): string => `person:${sid}`;
export const screenKey = (sid: string, track: string): string => `screen:${sid}:${track}`;

/** Sound alone, or pictures too. */
export const hasPictures = (mode: RecordingMode): boolean => mode === 'meeting' || mode === 'tracks';
/** A file for each, or one for all. */
export const isSplit = (mode: RecordingMode): boolean => mode === 'tracks' || mode === 'audio-tracks';

export function planFiles(people: readonly Person[], mode: RecordingMode): FilePlan[] {
  const pictures = hasPictures(mode);
  if (!isSplit(mode)) {
    const size = pictures ? MEETING_SIZE : undefined;
    return [{ key: MEETING_KEY, kind: 'meeting', sid: '', name: '', size, channels: 2 }];
  }
  return people.flatMap(({ sid, name, screen }) => {
    const size = pictures ? CAMERA_SIZE : undefined;
    const person: FilePlan = { key: personKey(sid), kind: 'person', sid, name, size, channels: 1 };
    if (screen === undefined) return [person];
    const own = { sid, name, size: pictures ? MEETING_SIZE : undefined };
    return [person, { ...own, key: screenKey(sid, screen), kind: 'screen', channels: 2 }];
  });
}

/** Where everything is in the file of `plan`. */
export function arrange(plan: FilePlan, people: readonly Person[]): Placement[] {
  const whole = { x: 0, y: 0, ...(plan.size ?? MEETING_SIZE) };
  if (plan.kind === 'meeting') return meeting(people, whole);
  const person = people.find(({ sid }) => sid === plan.sid);
  if (!person) return [];
  if (plan.kind === 'screen') return [{ ...screenOf(person), rect: whole, labelled: false }];
  return [{ ...cameraOf(person), rect: whole, speaking: false, muted: false, labelled: false }];
}

/** How large the pictures of each track are drawn; a track is drawn in one file. */
export function drawnSizes(people: readonly Person[], mode: RecordingMode): Map<string, Size> {
  const drawn = planFiles(people, mode).flatMap((plan) => (plan.size ? arrange(plan, people) : []));
  return new Map(
    drawn.flatMap(({ track, rect: { width, height } }) =>
      track === undefined ? [] : [[track, { width, height }] as const],
    ),
  );
}

/** The newest share large with everybody beside it, else a grid. */
function meeting(people: readonly Person[], area: Size): Placement[] {
  const presenter = people.findLast(({ screen }) => screen !== undefined);
  if (!presenter) {
    const rects = tileGrid(people.length, area);
    return people.flatMap((person, index) => placed(cameraOf(person), rects[index]));
  }
  const { main, strip } = sidebar(people.length, area);
  return [
    ...placed(screenOf(presenter), main),
    ...people.flatMap((person, index) => placed(cameraOf(person), strip[index])),
  ];
}

type Unplaced = Omit<Placement, 'rect'>;

function cameraOf({ camera, name, speaking, muted }: Person): Unplaced {
  return { kind: 'camera', track: camera, name, speaking, muted, labelled: true };
}

function screenOf({ screen, name }: Person): Unplaced {
  return { kind: 'screen', track: screen, name, speaking: false, muted: false, labelled: true };
}

/** On even pixels: 4:2:0 has one colour for two by two of them. */
function placed(unplaced: Unplaced, rect: Rect | undefined): Placement[] {
  if (!rect) return [];
  const even = (value: number): number => Math.round(value / 2) * 2;
  const [x, y] = [even(rect.x), even(rect.y)];
  return [
    { ...unplaced, rect: { x, y, width: even(rect.x + rect.width) - x, height: even(rect.y + rect.height) - y } },
  ];
}
