import { InferenceSession, Tensor } from 'onnxruntime-node';
import { throwIfAborted } from '../../errors';
import { seededRandom } from '../../numeric/random';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { blockGraph, stemGraph } from './compactGraph';
import type { CompactNet, InvertedResidual } from './compactNet';
import { MomentSums } from './moments';
import { pruneInputs, type PrunedMap } from './prune';

export interface CompressOptions {
  /** Share of each block's inner channels to keep, rounded up to a multiple of 8. */
  keep: number;
  inputSize: number;
  /** count × inputSize × inputSize × 3, preprocessed. */
  views: readonly Float32Array[];
  seed: number;
  threads: number;
  signal?: AbortSignal | undefined;
  onBlock?: ((block: number, blocks: number, relativeError: number) => void) | undefined;
}

/** Sampled positions per image for each regression. */
const positionsPerImage = 16;
const batchSize = 16;

/** Feature maps of all views, one array per batch. */
interface Maps {
  batches: Float32Array[];
  channels: number;
  side: number;
}

async function withSession<T>(
  graph: Graph,
  threads: number,
  work: (s: InferenceSession) => Promise<T>,
) {
  const session = await InferenceSession.create(writeOnnxModel(graph), {
    intraOpNumThreads: threads,
  });
  try {
    return await work(session);
  } finally {
    await session.release();
  }
}

const batchLength = (maps: Maps, batch: Float32Array) =>
  batch.length / (maps.channels * maps.side ** 2);

function tensorOf(maps: Maps, batch: Float32Array): Tensor {
  const { channels, side } = maps;
  return new Tensor('float32', batch, [batchLength(maps, batch), channels, side, side]);
}

async function runStem(net: CompactNet, options: CompressOptions): Promise<Maps> {
  const { views, inputSize, threads } = options;
  const batches: Float32Array[] = [];
  await withSession(stemGraph(net, inputSize), threads, async (session) => {
    for (let index = 0; index < views.length; index += batchSize) {
      const part = views.slice(index, index + batchSize);
      const pixels = new Float32Array(part.length * inputSize ** 2 * 3);
      for (const [i, view] of part.entries()) pixels.set(view, i * view.length);
      const shape = [part.length, inputSize, inputSize, 3];
      const { x } = await session.run({ pixels: new Tensor('float32', pixels, shape) });
      batches.push(x!.data as Float32Array);
    }
  });
  return { batches, channels: net.stem.channels, side: Math.ceil(inputSize / 2) };
}

/** Runs a block on maps. `onBatch` receives each batch's inner channels and output. */
function runBlock(
  block: InvertedResidual,
  maps: Maps,
  threads: number,
  onBatch?: (batch: number, inner: Float32Array, output: Float32Array) => Promise<void>,
): Promise<Maps> {
  return withSession(blockGraph(block), threads, async (session) => {
    const batches: Float32Array[] = [];
    const outputNames = onBatch ? ['inner', 'y'] : ['y'];
    for (const [index, batch] of maps.batches.entries()) {
      const { inner, y } = await session.run({ x: tensorOf(maps, batch) }, outputNames);
      await onBatch?.(index, inner?.data as Float32Array, y!.data as Float32Array);
      batches.push(y!.data as Float32Array);
    }
    const side = Math.ceil(maps.side / block.depthwise.stride);
    return { batches, channels: block.project.outputs, side };
  });
}

/** Copies the channels at the given positions of a batch into rows. */
function gatherPositions(
  map: Float32Array,
  channels: number,
  area: number,
  positions: Int32Array,
  subtract?: Float32Array,
): Float32Array {
  const rows = new Float32Array(positions.length * channels);
  for (const [row, position] of positions.entries()) {
    const start = Math.floor(position / area) * channels * area + (position % area);
    for (let c = 0; c < channels; c++) {
      const offset = start + c * area;
      rows[row * channels + c] = map[offset]! - (subtract ? subtract[offset]! : 0);
    }
  }
  return rows;
}

