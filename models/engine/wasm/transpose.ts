import { util, type TensorInfo } from '@tensorflow/tfjs-core';
import { kernelOf, type Kernel, type WasmBackend } from './kernel';

const block = 32;

/** An exchange of two neighbouring groups of axes: [outer, rows, columns, inner]. */
interface Exchange {
  outer: number;
  rows: number;
  columns: number;
  inner: number;
}

/**
 * Merges axes that stay neighbours and drops those of size 1. Returns the result's groups, in
 * order.
 */
function groupAxes(shape: readonly number[], perm: readonly number[]) {
  const groups: { first: number; last: number; size: number }[] = [];
  for (const axis of perm) {
    const size = shape[axis]!;
    if (size === 1) continue;
    const group = groups.at(-1);
    const between = group ? shape.slice(group.last + 1, axis) : [];
    if (group && axis > group.last && between.every((length) => length === 1)) {
      group.last = axis;
      group.size *= size;
    } else groups.push({ first: axis, last: axis, size });
  }
  return groups;
}

/** Returns a permutation as an exchange, if it is one. */
function asExchange(shape: readonly number[], perm: readonly number[]): Exchange | undefined {
  const groups = groupAxes(shape, perm);
  const rank = ({ first }: { first: number }) => groups.filter((other) => other.first < first);
  const [a = 1, b = 1, c = 1, d = 1] = groups.map(({ size }) => size);
  switch (groups.map((group) => rank(group).length).join('')) {
    case '10':
      return { outer: 1, columns: a, rows: b, inner: 1 };
    case '021':
      return { outer: a, columns: b, rows: c, inner: 1 };
    case '102':
      return { outer: 1, columns: a, rows: b, inner: c };
    case '0213':
      return { outer: a, columns: b, rows: c, inner: d };
    default:
      return undefined;
  }
}

/** Transposes rows × columns in square blocks, so that both sides stay in the cache. */
function exchangeValues(
  from: Float32Array,
  to: Float32Array,
  at: number,
  { rows, columns }: Exchange,
): void {
  for (let top = 0; top < rows; top += block)
    for (let left = 0; left < columns; left += block) {
      const height = Math.min(block, rows - top);
      const right = Math.min(left + block, columns);
      for (let column = left; column < right; column++) {
        const target = at + column * rows + top;
        const source = at + top * columns + column;
        for (let row = 0; row < height; row++) to[target + row] = from[source + row * columns]!;
      }
    }
}

/** Does the same for runs of `inner` values. */
function exchangeRuns(
  from: Float32Array,
  to: Float32Array,
  at: number,
  { rows, columns, inner }: Exchange,
): void {
  let target = at;
  for (let column = 0; column < columns; column++)
    for (let row = 0; row < rows; row++, target += inner) {
      const source = at + (row * columns + column) * inner;
      if (inner < 64) for (let i = 0; i < inner; i++) to[target + i] = from[source + i]!;
      else to.set(from.subarray(source, source + inner), target);
    }
}

function exchange(x: TensorInfo, shape: number[], how: Exchange, backend: WasmBackend): TensorInfo {
  const out = backend.makeOutput(shape, 'float32');
  const [from, to] = [backend.typedArrayFromHeap(x), backend.typedArrayFromHeap(out)];
  const size = how.rows * how.columns * how.inner;
  const part = how.inner === 1 ? exchangeValues : exchangeRuns;
  for (let outer = 0; outer < how.outer; outer++) part(from, to, outer * size, how);
  return out;
}

/** Exchanges the last two axes of `x` [rows, columns], or of a batch of them. */
export function exchangeLastTwo(x: TensorInfo, backend: WasmBackend): TensorInfo {
  const [rows = 1, columns = 1] = x.shape.slice(-2);
  const outer = util.sizeFromShape(x.shape.slice(0, -2));
  const shape = [...x.shape.slice(0, -2), columns, rows];
  return exchange(x, shape, { outer, rows, columns, inner: 1 }, backend);
}

/**
 * A `Transpose` that uses the cache well: tfjs's own walks along the result and jumps through the
 * source. Permutations that are not an exchange of two neighbouring groups of axes stay with tfjs.
 */
export function transposeKernel(): Kernel<'x', { perm: number[] }> {
  const original = kernelOf('Transpose');
  return ({ x }, { perm }, backend) => {
    const how = x.dtype === 'float32' ? asExchange(x.shape, perm) : undefined;
    if (!how) return original(backend, { x }, { perm });
    const shape = perm.map((axis) => x.shape[axis]!);
    return exchange(x, shape, how, backend);
  };
}
