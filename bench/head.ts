import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { normaliseFeatures, seededRandom, shuffle } from '../models/numeric';
import { writeOnnxModel } from '../models/onnx';
import { fitHead, type FitHeadInput, type FittedHead } from '../models/training';
import { loadMaterial, type Material } from './material';

const seed = 1;
const coldRows = 7000;
const moreRows = 100;
const repetitions = 5;

type Problem = Required<Pick<FitHeadInput, 'features' | 'labels'>> &
  Pick<FitHeadInput, 'dimensions' | 'classes' | 'threads'>;

export const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;

/** Returns `rows` random rows of the material, normalised. */
function draw({ features, labels, rows, dimensions, classes }: Material, count: number): Problem {
  const order = shuffle(
    Int32Array.from({ length: rows }, (_, row) => row),
    seededRandom(seed),
  ).subarray(0, count);
  const drawn = new Float32Array(count * dimensions);
  order.forEach((row, at) =>
    drawn.set(features.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions),
  );
  return {
    features: normaliseFeatures(drawn, dimensions, drawn),
    labels: Int32Array.from(order, (row) => labels[row]!),
    dimensions,
    classes,
    threads: availableParallelism(),
  };
}

function fit(problem: Problem, rows: number, more: Partial<FitHeadInput> = {}) {
  const features = problem.features.subarray(0, rows * problem.dimensions);
  const labels = problem.labels.subarray(0, rows);
  return fitHead({ ...problem, features, labels, rows, ...more });
}

async function timed<T>(work: () => Promise<T>): Promise<{ result: T; seconds: number }> {
  const start = performance.now();
  const result = await work();
  return { result, seconds: (performance.now() - start) / 1000 };
}

/** Prepares a step's two matrix products alone, to be timed. */
async function openBareProducts({ features, dimensions, classes, threads = 1 }: Problem) {
  const shapes = { x: [coldRows, dimensions], w: [dimensions, classes], g: [coldRows, classes] };
  const value = (name: string, shape: number[]) => ({ name, type: 'float32' as const, shape });
  const model = writeOnnxModel({
    name: 'products',
    inputs: Object.entries(shapes).map(([name, shape]) => value(name, shape)),
    outputs: [value('xw', shapes.g), value('xg', shapes.w)],
    nodes: [
      { operator: 'MatMul', inputs: ['x', 'w'], outputs: ['xw'] },
      { operator: 'Gemm', inputs: ['x', 'g'], outputs: ['xg'], attributes: { transA: 1 } },
    ],
  });
  const options = { intraOpNumThreads: threads, logSeverityLevel: 3 as const };
  const session = await InferenceSession.create(model, options);
  const filled = ([rows = 0, columns = 0]: number[]) =>
    new Tensor('float32', new Float32Array(rows * columns).fill(0.01), [rows, columns]);
  const x = new Tensor('float32', features.subarray(0, coldRows * dimensions), shapes.x);
  const feeds = { x, w: filled(shapes.w), g: filled(shapes.g) };
  const results = { xw: filled(shapes.g), xg: filled(shapes.w) };
  return {
    run: () => session.run(feeds, results),
    release: () => session.release(),
  };
}

async function measure(problem: Problem) {
  const products = await openBareProducts(problem);
  const cold: number[] = [];
  const warm: number[] = [];
  const step: number[] = [];
  let [coldHead, warmHead]: (FittedHead | undefined)[] = [];
  for (let i = 0; i < repetitions; i++) {
    const first = await timed(() => fit(problem, coldRows));
    const warmStart = (coldHead = first.result);
    const second = await timed(() => fit(problem, coldRows + moreRows, { warmStart }));
    warmHead = second.result;
    cold.push(first.seconds);
    warm.push(second.seconds);
    for (let k = 0; k < 8; k++) step.push((await timed(products.run)).seconds);
  }
  await products.release();
  if (!coldHead || !warmHead) throw new Error('Nothing was measured');
  return { cold: median(cold), warm: median(warm), step: median(step), coldHead, warmHead };
}

/**
 * Measures cold and warm fits of 7,000 × 1,280 × 101, beside the matrix products of the same number
 * of steps.
 */
export async function benchHead(): Promise<Record<string, unknown>> {
  const material = await loadMaterial(seed);
  const problem = draw(material, coldRows + moreRows);
  const { cold, warm, step, coldHead, warmHead } = await measure(problem);
  const tight = { tolerance: 1e-7, maxIterations: 1000 };
  const optimum = await fit(problem, coldRows, { ...tight, warmStart: coldHead });
  const warmOptimum = await fit(problem, coldRows + moreRows, { ...tight, warmStart: warmHead });
  const { dimensions, classes, threads } = problem;
  const operations = 4 * coldRows * dimensions * classes * coldHead.evaluations;
  const limitSeconds = step * coldHead.evaluations;
  return {
    bench: 'head',
    material: material.name,
    seed,
    threads,
    shape: [coldRows, dimensions, classes],
    repetitions,
    coldSeconds: cold,
    warmSeconds: warm,
    relativeLossGap: coldHead.loss / optimum.loss - 1,
    warmRelativeLossGap: warmHead.loss / warmOptimum.loss - 1,
    iterations: coldHead.iterations,
    evaluations: coldHead.evaluations,
    warmIterations: warmHead.iterations,
    warmEvaluations: warmHead.evaluations,
    trainAccuracy: coldHead.trainAccuracy,
    gflopPerSecond: operations / cold / 1e9,
    limitSeconds,
    ratioToLimit: limitSeconds / cold,
    limit: 'the matrix products of the same number of evaluations alone, timed in the same run',
  };
}
