import { describe, expect, it, vi } from 'vitest';
import { DiskFile, Reserve, RESERVE_NAME, type Given, type SyncHandle } from '../../../web/recording/disk.ts';

const data = (length: number) => new Uint8Array(length);
const full = () => new DOMException('full', 'QuotaExceededError');

/** A disk with so many bytes left. */
function disk(capacity: number) {
  const state = { capacity, size: 0, flushed: 0, closed: 0, gone: false };
  const content = new Uint8Array(100);
  const handle: SyncHandle = {
    read(into, { at }) {
      into.set(content.subarray(at, at + into.length));
      return into.length;
    },
    write(bytes, { at }) {
      if (state.gone) throw new DOMException('gone', 'InvalidStateError');
      if (at + bytes.byteLength > state.capacity) throw full();
      if (at + bytes.byteLength <= content.length) content.set(bytes, at);
      state.size = Math.max(state.size, at + bytes.byteLength);
      return bytes.byteLength;
    },
    truncate: () => undefined,
    getSize: () => state.size,
    flush: () => void (state.flushed += 1),
    close: () => void (state.closed += 1),
  };
  const onProblem = vi.fn();
  const onFull = vi.fn((): Given => 'nothing');
  return { state, content, handle, onProblem, onFull, file: new DiskFile({ handle, onFull, onProblem }) };
}

describe('a full disk', () => {
  it('is told once, gets the reserve, and the file can still be finished', () => {
    const { file, state, onProblem, onFull } = disk(10);
    onFull.mockImplementation(() => {
      state.capacity += 10;
      return 'last';
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

  it('goes on, untold, while the reserve has more to give', () => {
    const { file, state, onProblem, onFull } = disk(10);
    const gifts: Given[] = ['more', 'last'];
    onFull.mockImplementation(() => {
      state.capacity += 10;
      return gifts.shift() ?? 'nothing';
    });
    file.write(data(8), 0);
    file.write(data(8), 8);
    expect([onFull.mock.calls.length, onProblem.mock.calls.length]).toEqual([1, 0]);
    file.write(data(8), 16);
    expect([onFull.mock.calls.length, onProblem.mock.calls]).toEqual([2, [['disk-full']]]);
    file.write(data(6), 24);
    expect([onFull.mock.calls.length, file.complete]).toEqual([2, true]);
    onFull.mockReturnValue('nothing');
    file.write(data(8), 30);
    expect([file.size, file.complete]).toEqual([30, false]);
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

describe('a reserve', () => {
  const MB = 1_000_000;
  const on = (capacity: number) => {
    const { state, handle } = disk(capacity);
    handle.truncate = (size) => void (state.size = size);
    const made: string[] = [];
    const folder = {
      getFileHandle: async (name: string) => {
        made.push(name);
        return { createSyncAccessHandle: async () => handle };
      },
    };
    // As much of a folder as the reserve uses.
    return { state, made, folder: folder as unknown as FileSystemDirectoryHandle, reserve: new Reserve() };
  };

  it('is 4 MB at once and grows to 24; most of it is given first, the rest last', async () => {
    const { state, made, folder, reserve } = on(100 * MB);
    expect(await reserve.take(folder)).toBe(true);
    expect([made, state.size]).toEqual([[RESERVE_NAME], 4 * MB]);
    for (let turn = 0; turn < 30; turn += 1) expect(reserve.grow()).toBe(true);
    expect(state.size).toBe(24 * MB);
    expect([reserve.release(), state.size]).toEqual(['more', 4 * MB]);
    expect([reserve.grow(), state.size]).toEqual([true, 4 * MB]);
    expect([reserve.release(), state.size]).toEqual(['last', 0]);
    expect(reserve.release()).toBe('nothing');
  });

  it('says once where the disk has no room for more of it', async () => {
    const { folder, reserve } = on(5 * MB);
    await reserve.take(folder);
    expect([reserve.grow(), reserve.grow(), reserve.grow()]).toEqual([true, false, true]);
    expect([reserve.release(), reserve.release()]).toEqual(['more', 'last']);
  });

  it('leaves all there is to the recording where there is no room for it', async () => {
    const { state, folder, reserve } = on(3 * MB);
    expect(await reserve.take(folder)).toBe(false);
    expect([state.size, reserve.release()]).toEqual([0, 'nothing']);
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

it('goes on in another file with all that was written, and never closes the one that is gone', () => {
  const gone = disk(100);
  const next = disk(100);
  gone.file.write(Uint8Array.of(1, 2, 3), 0);
  gone.file.moveTo(next.handle);
  gone.file.write(Uint8Array.of(9), 1);
  gone.file.write(Uint8Array.of(4), 3);
  gone.file.close();
  expect([...next.content.subarray(0, 4)]).toEqual([1, 9, 3, 4]);
  expect([gone.state.closed, next.state.closed]).toEqual([0, 1]);
});
