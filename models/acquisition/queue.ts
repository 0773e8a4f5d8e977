import { ModelInputError, requireShape } from '../errors';
import { featureNorm } from '../numeric/features';
import { clusterRows } from './kmeans';
import { marginOrder, spreadBatch } from './margin';
import { projectFeatures, squaredDistance } from './project';
import { seededRandom, shuffle } from '../numeric/random';
import { coverOrder } from './typiclust';

export interface QueueInput {
  /** rows × dimensions, row-major, normalised (`normaliseFeatures`). */
  features: Float32Array;
  rows: number;
  dimensions: number;
  /** Rows that may be asked about. */
  candidates: Int32Array;
  /** Rows that have a label. */
  labelled: Int32Array;
  /** Labels in all; decides between covering the space and margin. */
  labels: number;
  classes: number;
  /** What the current head says, one per row; none before the first run. */
  scores?: { margin: Float32Array } | undefined;
  /** Images asked about before the next retrain run. */
  batch: number;
  seed: number;
}

/** Labels per class below which covering the space beats margin (measured on Caltech-101). */
const coverLabelsPerClass = 3;
/** k-means' limits: more clusters or rows cost seconds and change little. */
const mostClusters = 512;
const mostClusteredRows = 20_000;
const sketchWidth = 96;
const mostSpread = 256;
/** Cosine above which two images are nearly the same. */
const sameCosine = 0.97;

function requireRows(what: string, chosen: Int32Array, rows: number): void {
  const bad = chosen.find((row) => row < 0 || row >= rows);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `${what}: row ${bad} is outside 0 to ${rows - 1}`);
}

function gather(features: Float32Array, dimensions: number, rows: Int32Array): Float32Array {
  const out = new Float32Array(rows.length * dimensions);
  rows.forEach((row, at) =>
    out.set(features.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions),
  );
  return out;
}

/** All labelled rows and candidates; in a large dataset a random part of the candidates. */
function rowsToCluster({ candidates, labelled, seed }: QueueInput): Int32Array {
  const room = Math.max(0, mostClusteredRows - labelled.length);
  const open =
    candidates.length <= room
      ? candidates
      : shuffle(candidates.slice(), seededRandom(`cluster ${seed}`)).subarray(0, room);
  return Int32Array.from(new Set([...labelled, ...open]));
}

/** TypiClust over the rows that are clustered. */
async function cover(input: QueueInput): Promise<Int32Array> {
  const { dimensions, candidates, labelled, batch, seed } = input;
  const chosen = rowsToCluster(input);
  const features = gather(input.features, dimensions, chosen);
  const rows = chosen.length;
  const sketch = await projectFeatures(features, rows, dimensions, sketchWidth, seed);
  const sketchDimensions = Math.min(sketchWidth, dimensions);
  const clusters = Math.min(mostClusters, labelled.length + batch);
  const shape = { features, rows, dimensions, sketch, sketchDimensions };
  const clustering = await clusterRows({ ...shape, clusters, seed });
  const open = new Set(candidates);
  for (const row of labelled) open.delete(row);
  const isCandidate = (at: number) => open.has(chosen[at]!);
  const order = coverOrder({ sketch, dimensions: sketchDimensions, ...clustering, isCandidate });
  return Int32Array.from(order, (at) => chosen[at]!);
}

function byMargin(input: QueueInput, margins: Float32Array): Int32Array {
  const { features, dimensions, candidates, batch } = input;
  const nearest = 2 * featureNorm ** 2 * (1 - sameCosine);
  return spreadBatch(
    marginOrder(candidates, margins),
    Math.min(batch, mostSpread),
    (a, b) => squaredDistance(features, dimensions, a, b) < nearest,
  );
}

/** Puts `first` before all the rest of `order`. */
function inFront(first: Int32Array, order: Int32Array): Int32Array {
  const taken = new Set(first);
  return Int32Array.from([...first, ...order.filter((row) => !taken.has(row))]);
}

/**
 * The order in which to ask about images: all candidates, each once. While labels are few (under
 * three per class) or no head has scored the images, the batch covers the embedding space by
 * TypiClust; then the smallest margins come first, near-duplicates within the batch moved behind
 * it. The same input and seed give the same order.
 *
 * @throws ModelInputError `SHAPE` (with both shapes) or `VALUE` (a row outside the dataset)
 */
export async function orderQueue(input: QueueInput): Promise<Int32Array> {
  const { features, rows, dimensions, candidates, labelled, labels, classes, scores } = input;
  requireShape('Features', features, rows, dimensions);
  if (scores) requireShape('Margins', scores.margin, rows);
  requireRows('Candidates', candidates, rows);
  requireRows('Labelled', labelled, rows);
  if (candidates.length === 0) return new Int32Array(0);
  if (scores && labels >= coverLabelsPerClass * classes) return byMargin(input, scores.margin);
  const batch = Math.max(1, Math.floor(input.batch));
  const covering = await cover({ ...input, batch });
  if (!scores) return inFront(covering, candidates);
  return inFront(covering.subarray(0, batch), marginOrder(candidates, scores.margin));
}
