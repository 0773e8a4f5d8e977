import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../numeric/random';
import { addScaled } from '../numeric/vectors';
import { floatInfo } from '../onnx/graphParts';
import { writeOnnxModel } from '../onnx/model';
import { squaredDistance } from './project';

export interface ClusterInput {
  /** rows × dimensions, row-major. */
  features: Float32Array;
  rows: number;
  dimensions: number;
  /** rows × sketchDimensions: the same rows in fewer dimensions, to draw the initial centres. */
  sketch: Float32Array;
  sketchDimensions: number;
  /** Requested number of clusters. There are at most as many as distinct rows. */
  clusters: number;
  seed: number;
  maxIterations?: number;
}

export interface Clustering {
  /** The cluster of each row, 0 to clusters - 1. */
  assignment: Int32Array;
  /** Number of clusters, at most as requested. Some may be empty. */
  clusters: number;
}

/** Draws initial centres by k-means++ (Arthur & Vassilvitskii 2007) on the sketch. */
function drawCentres({ sketch, sketchDimensions, rows, clusters, seed }: ClusterInput): number[] {
  const random = seededRandom(`centres ${seed}`);
  const nearest = new Float64Array(rows).fill(Infinity);
  const centres: number[] = [];
  let next = random.below(rows);
  while (centres.length < clusters) {
    centres.push(next);
    let total = 0;
    for (let row = 0; row < rows; row++) {
      const distance = squaredDistance(sketch, sketchDimensions, row, next);
      if (distance < nearest[row]!) nearest[row] = distance;
      total += nearest[row]!;
    }
    if (!(total > 0)) break;
    let remaining = random.next() * total;
    next = nearest.findLastIndex((distance) => distance > 0);
    for (let row = 0; row < rows; row++)
      if ((remaining -= nearest[row]!) < 0) {
        next = row;
        break;
      }
  }
  return centres;
}

/** Opens a session that finds the nearest centre of all rows, as the largest x·c - |c|²/2. */
async function openAssigner({ features, rows, dimensions }: ClusterInput, clusters: number) {
  const model = writeOnnxModel({
    name: 'nearest-centre',
    inputs: [
      floatInfo('x', rows, dimensions),
      floatInfo('c', clusters, dimensions),
      floatInfo('h', clusters),
    ],
    outputs: [{ name: 'nearest', type: 'int32', shape: [rows] }],
    nodes: [
      { operator: 'Gemm', inputs: ['x', 'c', 'h'], outputs: ['s'], attributes: { transB: 1 } },
      {
        operator: 'ArgMax',
        inputs: ['s'],
        outputs: ['long'],
        attributes: { axis: 1, keepdims: 0 },
      },
      { operator: 'Cast', inputs: ['long'], outputs: ['nearest'], attributes: { to: 6 } },
    ],
  });
  const session = await InferenceSession.create(model, { logSeverityLevel: 3 });
  const x = new Tensor('float32', features, [rows, dimensions]);
  const assign = async (centres: Float32Array, out: Int32Array): Promise<void> => {
    const offsets = new Float32Array(clusters);
    for (let i = 0; i < centres.length; i++)
      offsets[Math.floor(i / dimensions)]! -= centres[i]! ** 2 / 2;
    const c = new Tensor('float32', centres, [clusters, dimensions]);
    const h = new Tensor('float32', offsets, [clusters]);
    await session.run({ x, c, h }, { nearest: new Tensor('int32', out, [rows]) });
  };
  return { assign, release: () => session.release() };
}

/** Moves each centre to the mean of its rows. A centre without rows stays in place. */
function moveCentres(
  centres: Float32Array,
  { features, rows, dimensions }: ClusterInput,
  assignment: Int32Array,
): void {
  const counts = new Int32Array(centres.length / dimensions);
  for (const cluster of assignment) counts[cluster]!++;
  counts.forEach((count, cluster) => {
    if (count > 0) centres.fill(0, cluster * dimensions, (cluster + 1) * dimensions);
  });
  for (let row = 0; row < rows; row++) {
    const cluster = assignment[row]!;
    const centre = centres.subarray(cluster * dimensions, (cluster + 1) * dimensions);
    const rowFeatures = features.subarray(row * dimensions, (row + 1) * dimensions);
    addScaled(centre, 1 / counts[cluster]!, rowFeatures);
  }
}

/** Clusters rows by k-means (Lloyd 1982) with k-means++ centres. A seed gives fixed clusters. */
export async function clusterRows(input: ClusterInput): Promise<Clustering> {
  const { features, rows, dimensions, maxIterations = 8 } = input;
  if (rows === 0 || input.clusters < 1) return { assignment: new Int32Array(rows), clusters: 0 };
  const centreRows = drawCentres({ ...input, clusters: Math.min(input.clusters, rows) });
  const centres = new Float32Array(centreRows.length * dimensions);
  centreRows.forEach((row, index) =>
    centres.set(features.subarray(row * dimensions, (row + 1) * dimensions), index * dimensions),
  );
  const assigner = await openAssigner(input, centreRows.length);
  let assignment = new Int32Array(rows).fill(-1);
  try {
    for (let iteration = 0; iteration < maxIterations; iteration++) {
      const next = new Int32Array(rows);
      await assigner.assign(centres, next);
      const changed = next.reduce((sum, cluster, row) => sum + +(cluster !== assignment[row]), 0);
      assignment = next;
      if (changed <= rows / 200) break;
      moveCentres(centres, input, assignment);
    }
  } finally {
    await assigner.release();
  }
  return { assignment, clusters: centreRows.length };
}
