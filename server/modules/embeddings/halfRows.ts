import type { FileHandle } from 'node:fs/promises';

/** Gaps of up to this many rows are read along, because that is cheaper than a second read. */
const bridgedRows = 8;
const bytesPerRead = 4 << 20;

/** Requested rows that one read covers: places `from` to `to` of the sorted order. */
interface Stretch {
  from: number;
  to: number;
}

function* stretches(sorted: Int32Array, rowBytes: number): Generator<Stretch> {
  const most = Math.max(1, Math.floor(bytesPerRead / rowBytes));
  for (let from = 0, to; from < sorted.length; from = to) {
    for (to = from + 1; to < sorted.length; to++) {
      const isNear = sorted[to]! - sorted[to - 1]! <= bridgedRows + 1;
      if (!isNear || sorted[to]! - sorted[from]! >= most) break;
    }
    yield { from, to };
  }
}

/**
 * Reads rows of a file of half floats, in the order of the given ordinals. They are sorted first,
 * so that one read covers neighbours, and then written to their places.
 *
 * @param ordinals in any order, repeated or not
 * @returns zeros for rows after the end of the file
 */
export async function readHalfRows(
  file: FileHandle,
  ordinals: Int32Array,
  dimensions: number,
): Promise<Uint16Array> {
  const rowBytes = dimensions * 2;
  const rows = new Uint16Array(ordinals.length * dimensions);
  const order = Int32Array.from(ordinals.keys()).sort((a, b) => ordinals[a]! - ordinals[b]!);
  const sorted = order.map((place) => ordinals[place]!);
  for (const { from, to } of stretches(sorted, rowBytes)) {
    const first = sorted[from]!;
    const length = (sorted[to - 1]! - first + 1) * dimensions;
    const read = new Uint16Array(length);
    const bytes = new Uint8Array(read.buffer);
    await readAll(file, bytes, first * rowBytes);
    for (let at = from; at < to; at++) {
      const start = (sorted[at]! - first) * dimensions;
      rows.set(read.subarray(start, start + dimensions), order[at]! * dimensions);
    }
  }
  return rows;
}

/** A read may return less than asked for, even before the end of the file. */
async function readAll(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let at = 0; at < into.length;) {
    const { bytesRead } = await file.read(into, at, into.length - at, position + at);
    if (bytesRead === 0) return;
    at += bytesRead;
  }
}
