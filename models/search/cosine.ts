import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { requireShape } from '../errors';
import { graphNode } from '../onnx/graphParts';
import { writeOnnxModel } from '../onnx/model';

/** Compares embeddings with one direction that is loaded in ONNX Runtime. `dispose` frees it. */
export interface Comparer {
  /**
   * Computes the cosine between the direction and each row, -1 to 1. It is 0 for a row of zeros and
   * -1 for a row that is not finite.
   *
   * @param halves rows × dimensions half floats, of any length
   */
  compare(halves: Uint16Array, rows: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Rows per pass. Their floats stay in a core's cache between operators. */
const chunkRows = 1024;

function cosineModel(direction: Float32Array) {
  const dimensions = direction.length;
  return writeOnnxModel({
    name: 'cosine',
    inputs: [{ name: 'x', type: 'float16', shape: ['n', dimensions] }],
    outputs: [{ name: 'cosine', type: 'float32', shape: ['n', 1] }],
    initializers: [
      { name: 'direction', shape: [dimensions, 1], data: direction },
      { name: 'tiny', shape: [], data: Float32Array.of(1e-30) },
    ],
    nodes: [
      graphNode('Cast', ['x'], ['e'], { to: 1 }),
      graphNode('MatMul', ['e', 'direction'], ['product']),
      graphNode('ReduceL2', ['e'], ['length'], { axes: [1], keepdims: 1 }),
      graphNode('Max', ['length', 'tiny'], ['divisor']),
      graphNode('Div', ['product', 'divisor'], ['cosine']),
    ],
  });
}

/**
 * Loads a direction into ONNX Runtime to compare embeddings with it. The comparison runs in chunks,
 * outside the event loop.
 *
 * @param direction a vector of length 1
 * @throws ModelInputError `SHAPE`, from `compare`, if the rows have other dimensions
 */
export async function createComparer(direction: Float32Array, threads = 1): Promise<Comparer> {
  const dimensions = direction.length;
  const session = await InferenceSession.create(cosineModel(direction), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  const compareChunk = async (halves: Uint16Array, out: Float32Array) => {
    const rows = out.length;
    await session.run(
      { x: new Tensor('float16', halves, [rows, dimensions]) },
      { cosine: new Tensor('float32', out, [rows, 1]) },
    );
    for (let row = 0; row < rows; row++)
      out[row] = Number.isNaN(out[row]) ? -1 : Math.max(-1, Math.min(1, out[row]!));
  };
  return {
    compare: async (halves, rows) => {
      requireShape('Embeddings', halves, rows, dimensions);
      const cosines = new Float32Array(rows);
      for (let from = 0; from < rows; from += chunkRows) {
        const to = Math.min(rows, from + chunkRows);
        const chunk = halves.subarray(from * dimensions, to * dimensions);
        await compareChunk(chunk, cosines.subarray(from, to));
      }
      return cosines;
    },
    dispose: () => session.release(),
  };
}
