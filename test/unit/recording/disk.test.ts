import { describe, expect, it, vi } from 'vitest';
import { DiskFile, type SyncHandle } from '../../../web/recording/disk.ts';

const data = (length: number) => new Uint8Array(length);
const full = () => new DOMException('full', 'QuotaExceededError');

/** A disk with so many bytes left. */
function disk(capacity: number) {
  const state = { capacity, size: 0, flushed: 0, closed: 0, gone: false };
  const handle: SyncHandle = {
    write(bytes, { at }) {
      if (state.gone) throw new DOMException('gone', 'InvalidStateError');
      if (at + bytes.byteLength > state.capacity) throw full();
      state.size = Math.max(state.size, at + bytes.byteLength);
      return bytes.byteLength;
    },
    truncate: () => undefined,
    getSize: () => state.size,
    flush: () => void (state.flushed += 1),
    close: () => void (state.closed += 1),
  };
  const onProblem = vi.fn();
  const onFull = vi.fn(() => false);
  return { state, handle, onProblem, onFull, file: new DiskFile({ handle, onFull, onProblem }) };
}

describe('a full disk', () => {
  it('is told once, gets the reserve, and the file can still be finished', () => {
    const { file, state, onProblem, onFull } = disk(10);
    onFull.mockImplementation(() => {
      state.capacity += 10;
      return true;
    });
    file.write(data(8), 0);
    expect(onProblem).not.toHaveBeenCalled();
    file.write(data(8), 8);
    expect(onProblem.mock.calls).toEqual([['disk-full']]);
    file.write(data(4), 16);
    file.write(data(2), 0);
    expect([file.size, file.complete]).toEqual([20, true]);
    file.close();
    expect([state.closed, state.flushed, file.complete]).toEqual([1, 1, true]);
    expect(onProblem).toHaveBeenCalledTimes(1);
  });

  it('without a reserve leaves what was written, and nothing is written after the hole', () => {
    const { file, state, onProblem } = disk(10);
    file.write(data(8), 0);
    file.write(data(8), 8);
    file.write(data(1), 0);
    expect([file.size, state.size, file.complete]).toEqual([8, 8, false]);
    file.close();
    expect([state.closed, file.complete]).toEqual([1, false]);
    expect(onProblem.mock.calls).toEqual([['disk-full']]);
  });

  it('is noticed when the system writes only a part', () => {
    const { file, handle, onProblem } = disk(100);
    handle.write = () => 3;
    file.write(data(8), 0);
    expect(onProblem.mock.calls).toEqual([['disk-full']]);
  });
});

it('storage that goes away ends the file, and closing it throws nothing', () => {
  const { file, state, handle, onProblem, onFull } = disk(100);
  file.write(data(8), 0);
  state.gone = true;
  handle.close = () => {
    throw new DOMException('gone', 'InvalidStateError');
  };
  file.write(data(8), 8);
  file.flush();
  file.close();
  expect(onProblem.mock.calls).toEqual([['write-failed']]);
  expect(onFull).not.toHaveBeenCalled();
  expect(file.complete).toBe(false);
});