/** Reduces a block to the kept inner channels, with the re-fitted projection. */
function pruneBlock(
  block: InvertedResidual,
  { keptInputs, kernel, bias }: PrunedMap,
): InvertedResidual {
  const rows = (values: Float32Array, width: number) => {
    const out = new Float32Array(keptInputs.length * width);
    for (const [index, row] of keptInputs.entries())
      out.set(values.subarray(row * width, (row + 1) * width), index * width);
    return out;
  };
  const { expand, depthwise, project, residual } = block;
  return {
    ...(expand && {
      expand: {
        inputs: expand.inputs,
        outputs: keptInputs.length,
        kernel: rows(expand.kernel, expand.inputs),
        bias: rows(expand.bias, 1),
      },
    }),
    depthwise: {
      channels: keptInputs.length,
      stride: depthwise.stride,
      kernel: rows(depthwise.kernel, 9),
      bias: rows(depthwise.bias, 1),
    },
    project: { inputs: keptInputs.length, outputs: project.outputs, kernel, bias },
    residual,
  };
}

const keptChannelCount = (block: InvertedResidual, keep: number) => {
  const { channels } = block.depthwise;
  return block.expand ? Math.min(channels, Math.ceil((channels * keep) / 8) * 8) : channels;
};

/** Prunes one block so that the student's output matches the teacher's, despite earlier errors. */
async function compressBlock(
  block: InvertedResidual,
  student: Maps,
  target: Maps,
  { keep, seed, threads }: CompressOptions,
): Promise<InvertedResidual> {
  const { channels } = block.depthwise;
  const sums = await MomentSums.open(channels, target.channels, threads);
  const random = seededRandom(seed);
  const area = target.side ** 2;
  try {
    await runBlock(block, student, threads, async (index, inner) => {
      const count = batchLength(target, target.batches[index]!);
      const positions = Int32Array.from(
        { length: count * positionsPerImage },
        (_, i) => Math.floor(i / positionsPerImage) * area + random.below(area),
      );
      const input = block.residual ? student.batches[index] : undefined;
      const outputs = gatherPositions(
        target.batches[index]!,
        target.channels,
        area,
        positions,
        input,
      );
      await sums.add(gatherPositions(inner, channels, area, positions), outputs, positions.length);
    });
    return pruneBlock(block, pruneInputs(sums.centred(), keptChannelCount(block, keep)));
  } finally {
    await sums.release();
  }
}

/** Computes Σ (student - teacher)² / Σ (teacher - mean of teacher)². */
function relativeError(student: Maps, teacher: Maps): number {
  let [error, sum, squares, count] = [0, 0, 0, 0];
  for (const [index, target] of teacher.batches.entries()) {
    const actual = student.batches[index]!;
    for (let i = 0; i < target.length; i++) {
      error += (actual[i]! - target[i]!) ** 2;
      sum += target[i]!;
      squares += target[i]! ** 2;
    }
    count += target.length;
  }
  return error / (squares - sum ** 2 / count);
}

/**
 * Prunes a teacher to a narrower net, block by block. It removes the inner channels that the others
 * can best replace and re-fits the projection by least squares. The fit uses the student's own
 * maps, so that it corrects errors of earlier blocks (after He, Zhang & Sun 2017, "Channel pruning
 * for accelerating very deep neural networks").
 *
 * @throws an `AbortError` between two blocks
 */
export async function compress(teacher: CompactNet, options: CompressOptions): Promise<CompactNet> {
  const blocks: InvertedResidual[] = [];
  let teacherMaps = await runStem(teacher, options);
  let studentMaps = teacherMaps;
  for (const [index, block] of teacher.blocks.entries()) {
    throwIfAborted(options.signal);
    const target = await runBlock(block, teacherMaps, options.threads);
    const prunedBlock = await compressBlock(block, studentMaps, target, options);
    studentMaps = await runBlock(prunedBlock, studentMaps, options.threads);
    teacherMaps = target;
    blocks.push(prunedBlock);
    options.onBlock?.(index, teacher.blocks.length, relativeError(studentMaps, target));
  }
  return { ...teacher, blocks };
}
