import { InferenceSession, Tensor } from 'onnxruntime-node';
import { throwIfAborted } from '../../errors';
import { seededRandom } from '../../numeric/random';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { blockGraph, stemGraph } from './compactGraph';
import type { CompactNet, InvertedResidual } from './compactNet';
import { MomentSums } from './moments';
import { pruneInputs, type PrunedMap } from './prune';

export interface CompressOptions {
  /** Share of each block's inner channels that stay, rounded up to a multiple of 8. */
  keep: number;
  inputSize: number;
  /** count × inputSize × inputSize × 3, preprocessed. */
  views: readonly Float32Array[];
  seed: number;
  threads: number;
  signal?: AbortSignal | undefined;
  onBlock?: ((block: number, blocks: number, relativeError: number) => void) | undefined;
}

/** Places per image that a regression looks at. */
const placesPerImage = 16;
const batchSize = 16;

/** Feature maps of the views, one array per batch. */
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
    for (let at = 0; at < views.length; at += batchSize) {
      const part = views.slice(at, at + batchSize);
      const pixels = new Float32Array(part.length * inputSize ** 2 * 3);
      for (const [i, view] of part.entries()) pixels.set(view, i * view.length);
      const shape = [part.length, inputSize, inputSize, 3];
      const { x } = await session.run({ pixels: new Tensor('float32', pixels, shape) });
      batches.push(x!.data as Float32Array);
    }
  });
  return { batches, channels: net.stem.channels, side: Math.ceil(inputSize / 2) };
}

/** A block's output on maps; `see` is shown each batch's inner channels. */
function runBlock(
  block: InvertedResidual,
  maps: Maps,
  threads: number,
  see?: (batch: number, inner: Float32Array, output: Float32Array) => Promise<void>,
): Promise<Maps> {
  return withSession(blockGraph(block), threads, async (session) => {
    const batches: Float32Array[] = [];
    const wanted = see ? ['inner', 'y'] : ['y'];
    for (const [at, batch] of maps.batches.entries()) {
      const { inner, y } = await session.run({ x: tensorOf(maps, batch) }, wanted);
      await see?.(at, inner?.data as Float32Array, y!.data as Float32Array);
      batches.push(y!.data as Float32Array);
    }
    const side = Math.ceil(maps.side / block.depthwise.stride);
    return { batches, channels: block.project.outputs, side };
  });
}

/** Copies the channels at chosen places of a batch into rows. */
function gather(
  map: Float32Array,
  channels: number,
  area: number,
  places: Int32Array,
  minus?: Float32Array,
): Float32Array {
  const rows = new Float32Array(places.length * channels);
  for (const [row, place] of places.entries()) {
    const start = Math.floor(place / area) * channels * area + (place % area);
    for (let c = 0; c < channels; c++) {
      const at = start + c * area;
      rows[row * channels + c] = map[at]! - (minus ? minus[at]! : 0);
    }
  }
  return rows;
}

/** The block with only the kept inner channels, its projection solved for the teacher's output. */
function pruned(block: InvertedResidual, { kept, kernel, bias }: PrunedMap): InvertedResidual {
  const rows = (values: Float32Array, width: number) => {
    const out = new Float32Array(kept.length * width);
    for (const [at, row] of kept.entries())
      out.set(values.subarray(row * width, (row + 1) * width), at * width);
    return out;
  };
  const { expand, depthwise, project, residual } = block;
  return {
    ...(expand && {
      expand: {
        inputs: expand.inputs,
        outputs: kept.length,
        kernel: rows(expand.kernel, expand.inputs),
        bias: rows(expand.bias, 1),
      },
    }),
    depthwise: {
      channels: kept.length,
      stride: depthwise.stride,
      kernel: rows(depthwise.kernel, 9),
      bias: rows(depthwise.bias, 1),
    },
    project: { inputs: kept.length, outputs: project.outputs, kernel, bias },
    residual,
  };
}

const keptChannels = (block: InvertedResidual, keep: number) => {
  const { channels } = block.depthwise;
  return block.expand ? Math.min(channels, Math.ceil((channels * keep) / 8) * 8) : channels;
};

/** Prunes one block so that the student's output stays the teacher's, earlier errors included. */
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
    await runBlock(block, student, threads, async (at, inner) => {
      const count = batchLength(target, target.batches[at]!);
      const places = Int32Array.from(
        { length: count * placesPerImage },
        (_, i) => Math.floor(i / placesPerImage) * area + random.below(area),
      );
      const input = block.residual ? student.batches[at] : undefined;
      const wanted = gather(target.batches[at]!, target.channels, area, places, input);
      await sums.add(gather(inner, channels, area, places), wanted, places.length);
    });
    return pruned(block, pruneInputs(sums.centred(), keptChannels(block, keep)));
  } finally {
    await sums.release();
  }
}

/** Σ (student - teacher)² / Σ (teacher - its mean)². */
function relativeError(student: Maps, teacher: Maps): number {
  let [error, sum, squares, count] = [0, 0, 0, 0];
  for (const [at, wanted] of teacher.batches.entries()) {
    const got = student.batches[at]!;
    for (let i = 0; i < wanted.length; i++) {
      error += (got[i]! - wanted[i]!) ** 2;
      sum += wanted[i]!;
      squares += wanted[i]! ** 2;
    }
    count += wanted.length;
  }
  return error / (squares - sum ** 2 / count);
}

/**
 * Makes a narrower net out of a teacher, block by block: the inner channels that the others make
 * up for most cheaply go, and the projection is solved anew by least squares on what the student
 * itself computes so far, so that errors are made good instead of adding up (after He, Zhang & Sun
 * 2017, "Channel pruning for accelerating very deep neural networks").
 *
 * @throws an `AbortError` between two blocks
 */
export async function compress(teacher: CompactNet, options: CompressOptions): Promise<CompactNet> {
  const blocks: InvertedResidual[] = [];
  let seenByTeacher = await runStem(teacher, options);
  let seenByStudent = seenByTeacher;
  for (const [at, block] of teacher.blocks.entries()) {
    throwIfAborted(options.signal);
    const target = await runBlock(block, seenByTeacher, options.threads);
    const narrow = await compressBlock(block, seenByStudent, target, options);
    seenByStudent = await runBlock(narrow, seenByStudent, options.threads);
    seenByTeacher = target;
    blocks.push(narrow);
    options.onBlock?.(at, teacher.blocks.length, relativeError(seenByStudent, target));
  }
  return { ...teacher, blocks };
}
