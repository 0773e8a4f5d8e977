import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { writeOnnxModel } from '../onnx/model';
import type { Sketch } from './sketch';

/** The nearest other rows of each row by cosine, nearest first. */
export interface Neighbours {
  rows: number;
  /** Neighbours per row. It is less than requested if there are too few rows. */
  count: number;
  /** rows × count. */
  ids: Int32Array;
  /** rows × count: the cosines of `ids`, -1 to 1. */
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

/**
 * Copies the nearest rows of a row except the row itself. Among many equal rows, the row itself may
 * be at any position, or missing.
 */
function copyOthers(
  out: Neighbours,
  row: number,
  ids: ArrayLike<number>,
  best: ArrayLike<number>,
  from: number,
): void {
  const { count } = out;
  for (let index = 0, source = from; index < count; index++, source++) {
    if (ids[source] === row) source++;
    out.ids[row * count + index] = ids[source]!;
    out.similarity[row * count + index] = best[source]!;
  }
}

/**
 * Finds the exact nearest neighbours of every row, in chunks in ONNX Runtime. The cost grows with
 * the square of the rows: 8,677 rows take one second on one core.
 */
export async function findNeighbours(sketch: Sketch, maxCount: number): Promise<Neighbours> {
  const { rows, width, values } = sketch;
  const count = Math.max(0, Math.min(maxCount, rows - 1));
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
