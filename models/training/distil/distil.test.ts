/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../../numeric/random';
import { writeOnnxModel } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { tinyCompactNet } from '../../testing/tinyCompactNet';
import { Adam } from './adam';
import { netGraph } from './compactGraph';
import { parameterCount, readCompactNet, type CompactNet } from './compactNet';
import { compress } from './compress';
import { lossAndGradients, distil, rateAt, type DistilOptions, type DistilBatch } from './distil';

const inputSize = 32;
const batchSize = 3;
const values = 10;
const random = seededRandom('lessons');
const floats = (length: number, scale: number) =>
  Float32Array.from({ length }, () => scale * random.normal());
const net = tinyCompactNet(values);

const batch: DistilBatch = {
  pixels: floats(batchSize * inputSize ** 2 * 3, 1),
  embeddings: floats(batchSize * values, 1),
};
const options: DistilOptions = {
  inputSize,
  batchSize,
  steps: 40,
  frozenBlocks: 0,
  learningRate: 0.01,
  mean: floats(values, 0.1),
  threads: 1,
};

const layersOf = ({ stem, blocks, last }: CompactNet) => [
  stem,
  ...blocks.flatMap(({ expand, depthwise: filter, project }) => [
    ...(expand ? [expand] : []),
    filter,
    project,
  ]),
  last,
];

async function embed(compactNet: CompactNet): Promise<Float32Array> {
  const session = await InferenceSession.create(
    writeOnnxModel(netGraph(compactNet, inputSize, 'float32')),
  );
  const input = new Tensor('float32', batch.pixels, [batchSize, inputSize, inputSize, 3]);
  const { embedding } = await session.run({ input });
  await session.release();
  return embedding!.data as Float32Array;
}

describe('a compact net', () => {
  it('survives writing to an ONNX file and reading it', () => {
    const restored = readCompactNet(
      readOnnxModel(writeOnnxModel(netGraph(net, inputSize, 'float32'))),
    );
    expect(restored).toEqual(net);
    expect(parameterCount(restored)).toBe(
      layersOf(net).reduce((sum, { kernel, bias }) => sum + kernel.length + bias.length, 0),
    );
  });

  it('refuses a graph of another structure', () => {
    const graph = { name: 'none', inputs: [], outputs: [], nodes: [] };
    expect(() => readCompactNet(graph)).toThrow('a net like MobileNetV2');
  });

  it('has nearly the same embeddings with half-precision weights', async () => {
    const half = writeOnnxModel(netGraph(net, inputSize, 'float16'));
    const session = await InferenceSession.create(half);
    const input = new Tensor('float32', batch.pixels, [batchSize, inputSize, inputSize, 3]);
    const { embedding } = await session.run({ input });
    await session.release();
    const exact = await embed(net);
    const approximate = embedding!.data as Float32Array;
    for (const [index, value] of exact.entries())
      expect(approximate[index]).toBeCloseTo(value, 1.5);
    expect(approximate).not.toEqual(exact);
  });
});

