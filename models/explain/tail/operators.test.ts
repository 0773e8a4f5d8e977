/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { tensor, tidy } from '@tensorflow/tfjs-core';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { openTfjs } from '../../engine/tfjs';
import { seededRandom } from '../../numeric/random';
import { GraphBuilder } from '../../onnx/builder';
import { writeOnnxModel, type Attribute, type Graph } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { computeTail, weightsOf } from './compute';
import { tailOf } from './tail';
import { operators } from './operators';

/** Adds operators that read a value, and returns their output. */
type Build = (builder: GraphBuilder, x: string) => string;
interface Case {
  /** Shape of the input, default [1, 4, 5, 6]. */
  shape?: readonly number[];
  /** Version of the operator set, default 17. */
  version?: number;
  build: Build;
}

beforeAll(() => openTfjs({ backend: 'cpu' }));

const random = seededRandom('operators');
const noise = (length: number) => Float32Array.from({ length }, () => random.next() * 4 - 2);
const size = (shape: readonly number[]) => shape.reduce((all, length) => all * length, 1);
const integers = (...values: number[]) => BigInt64Array.from(values, BigInt);

/** One operator on the input only, with these attributes. */
const plain = (name: string, attributes: Record<string, Attribute> = {}): Build => {
  return (builder, x) => builder.node(name, [x], name, attributes);
};
/** One operator on the input and on random constants of these shapes. */
const withConstants =
  (name: string, shapes: readonly number[][], attributes: Record<string, Attribute> = {}): Build =>
  (builder, x) => {
    const constants = shapes.map((shape, at) =>
      builder.constant(`c${at}`, shape, noise(size(shape))),
    );
    return builder.node(name, [x, ...constants], name, attributes);
  };
/** One operator on the input and a list of integers. */
const withList =
  (name: string, list: readonly number[], attributes: Record<string, Attribute> = {}): Build =>
  (builder, x) =>
    builder.node(
      name,
      [x, builder.constant('list', [list.length], integers(...list))],
      name,
      attributes,
    );
const kernel = { kernel_shape: [3, 2], strides: [2, 1] };

