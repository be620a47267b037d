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

/** With the system at once. */
function write(file: DiskFile, bytes: Uint8Array<ArrayBuffer>, at: number): void {
  file.write(bytes, at);
  file.settle();
}

describe('a full disk', () => {
  it('is told once, gets the reserve, and the file can still be finished', () => {
    const { file, state, onProblem, onFull } = disk(10);
    onFull.mockImplementation(() => {
      state.capacity += 10;
      return 'last';
    });
    write(file, data(8), 0);
    expect(onProblem).not.toHaveBeenCalled();
    write(file, data(8), 8);
    expect(onProblem.mock.calls).toEqual([['disk-full']]);
    write(file, data(4), 16);
    write(file, data(2), 0);
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
    write(file, data(8), 0);
    write(file, data(8), 8);
    expect([onFull.mock.calls.length, onProblem.mock.calls.length]).toEqual([1, 0]);
    write(file, data(8), 16);
    expect([onFull.mock.calls.length, onProblem.mock.calls]).toEqual([2, [['disk-full']]]);
    write(file, data(6), 24);
    expect([onFull.mock.calls.length, file.complete]).toEqual([2, true]);
    onFull.mockReturnValue('nothing');
    write(file, data(8), 30);
    expect([file.size, file.complete]).toEqual([30, false]);
    expect(onProblem).toHaveBeenCalledTimes(1);
  });

  it('without a reserve leaves what was written, and nothing is written after the hole', () => {
    const { file, state, onProblem } = disk(10);
    write(file, data(8), 0);
    write(file, data(8), 8);
    write(file, data(1), 0);
    expect([file.size, state.size, file.complete]).toEqual([8, 8, false]);
    file.close();
    expect([state.closed, file.complete]).toEqual([1, false]);
    expect(onProblem.mock.calls).toEqual([['disk-full']]);
  });

  it('is noticed when the system writes only a part', () => {
    const { file, handle, onProblem } = disk(100);
    handle.write = () => 3;
    write(file, data(8), 0);
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
  write(file, data(8), 0);
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

describe('what is written', () => {
  const KB = 1_024;
  function watched() {
    const { file, content, handle } = disk(1_000 * KB);
    const write = vi.spyOn(handle, 'write');
    return { file, content, writes: () => write.mock.calls.map(([bytes, { at }]) => [at, bytes.byteLength]) };
  }

  it('in one piece goes to the system together, when it is settled', () => {
    const { file, writes } = watched();
    for (let at = 0; at < 5; at += 1) file.write(data(10), at * 10);
    expect([writes(), file.size]).toEqual([[], 50]);
    file.settle();
    file.settle();
    expect(writes()).toEqual([[0, 50]]);
    file.write(data(10), 50);
    file.close();
    expect(writes()).toEqual([
      [0, 50],
      [50, 10],
    ]);
  });

  it('stays in its order where something before it is written again', () => {
    const { file, content, writes } = watched();
    file.write(Uint8Array.of(1, 2, 3), 0);
    file.write(Uint8Array.of(7), 1);
    file.write(Uint8Array.of(4), 3);
    file.write(Uint8Array.of(8, 9), 2);
    file.flush();
    expect([...content.subarray(0, 4)]).toEqual([1, 7, 8, 9]);
    expect([writes().length, file.size]).toEqual([4, 4]);
  });

  it('is not gathered without an end, and large pieces not at all', () => {
    const { file, writes } = watched();
    for (let at = 0; at < 7; at += 1) file.write(data(10 * KB), at * 10 * KB);
    expect(writes()).toEqual([[0, 60 * KB]]);
    file.write(data(100 * KB), 70 * KB);
    expect(writes().slice(1)).toEqual([
      [60 * KB, 10 * KB],
      [70 * KB, 100 * KB],
    ]);
    file.settle();
    expect([writes().length, file.size]).toEqual([3, 170 * KB]);
  });
});