describe('the step of distillation', () => {
  it('computes the same loss as the embeddings of the exported net', async () => {
    const embeddings = await embed(net);
    const centred = (from: Float32Array, row: number) =>
      Array.from(options.mean, (mean, j) => from[row * values + j]! - mean);
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, j) => sum + x * b[j]!, 0);
    let cosines = 0;
    for (let row = 0; row < batchSize; row++) {
      const [a, b] = [centred(embeddings, row), centred(batch.embeddings, row)];
      cosines += dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    }
    const { loss } = await lossAndGradients(net, batch, options);
    expect(loss).toBeCloseTo(1 - cosines / batchSize, 4);
  });

  it('computes gradients that match finite differences along them', async () => {
    const { gradients } = await lossAndGradients(net, batch, options);
    const probe = structuredClone(net);
    const arrays = layersOf(probe).flatMap(({ kernel, bias }) => [kernel, bias]);
    for (const [index, array] of arrays.entries()) {
      const gradient = gradients[index]!;
      const length = Math.hypot(...gradient);
      const before = Float32Array.from(array);
      const lossAt = async (change: number) => {
        for (let i = 0; i < array.length; i++)
          array[i] = before[i]! + (change * gradient[i]!) / length;
        return (await lossAndGradients(probe, batch, options)).loss;
      };
      const slope = ((await lossAt(2e-3)) - (await lossAt(-2e-3))) / 4e-3;
      array.set(before);
      expect(length).toBeGreaterThan(1e-4);
      expect(Math.abs(slope / length - 1)).toBeLessThan(0.05);
    }
  });

  it('does not change frozen blocks while the rest approaches the target', async () => {
    const losses: number[] = [];
    const batches = (async function* () {
      for (;;) yield await Promise.resolve(batch);
    })();
    const trained = await distil(net, batches, {
      ...options,
      frozenBlocks: 2,
      onStep: (_, loss) => losses.push(loss),
    });
    expect(losses).toHaveLength(40);
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    expect(trained.stem).toEqual(net.stem);
    expect(trained.blocks.slice(0, 2)).toEqual(net.blocks.slice(0, 2));
    expect(trained.blocks[2]).not.toEqual(net.blocks[2]);
    expect((await lossAndGradients(trained, batch, options)).loss).toBeLessThan(0.8 * losses[0]!);
  });

  it('stops with an AbortError', async () => {
    const batches = (async function* () {
      yield await Promise.resolve(batch);
    })();
    const signal = AbortSignal.abort();
    await expect(distil(net, batches, { ...options, signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('compressing', () => {
  it('has almost no error if all channels are kept or only duplicates are removed', async () => {
    // Half of the inner channels are duplicates, so they can be removed.
    const duplicateRows = (compactNet: Float32Array, width: number) => {
      const out = new Float32Array(compactNet.length * 2);
      for (let row = 0; row * width < compactNet.length; row++)
        for (const copy of [0, 1])
          out.set(compactNet.subarray(row * width, (row + 1) * width), (2 * row + copy) * width);
      return out;
    };
    const [first, second, third] = net.blocks;
    const { expand, depthwise: filter, project } = second!;
    const doubled: CompactNet = {
      ...net,
      blocks: [
        first!,
        {
          expand: {
            inputs: 4,
            outputs: 32,
            kernel: duplicateRows(expand!.kernel, 4),
            bias: duplicateRows(expand!.bias, 1),
          },
          depthwise: {
            channels: 32,
            stride: 2,
            kernel: duplicateRows(filter.kernel, 9),
            bias: duplicateRows(filter.bias, 1),
          },
          project: {
            inputs: 32,
            outputs: 5,
            kernel: duplicateRows(project.kernel, 1).map((value) => value / 2),
            bias: project.bias,
          },
          residual: false,
        },
        third!,
      ],
    };
    const views = Array.from({ length: 24 }, () => floats(inputSize ** 2 * 3, 1));
    const errors: number[] = [];
    const compressed = await compress(doubled, {
      keep: 0.5,
      inputSize,
      views,
      seed: 1,
      threads: 1,
      onBlock: (_, __, error) => errors.push(error),
    });
    expect(compressed.blocks.map(({ depthwise: { channels } }) => channels)).toEqual([6, 16, 8]);
    expect(errors[0]).toBeLessThan(1e-4);
    expect(errors[1]).toBeLessThan(1e-3);
    expect(errors[2]).toBeGreaterThan(1e-3);
    expect(errors[2]).toBeLessThan(0.6);
  });
});

describe('the learning rate', () => {
  it('rises, then falls to zero', () => {
    const rates = Array.from({ length: 100 }, (_, step) =>
      rateAt(step, { steps: 100, learningRate: 1 }),
    );
    expect(rates[0]).toBeCloseTo(0.2);
    expect(Math.max(...rates)).toBe(1);
    expect(rates.indexOf(1)).toBeLessThan(6);
    expect(rates.at(-1)).toBeLessThan(0.001);
  });
});

describe('Adam', () => {
  it('takes first steps of the size of the rate, and skips arrays without a gradient', () => {
    const weights = [Float32Array.of(1, 1), Float32Array.of(1)];
    new Adam([2, 1]).step(weights, [Float32Array.of(100, -0.001), undefined], 0.1);
    expect(weights[0]![0]).toBeCloseTo(0.9, 4);
    expect(weights[0]![1]).toBeCloseTo(1.1, 4);
    expect(weights[1]).toEqual(Float32Array.of(1));
  });
});
