import { describe, expect, it } from 'vitest';
import { tileGrid } from '../../../web/grid.ts';
import type { Person } from '../../../web/recording/messages.ts';
import { arrange, drawnSizes, MEETING_SIZE, planFiles } from '../../../web/recording/scene.ts';

const person = (name: string, more: Partial<Person> = {}): Person => ({
  sid: name,
  name,
  speaking: false,
  muted: false,
  camera: `${name}-camera`,
  ...more,
});
const people = ['Ana', 'Bob', 'Carla'].map((name) => person(name));
const [meeting] = planFiles(people, 'meeting');

describe('a meeting is one file', () => {
  it('with everybody in the screen’s own grid, on even pixels', () => {
    if (!meeting) throw new Error('no plan');
    const placements = arrange(meeting, people);
    const rects = tileGrid(3, MEETING_SIZE);
    expect(placements.map(({ name, track }) => [name, track])).toEqual(people.map((one) => [one.name, one.camera]));
    for (const [index, { rect }] of placements.entries()) {
      expect([rect.x, rect.y, rect.width, rect.height].every((value) => value % 2 === 0)).toBe(true);
      expect(Math.abs(rect.width - (rects[index]?.width ?? 0))).toBeLessThanOrEqual(2);
      expect(rect.x + rect.width).toBeLessThanOrEqual(MEETING_SIZE.width);
      expect(rect.y + rect.height).toBeLessThanOrEqual(MEETING_SIZE.height);
    }
  });

  it('with the newest share large and everybody small beside it', () => {
    if (!meeting) throw new Error('no plan');
    const sharing = [person('Ana', { screen: 'old' }), person('Bob', { screen: 'new' }), person('Carla')];
    const [screen, ...strip] = arrange(meeting, sharing);
    expect(screen).toMatchObject({ kind: 'screen', track: 'new', name: 'Bob' });
    expect(strip.map(({ name, kind }) => `${name} ${kind}`)).toEqual(['Ana camera', 'Bob camera', 'Carla camera']);
    for (const { rect } of strip) expect(rect.width).toBeLessThan((screen?.rect.width ?? 0) / 3);
  });

  it('with initials for a camera that is off', () => {
    if (!meeting) throw new Error('no plan');
    const { camera: _, ...off } = person('Ana');
    expect(arrange(meeting, [off])).toMatchObject([{ kind: 'camera', track: undefined, name: 'Ana' }]);
  });

  it('and has no picture where only sound is recorded', () => {
    expect(planFiles(people, 'audio')).toEqual([{ ...meeting, size: undefined }]);
  });
});

describe('tracks are a file for each', () => {
  const sharing = [person('Ana', { screen: 'track-1' }), person('Bob')];

  it('and one for a shared screen, with its own key for every share', () => {
    expect(planFiles(sharing, 'tracks').map(({ key }) => key)).toEqual([
      'person:Ana',
      'screen:Ana:track-1',
      'person:Bob',
    ]);
  });

  it('whose picture is only that one, without a name or a ring on it', () => {
    const plans = planFiles(sharing, 'tracks');
    const pictures = plans.map((plan) => arrange(plan, sharing));
    expect(pictures.map((all) => all.map(({ track }) => track))).toEqual([['Ana-camera'], ['track-1'], ['Bob-camera']]);
    expect(pictures.flat().some(({ labelled, speaking }) => labelled || speaking)).toBe(false);
  });

  it('and empty once the person is gone', () => {
    const [plan] = planFiles(sharing, 'tracks');
    expect(plan && arrange(plan, [])).toEqual([]);
  });
});

it('how large each track is drawn is known before it is', () => {
  const [ana, bob] = [person('Ana', { screen: 'share' }), person('Bob')];
  expect(drawnSizes([bob], 'meeting').get('Bob-camera')?.width).toBeGreaterThan(1_200);
  const two = drawnSizes([person('Ana'), bob], 'meeting');
  expect(two.get('Ana-camera')).toEqual(two.get('Bob-camera'));
  expect(two.get('Bob-camera')?.width).toBeLessThan(MEETING_SIZE.width / 2);
  expect(drawnSizes([ana, bob], 'meeting').get('Bob-camera')?.width).toBeLessThan(300);
  expect(drawnSizes([ana, bob], 'tracks').get('Bob-camera')).toMatchObject({ width: 640, height: 360 });
  expect(drawnSizes([ana, bob], 'audio').size).toBe(0);
});