const cases: Record<string, Case> = {
  Identity: { build: plain('Identity') },
  Dropout: { build: plain('Dropout') },
  Relu: { build: plain('Relu') },
  LeakyRelu: { build: plain('LeakyRelu', { alpha: { float: 0.2 } }) },
  Sigmoid: { build: plain('Sigmoid') },
  Tanh: { build: plain('Tanh') },
  HardSigmoid: { build: plain('HardSigmoid', { alpha: { float: 0.3 } }) },
  HardSwish: { build: plain('HardSwish') },
  Elu: { build: plain('Elu') },
  Selu: { build: plain('Selu') },
  Softplus: { build: plain('Softplus') },
  Softsign: { build: plain('Softsign') },
  Erf: { build: plain('Erf') },
  Exp: { build: plain('Exp') },
  Neg: { build: plain('Neg') },
  Abs: { build: plain('Abs') },
  Sqrt: { build: (builder, x) => builder.node('Sqrt', [builder.node('Abs', [x], 'abs')], 'root') },
  'Clip by inputs': {
    build: (builder, x) =>
      builder.node('Clip', [x, builder.scalar('low', -0.5), builder.scalar('high', 1)], 'clip'),
  },
  'Clip by its upper bound alone': {
    build: (builder, x) => builder.node('Clip', [x, '', builder.scalar('high', 1)], 'clip'),
  },
  'Clip of an old set': {
    version: 10,
    build: plain('Clip', { min: { float: 0 }, max: { float: 1.5 } }),
  },
  'Add, broadcast': { build: withConstants('Add', [[4, 1, 1]]) },
  Sub: { build: withConstants('Sub', [[6]]) },
  Mul: { build: withConstants('Mul', [[1, 4, 5, 6]]) },
  Div: { build: withConstants('Div', [[5, 1]]) },
  Max: { build: withConstants('Max', [[6], [4, 1, 1]]) },
  Min: { build: withConstants('Min', [[6]]) },
  'Sum of three': { build: withConstants('Sum', [[6], [5, 1]]) },
  Pow: {
    build: (builder, x) => builder.node('Pow', [x, builder.scalar('two', 2)], 'square'),
  },
  Constant: {
    build: (builder, x) => {
      const value = { tensor: { name: '', shape: [6], data: noise(6) } };
      return builder.node('Mul', [x, builder.node('Constant', [], 'given', { value })], 'scaled');
    },
  },
  Gemm: { shape: [1, 7], build: withConstants('Gemm', [[7, 3], [3]]) },
  'Gemm, transposed and scaled': {
    shape: [7, 1],
    build: withConstants(
      'Gemm',
      [
        [3, 7],
        [1, 3],
      ],
      {
        ...{ transA: 1, transB: 1, alpha: { float: 0.5 }, beta: { float: 2 } },
      },
    ),
  },
  'Gemm without a bias': { shape: [1, 7], build: withConstants('Gemm', [[7, 3]]) },
  MatMul: { shape: [1, 7], build: withConstants('MatMul', [[7, 3]]) },
  'MatMul of batches': { build: withConstants('MatMul', [[6, 2]]) },
  BatchNormalization: {
    build: (builder, x) => {
      const parameters = ['scale', 'shift', 'mean'].map((name) =>
        builder.constant(name, [4], noise(4)),
      );
      const variance = builder.constant('variance', [4], noise(4).map(Math.abs));
      return builder.node('BatchNormalization', [x, ...parameters, variance], 'normal', {
        epsilon: { float: 0.01 },
      });
    },
  },
  LayerNormalization: { build: withConstants('LayerNormalization', [[6], [6]]) },
  'LayerNormalization of an image': {
    build: withConstants('LayerNormalization', [[4, 5, 6]], { axis: 1 }),
  },
  Flatten: { build: plain('Flatten') },
  'Flatten from axis 2': { build: plain('Flatten', { axis: 2 }) },
  Reshape: { build: withList('Reshape', [0, -1, 10]) },
  Transpose: { build: plain('Transpose', { perm: [0, 2, 3, 1] }) },
  'Transpose without an order': { build: plain('Transpose') },
  Squeeze: { shape: [1, 4, 1, 1], build: withList('Squeeze', [2, -1]) },
  'Squeeze of an old set': { shape: [1, 4, 1, 1], version: 11, build: plain('Squeeze') },
  Unsqueeze: { shape: [1, 4], build: withList('Unsqueeze', [0, -1]) },
  'Unsqueeze of an old set': {
    shape: [1, 4],
    version: 11,
    build: plain('Unsqueeze', { axes: [2] }),
  },
  Concat: {
    build: (builder, x) =>
      builder.node('Concat', [x, builder.constant('more', [1, 2, 5, 6], noise(60)), x], 'both', {
        axis: 1,
      }),
  },
  Pad: { build: withList('Pad', [0, 0, 1, 0, 0, 0, 0, 2]) },
  ReduceMean: { build: plain('ReduceMean', { axes: [2, -1], keepdims: 0 }) },
  'ReduceMean by an input': { version: 18, build: withList('ReduceMean', [2, 3]) },
  'ReduceMean of all': { build: plain('ReduceMean') },
  ReduceSum: { build: withList('ReduceSum', [1]) },
  ReduceL2: { build: plain('ReduceL2', { axes: [1] }) },
  Conv: { build: withConstants('Conv', [[3, 4, 3, 2], [3]], { ...kernel, pads: [1, 0, 2, 1] }) },
  'Conv, dilated': { build: withConstants('Conv', [[3, 4, 2, 2]], { dilations: [2, 3] }) },
  'Conv, depthwise': { build: withConstants('Conv', [[8, 1, 3, 3], [8]], { group: 4 }) },
  'Conv that keeps the size': {
    build: withConstants('Conv', [[3, 4, 2, 4]], { auto_pad: 'SAME_LOWER', strides: [2, 2] }),
  },
  MaxPool: { build: plain('MaxPool', { ...kernel, pads: [1, 0, 1, 1] }) },
  'MaxPool, rounded up': {
    build: plain('MaxPool', { kernel_shape: [2, 3], strides: [2, 2], ceil_mode: 1 }),
  },
  AveragePool: { build: plain('AveragePool', { ...kernel, pads: [1, 1, 1, 0] }) },
  'AveragePool that counts its padding': {
    build: plain('AveragePool', { ...kernel, pads: [1, 1, 1, 0], count_include_pad: 1 }),
  },
  'AveragePool that keeps the size': {
    build: plain('AveragePool', { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER', strides: [2, 2] }),
  },
  GlobalAveragePool: { build: plain('GlobalAveragePool') },
  GlobalMaxPool: { build: plain('GlobalMaxPool') },
};

/** The map is a copy of the input. The embedding is built from it. */
function graphOf({ shape = [1, 4, 5, 6], version = 17, build }: Case): Graph {
  const builder = new GraphBuilder();
  for (const name of ['input', 'embedding', 'feature_map']) builder.unique(name);
  const map = builder.node('Identity', ['input'], 'map');
  const end = build(builder, map);
  const info = { type: 'float32' as const, shape: [] };
  const graph = builder.finish(
    'operator',
    [{ ...info, name: 'input', shape }],
    [
      { ...info, name: 'feature_map', shape, value: map },
      { ...info, name: 'embedding', value: end },
    ],
  );
  return { ...graph, outputs: graph.outputs.slice(1), operatorSets: { '': version } };
}

async function inOnnxRuntime(graph: Graph, input: Float32Array, shape: readonly number[]) {
  // An output without a declared shape can have any.
  const file = writeOnnxModel({
    ...graph,
    outputs: [{ name: 'embedding', type: 'float32', shape: [] }],
  });
  const session = await InferenceSession.create(file, { logSeverityLevel: 4 });
  try {
    const { embedding } = await session.run({ input: new Tensor('float32', input, shape) });
    return embedding!;
  } finally {
    await session.release();
  }
}

async function inTensorFlow(graph: Graph, input: Float32Array, shape: readonly number[]) {
  const tail = tailOf(readOnnxModel(writeOnnxModel(graph)));
  const result = tidy(() => computeTail(tail, weightsOf(tail), tensor(input, [...shape])));
  return { dims: result.shape, data: await result.data<'float32'>() };
}

describe('an operator in TensorFlow.js computes what ONNX Runtime computes', () => {
  it.each(Object.entries(cases))('%s', async (_, each) => {
    const shape = each.shape ?? [1, 4, 5, 6];
    const input = noise(size(shape));
    const graph = graphOf(each);
    const expected = await inOnnxRuntime(graph, input, shape);
    const actual = await inTensorFlow(graph, input, shape);
    expect(actual.dims).toEqual(expected.dims);
    const values = expected.data as Float32Array;
    expect(values.some((value) => value !== 0)).toBe(true);
    for (const [at, value] of values.entries())
      expect(Math.abs(actual.data[at]! - value)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
  });

  it('with every operator among these, but for 8 bits, which round', () => {
    const tried = new Set(
      Object.values(cases).flatMap((each) => graphOf(each).nodes.map(({ operator }) => operator)),
    );
    const untried = [...operators.keys()].filter((name) => !tried.has(name));
    expect(untried).toEqual(['QuantizeLinear', 'DequantizeLinear']);
  });
});

describe('a form of an operator that is not known', () => {
  const refused: Record<string, [Build, string]> = {
    'a grouped convolution': [
      withConstants('Conv', [[4, 2, 3, 3]], { group: 2 }),
      'Conv in 2 groups',
    ],
    'a dilated maximum': [
      plain('MaxPool', { kernel_shape: [2, 2], dilations: [2, 2] }),
      'MaxPool with dilations',
    ],
    'a shape that is computed': [
      (builder, x) =>
        builder.node(
          'Reshape',
          [x, builder.node('Identity', [builder.constant('c', [1], integers(-1))], 'id')],
          'r',
        ),
      'Identity without floats',
    ],
    'a shape that does not fit': [withList('Reshape', [7, -1]), 'Reshape that fails'],
    'a mirrored padding': [
      withList('Pad', [0, 0, 1, 1, 0, 0, 1, 1], { mode: 'reflect' }),
      'Pad in a mode',
    ],
  };
  it.each(Object.entries(refused))('is refused by name: %s', async (_, [build, what]) => {
    const shape = [1, 4, 5, 6];
    const refusal = inTensorFlow(graphOf({ build }), noise(size(shape)), shape);
    await expect(refusal).rejects.toMatchObject({ code: 'BACKBONE' });
    await expect(inTensorFlow(graphOf({ build }), noise(120), shape)).rejects.toThrow(what);
  });
});
