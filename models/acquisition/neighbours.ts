import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { writeOnnxModel } from '../onnx/model';
import type { Sketch } from './sketch';

/** Each row's nearest other rows by cosine, nearest first. */
export interface Neighbours {
  rows: number;
  /** Neighbours per row: fewer than wanted where there are fewer rows. */
  count: number;
  /** rows × count. */
  ids: Int32Array;
  /** rows × count: their cosines, -1 to 1. */
  similarity: Float32Array;
}

const chunkRows = 256;

function searchModel({ rows, width }: Sketch, count: number): Uint8Array {
  return writeOnnxModel({
    name: 'nearest-rows',
    inputs: [
      { name: 'query', type: 'float32', shape: ['n', width] },
      { name: 'all', type: 'float32', shape: [rows, width] },
    ],
    outputs: [
      { name: 'best', type: 'float32', shape: ['n', count] },
      { name: 'ids', type: 'int32', shape: ['n', count] },
    ],
    initializers: [{ name: 'k', shape: [1], data: BigInt64Array.of(BigInt(count)) }],
    nodes: [
      { operator: 'Gemm', inputs: ['query', 'all'], outputs: ['s'], attributes: { transB: 1 } },
      { operator: 'TopK', inputs: ['s', 'k'], outputs: ['best', 'long'] },
      { operator: 'Cast', inputs: ['long'], outputs: ['ids'], attributes: { to: 6 } },
    ],
  });
}

/** Copies a row's best but itself; among many equal rows it may not stand first, or at all. */
function copyOthers(
  into: Neighbours,
  row: number,
  ids: ArrayLike<number>,
  best: ArrayLike<number>,
  from: number,
): void {
  const { count } = into;
  for (let at = 0, read = from; at < count; at++, read++) {
    if (ids[read] === row) read++;
    into.ids[row * count + at] = ids[read]!;
    into.similarity[row * count + at] = best[read]!;
  }
}

/**
 * Nearest neighbours of all rows among each other, exactly, chunk by chunk in ONNX Runtime. The
 * cost grows with the square of the rows: 8,677 take a second of one core.
 */
export async function findNeighbours(sketch: Sketch, wanted: number): Promise<Neighbours> {
  const { rows, width, values } = sketch;
  const count = Math.max(0, Math.min(wanted, rows - 1));
  const out: Neighbours = {
    rows,
    count,
    ids: new Int32Array(rows * count),
    similarity: new Float32Array(rows * count),
  };
  if (count === 0) return out;
  const session = await InferenceSession.create(searchModel(sketch, count + 1), {
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  const all = new Tensor('float32', values, [rows, width]);
  try {
    for (let from = 0; from < rows; from += chunkRows) {
      const to = Math.min(rows, from + chunkRows);
      const chunk = values.subarray(from * width, to * width);
      const query = new Tensor('float32', chunk, [to - from, width]);
      const { ids, best } = await session.run({ query, all });
      const [idData, bestData] = [ids!.data as Int32Array, best!.data as Float32Array];
      for (let row = from; row < to; row++)
        copyOthers(out, row, idData, bestData, (row - from) * (count + 1));
    }
  } finally {
    await session.release();
  }
  return out;
}
