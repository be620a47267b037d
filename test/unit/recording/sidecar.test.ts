import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { guessSidecar, newId, parseSidecar, savedNames, type Sidecar } from '../../../web/recording/sidecar.ts';

/** 14:02 wherever the test runs. */
const AT = new Date(2026, 10, 22, 14, 2).getTime();

const sidecar: Sidecar = {
  version: 1,
  id: `${AT}-abc`,
  startedAt: AT,
  mode: 'tracks',
  format: 'webm',
  whole: true,
  files: [
    { file: '0.webm', kind: 'person', name: 'Ana', offset: 0, duration: 12.5 },
    { file: '1.webm', kind: 'screen', name: 'Ana', offset: 3.25, duration: 4 },
    { file: '2.webm', kind: 'person', name: 'ana', offset: 7 },
  ],
};

describe('a sidecar', () => {
  it('reads back what was written', () => {
    expect(parseSidecar(JSON.stringify(sidecar))).toEqual(sidecar);
    const downloaded = { ...sidecar, downloadedAt: 5 };
    expect(parseSidecar(JSON.stringify(downloaded))).toEqual(downloaded);
  });

  it('is not believed when it was cut off or is something else', () => {
    const text = JSON.stringify(sidecar);
    for (let length = 0; length < text.length; length += 1) expect(parseSidecar(text.slice(0, length))).toBeUndefined();
    const wrong = [
      { version: 2 },
      { mode: 'video' },
      { format: 'avi' },
      { files: [{ file: 1 }] },
      { files: {} },
      { id: 3 },
    ];
    for (const change of wrong) expect(parseSidecar(JSON.stringify({ ...sidecar, ...change }))).toBeUndefined();
  });

  it('never throws', () => {
    fc.assert(fc.property(fc.json(), (text) => void parseSidecar(text)));
  });

  it('is guessed from the folder’s name where none can be read', () => {
    expect(guessSidecar(newId(AT), ['0.webm'])).toMatchObject({ startedAt: AT, mode: 'meeting', whole: false });
    expect(guessSidecar('nonsense', [])).toMatchObject({ startedAt: 0, files: [] });
  });
});

describe('saved files', () => {
  it('are called after the meeting’s time, whose they are, and no two alike on any disk', () => {
    expect([...savedNames(sidecar).values()]).toEqual([
      'Meeting 2026-11-22 14.02 - Ana.webm',
      'Meeting 2026-11-22 14.02 - Ana screen.webm',
      'Meeting 2026-11-22 14.02 - ana 2.webm',
    ]);
    const whole: Sidecar = { ...sidecar, files: [{ file: '0.mp4', kind: 'meeting', name: '', offset: 0 }] };
    expect(savedNames(whole).get('0.mp4')).toBe('Meeting 2026-11-22 14.02.mp4');
  });

  it('keep nothing of a name that a disk would refuse', () => {
    const named = (name: string) =>
      savedNames({ ...sidecar, files: [{ file: '0.webm', kind: 'person', name, offset: 0 }] }).get('0.webm');
    expect(named('../../etc/passwd\u202e')).toBe('Meeting 2026-11-22 14.02 - etcpasswd.webm');
    expect(named('A\n<b>:"|?*\\')).toBe('Meeting 2026-11-22 14.02 - A b.webm');
    expect(named('...')).toBe('Meeting 2026-11-22 14.02.webm');
    fc.assert(fc.property(fc.string({ unit: 'binary-ascii' }), (name) => !/[/\\:*?"<>|\n\0]/.test(named(name) ?? '/')));
  });
});
