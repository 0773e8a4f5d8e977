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
import { disagreementOf, distil, rateAt, type DistilOptions, type Lesson } from './distil';

const inputSize = 32;
const batchSize = 3;
const values = 10;
const random = seededRandom('lessons');
const floats = (length: number, scale: number) =>
  Float32Array.from({ length }, () => scale * random.normal());
const net = tinyCompactNet(values);

const lesson: Lesson = {
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

async function embed(of: CompactNet): Promise<Float32Array> {
  const session = await InferenceSession.create(writeOnnxModel(netGraph(of, inputSize, 'float32')));
  const input = new Tensor('float32', lesson.pixels, [batchSize, inputSize, inputSize, 3]);
  const { embedding } = await session.run({ input });
  await session.release();
  return embedding!.data as Float32Array;
}

describe('a compact net', () => {
  it('is the same after it was written to an ONNX file and read again', () => {
    const again = readCompactNet(
      readOnnxModel(writeOnnxModel(netGraph(net, inputSize, 'float32'))),
    );
    expect(again).toEqual(net);
    expect(parameterCount(again)).toBe(
      layersOf(net).reduce((sum, { kernel, bias }) => sum + kernel.length + bias.length, 0),
    );
  });

  it('refuses a graph of another kind', () => {
    const graph = { name: 'none', inputs: [], outputs: [], nodes: [] };
    expect(() => readCompactNet(graph)).toThrow('Only MobileNetV2');
  });

  it('says nearly the same with its weights in half the space', async () => {
    const half = writeOnnxModel(netGraph(net, inputSize, 'float16'));
    const session = await InferenceSession.create(half);
    const input = new Tensor('float32', lesson.pixels, [batchSize, inputSize, inputSize, 3]);
    const { embedding } = await session.run({ input });
    await session.release();
    const exact = await embed(net);
    const given = embedding!.data as Float32Array;
    for (const [at, value] of exact.entries()) expect(given[at]).toBeCloseTo(value, 1.5);
    expect(given).not.toEqual(exact);
  });
});

describe('the step of distillation', () => {
  it('has the loss of the embeddings that the written net gives', async () => {
    const embeddings = await embed(net);
    const centred = (from: Float32Array, row: number) =>
      Array.from(options.mean, (mean, j) => from[row * values + j]! - mean);
    const dot = (a: number[], b: number[]) => a.reduce((sum, x, j) => sum + x * b[j]!, 0);
    let cosines = 0;
    for (let row = 0; row < batchSize; row++) {
      const [a, b] = [centred(embeddings, row), centred(lesson.embeddings, row)];
      cosines += dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
    }
    const { loss } = await disagreementOf(net, lesson, options);
    expect(loss).toBeCloseTo(1 - cosines / batchSize, 4);
  });

  it('has the gradients that small changes of each layer along them show', async () => {
    const { gradients } = await disagreementOf(net, lesson, options);
    const probe = structuredClone(net);
    const arrays = layersOf(probe).flatMap(({ kernel, bias }) => [kernel, bias]);
    for (const [which, array] of arrays.entries()) {
      const gradient = gradients[which]!;
      const length = Math.hypot(...gradient);
      const before = Float32Array.from(array);
      const lossAt = async (change: number) => {
        for (let i = 0; i < array.length; i++)
          array[i] = before[i]! + (change * gradient[i]!) / length;
        return (await disagreementOf(probe, lesson, options)).loss;
      };
      const slope = ((await lossAt(2e-3)) - (await lossAt(-2e-3))) / 4e-3;
      array.set(before);
      expect(length).toBeGreaterThan(1e-4);
      expect(Math.abs(slope / length - 1)).toBeLessThan(0.05);
    }
  });

  it('keeps frozen blocks as they are while the rest comes closer to what is wanted', async () => {
    const losses: number[] = [];
    const lessons = (async function* () {
      for (;;) yield await Promise.resolve(lesson);
    })();
    const learnt = await distil(net, lessons, {
      ...options,
      frozenBlocks: 2,
      onStep: (_, loss) => losses.push(loss),
    });
    expect(losses).toHaveLength(40);
    expect(losses.at(-1)).toBeLessThan(0.8 * losses[0]!);
    expect(learnt.stem).toEqual(net.stem);
    expect(learnt.blocks.slice(0, 2)).toEqual(net.blocks.slice(0, 2));
    expect(learnt.blocks[2]).not.toEqual(net.blocks[2]);
    expect((await disagreementOf(learnt, lesson, options)).loss).toBeLessThan(0.8 * losses[0]!);
  });

  it('stops with an AbortError', async () => {
    const lessons = (async function* () {
      yield await Promise.resolve(lesson);
    })();
    const signal = AbortSignal.abort();
    await expect(distil(net, lessons, { ...options, signal })).rejects.toMatchObject({
      name: 'AbortError',
    });
  });
});

describe('compressing', () => {
  it('loses nothing when every channel stays, and little of a net with channels to spare', async () => {
    // Twins of channels that are there already: half of the inner channels can go.
    const twice = (of: Float32Array, width: number) => {
      const out = new Float32Array(of.length * 2);
      for (let row = 0; row * width < of.length; row++)
        for (const copy of [0, 1])
          out.set(of.subarray(row * width, (row + 1) * width), (2 * row + copy) * width);
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
            kernel: twice(expand!.kernel, 4),
            bias: twice(expand!.bias, 1),
          },
          depthwise: {
            channels: 32,
            stride: 2,
            kernel: twice(filter.kernel, 9),
            bias: twice(filter.bias, 1),
          },
          project: {
            inputs: 32,
            outputs: 5,
            kernel: twice(project.kernel, 1).map((value) => value / 2),
            bias: project.bias,
          },
          residual: false,
        },
        third!,
      ],
    };
    const views = Array.from({ length: 24 }, () => floats(inputSize ** 2 * 3, 1));
    const errors: number[] = [];
    const narrow = await compress(doubled, {
      keep: 0.5,
      inputSize,
      views,
      seed: 1,
      threads: 1,
      onBlock: (_, __, error) => errors.push(error),
    });
    expect(narrow.blocks.map(({ depthwise: { channels } }) => channels)).toEqual([6, 16, 8]);
    expect(errors[0]).toBeLessThan(1e-4);
    expect(errors[1]).toBeLessThan(1e-3);
    expect(errors[2]).toBeGreaterThan(1e-3);
    expect(errors[2]).toBeLessThan(0.6);
  });
});

describe('the rate of learning', () => {
  it('rises, then falls to nothing', () => {
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
  it('takes steps of the rate whatever the gradient, and leaves what has none alone', () => {
    const weights = [Float32Array.of(1, 1), Float32Array.of(1)];
    new Adam([2, 1]).step(weights, [Float32Array.of(100, -0.001), undefined], 0.1);
    expect(weights[0]![0]).toBeCloseTo(0.9, 4);
    expect(weights[0]![1]).toBeCloseTo(1.1, 4);
    expect(weights[1]).toEqual(Float32Array.of(1));
  });
});
