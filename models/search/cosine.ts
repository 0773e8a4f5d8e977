import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { requireShape } from '../errors';
import { writeOnnxModel, type GraphNode } from '../onnx/model';

/** A direction held ready to be compared with; `dispose` frees it. */
export interface Comparer {
  /**
   * Cosine of the angle between the direction and each row, -1 to 1; 0 for a row of zeros, -1 for one that is not
   * finite.
   *
   * @param halves rows × dimensions half floats, of any length
   */
  compare(halves: Uint16Array, rows: number): Promise<Float32Array>;
  dispose(): Promise<void>;
}

/** Rows per pass: few enough for their floats to stay in a core's cache between operators. */
const chunkRows = 1024;

const node = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: GraphNode['attributes'] = {},
): GraphNode => ({ operator, inputs, outputs, attributes });

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
      node('Cast', ['x'], ['e'], { to: 1 }),
      node('MatMul', ['e', 'direction'], ['product']),
      node('ReduceL2', ['e'], ['length'], { axes: [1], keepdims: 1 }),
      node('Max', ['length', 'tiny'], ['divisor']),
      node('Div', ['product', 'divisor'], ['cosine']),
    ],
  });
}

/**
 * Loads a direction into ONNX Runtime for comparing embeddings with it, chunk after chunk, outside the event loop.
 *
 * @param direction of length 1
 * @throws ModelInputError `SHAPE` where rows do not fit it
 */
export async function createComparer(direction: Float32Array, threads = 1): Promise<Comparer> {
  const dimensions = direction.length;
  const session = await InferenceSession.create(cosineModel(direction), {
    intraOpNumThreads: threads,
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  const compareChunk = async (halves: Uint16Array, into: Float32Array) => {
    const rows = into.length;
    await session.run(
      { x: new Tensor('float16', halves, [rows, dimensions]) },
      { cosine: new Tensor('float32', into, [rows, 1]) },
    );
    for (let row = 0; row < rows; row++)
      into[row] = Number.isNaN(into[row]) ? -1 : Math.max(-1, Math.min(1, into[row]!));
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
