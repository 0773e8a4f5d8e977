/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, model as createModel, input as createInput } from '@tensorflow/tfjs-layers';
import { sequential, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import {
  randomImages,
  randomiseWeights,
  runLayers,
  runOnnx,
  worstDifference,
} from '../testing/layersModels';
import { toOnnx } from './fromLayers';
import { writeOnnxModel, type Graph } from './model';
import { readOnnxModel } from './read';

type Apply = (input: SymbolicTensor) => SymbolicTensor;
const on = (layer: tf.serialization.Serializable, input: SymbolicTensor | SymbolicTensor[]) =>
  (layer as layers.Layer).apply(input) as SymbolicTensor;

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});
afterEach(() => tf.disposeVariables());

/** Exports a random network and compares it with TensorFlow.js on random images. */
async function compare(build: Apply, size: number[] = [7, 7, 3]): Promise<Graph> {
  const source = createInput({ shape: size });
  const end = build(source);
  const net = createModel({ inputs: source, outputs: end });
  randomiseWeights(net);
  const shape = [2, ...size];
  const data = randomImages(shape);
  const graph = await toOnnx(net, { name: 'net', outputs: { out: end } });
  const [expected] = await runLayers(net, data, shape);
  const { out } = await runOnnx(writeOnnxModel(graph), data, shape);
  expect(out!.dims).toEqual(expected!.dims);
  expect(worstDifference(out!.data, expected!.data)).toBeLessThan(1e-4);
  net.dispose();
  return graph;
}

const operators = (graph: Graph) => graph.nodes.map(({ operator }) => operator);

describe('exporting layers to ONNX', () => {
  const convolutions: Record<string, Apply> = {
    'valid, strided, biased': (x) =>
      on(layers.conv2d({ filters: 5, kernelSize: [3, 2], strides: [2, 1] }), x),
    'same, odd size, stride 2': (x) =>
      on(layers.conv2d({ filters: 4, kernelSize: 3, strides: 2, padding: 'same' }), x),
    'same, even kernel, dilated': (x) =>
      on(layers.conv2d({ filters: 4, kernelSize: [2, 4], dilationRate: 2, padding: 'same' }), x),
    depthwise: (x) =>
      on(
        layers.depthwiseConv2d({
          kernelSize: 3,
          depthMultiplier: 2,
          strides: 2,
          padding: 'same',
          activation: 'relu',
        }),
        x,
      ),
    separable: (x) =>
      on(
        layers.separableConv2d({
          filters: 6,
          kernelSize: 3,
          depthMultiplier: 2,
          padding: 'same',
          activation: 'tanh',
        }),
        x,
      ),
  };
  it.each(Object.keys(convolutions))('convolution: %s', async (name) => {
    await compare(convolutions[name]!);
    await compare(convolutions[name]!, [8, 6, 3]);
  });

  it('works batch normalization into the layer before it, and padding into the one after', async () => {
    const graph = await compare((x) => {
      const padded = on(
        layers.zeroPadding2d({
          padding: [
            [0, 1],
            [2, 0],
          ],
        }),
        x,
      );
      const options = { kernelSize: 3, strides: 2, useBias: false } as const;
      const first = on(layers.conv2d({ filters: 4, ...options }), padded);
      const normal = on(layers.batchNormalization({ scale: false, epsilon: 0.01 }), first);
      const depth = on(layers.depthwiseConv2d({ kernelSize: 2 }), normal);
      const flat = on(layers.flatten(), on(layers.batchNormalization(), depth));
      return on(layers.batchNormalization(), on(layers.dense({ units: 5 }), flat));
    });
    expect(operators(graph)).toEqual([
      ...['Transpose', 'Conv', 'Conv', 'Transpose', 'Reshape', 'Gemm'],
    ]);
  });

  it('keeps a convolution that something else reads, or that is not linear, as it is', async () => {
    const graph = await compare((x) => {
      const shared = on(layers.conv2d({ filters: 3, kernelSize: 1 }), x);
      const normal = on(layers.batchNormalization({ center: false }), shared);
      const active = on(layers.conv2d({ filters: 3, kernelSize: 1, activation: 'relu' }), normal);
      return on(layers.add(), [shared, on(layers.batchNormalization(), active)]);
    });
    expect(operators(graph).filter((operator) => operator === 'Mul')).toHaveLength(2);
  });

  it.each([
    ['keeps zero padding apart where a maximum could be negative', 'linear', 1, 4],
    ['works zero padding into a maximum of what is never negative', 'relu', 1, 3],
    ['keeps zero padding that is wider than the window', 'relu', 3, 4],
  ] as const)('%s', async (_, activation, padding, nodes) => {
    const graph = await compare((x) => {
      const top = on(layers.conv2d({ filters: 2, kernelSize: 1, activation }), x);
      const padded = on(layers.zeroPadding2d({ padding }), top);
      return on(layers.maxPooling2d({ poolSize: 3, strides: 2 }), padded);
    });
    expect(graph.nodes.filter(({ operator }) => operator !== 'Relu')).toHaveLength(nodes);
  });

  const others: Record<string, Apply> = {
    'max pooling, same': (x) =>
      on(layers.maxPooling2d({ poolSize: 3, strides: 2, padding: 'same' }), x),
    'max pooling, valid': (x) => on(layers.maxPooling2d({ poolSize: [2, 3] }), x),
    'average pooling, same': (x) =>
      on(layers.averagePooling2d({ poolSize: 3, strides: 1, padding: 'same' }), x),
    'average pooling, same, strided': (x) =>
      on(layers.averagePooling2d({ poolSize: 4, strides: 3, padding: 'same' }), x),
    'global average': (x) => on(layers.globalAveragePooling2d({}), x),
    'global maximum': (x) => on(layers.globalMaxPooling2d({}), x),
    'zero padding alone': (x) =>
      on(
        layers.zeroPadding2d({
          padding: [
            [1, 0],
            [2, 3],
          ],
        }),
        x,
      ),
    'zero padding before an average': (x) =>
      on(layers.averagePooling2d({ poolSize: 2 }), on(layers.zeroPadding2d({ padding: 1 }), x)),
    'flatten, dense': (x) =>
      on(layers.dense({ units: 4, activation: 'softmax' }), on(layers.flatten(), x)),
    'reshape to an image': (x) =>
      on(
        layers.conv2d({ filters: 2, kernelSize: 2 }),
        on(layers.reshape({ targetShape: [21, 7, 1] }), x),
      ),
    'reshape of one pixel': (x) => {
      const pooled = on(layers.globalAveragePooling2d({}), x);
      const pixel = on(layers.reshape({ targetShape: [1, 1, 3] }), pooled);
      const top = on(
        layers.conv2d({ filters: 4, kernelSize: 1 }),
        on(layers.dropout({ rate: 0.5 }), pixel),
      );
      return on(layers.reshape({ targetShape: [4] }), top);
    },
    'reshape between images': (x) => on(layers.reshape({ targetShape: [3, 7, 7] }), x),
    'relu of 6': (x) => on(layers.reLU({ maxValue: 6 }), x),
    relu: (x) => on(layers.reLU(), x),
    'leaky relu': (x) => on(layers.leakyReLU({ alpha: 0.2 }), x),
    'softmax of an image': (x) => on(layers.activation({ activation: 'softmax' }), x),
    'softmax layer': (x) => on(layers.softmax({ axis: -1 }), on(layers.flatten(), x)),
    add: (x) => on(layers.add(), [x, x, on(layers.activation({ activation: 'tanh' }), x)]),
    multiply: (x) => on(layers.multiply(), [x, on(layers.activation({ activation: 'tanh' }), x)]),
    concatenate: (x) => on(layers.concatenate(), [x, on(layers.reLU(), x)]),
    'concatenate rows': (x) => on(layers.concatenate({ axis: 1 }), [x, on(layers.reLU(), x)]),
    'concatenate flat': (x) => {
      const flat = on(layers.flatten(), x);
      return on(layers.concatenate(), [flat, on(layers.dense({ units: 2 }), flat)]);
    },
  };
  it.each(Object.keys(others))('%s', async (name) => {
    await compare(others[name]!);
  });

  const names = ['relu6', 'sigmoid', 'hardSigmoid', 'elu', 'selu', 'softplus', 'softsign', 'swish'];
  it.each(names)('activation %s', async (name) => {
    await compare((x) => on(layers.activation({ activation: name as 'relu6' }), x));
  });

  it('opens models that are used as layers, and a layer used twice', async () => {
    const inner = sequential({
      layers: [
        layers.conv2d({ filters: 3, kernelSize: 3, padding: 'same', inputShape: [7, 7, 3] }),
        layers.batchNormalization(),
      ],
    });
    const twice = layers.depthwiseConv2d({ kernelSize: 3, padding: 'same' });
    await compare((x) => on(twice, on(inner, on(twice, on(inner, x)))));
  });

  it('names outputs, gives one value under two names, carries metadata', async () => {
    const source = createInput({ shape: [4, 4, 3] });
    const map = on(layers.conv2d({ filters: 2, kernelSize: 2, name: 'embedding' }), source);
    const pooled = on(layers.globalAveragePooling2d({ name: 'pool' }), map);
    const net = createModel({ inputs: source, outputs: pooled });
    const outputs = {
      feature_map: 'embedding',
      embedding: pooled,
      again: 'pool',
      input_too: source,
    };
    const metadata = { 'labelloop.name': 'A net' };
    const graph = await toOnnx(net, { name: 'net', outputs, metadata });
    expect(graph.outputs.map(({ name, shape }) => [name, ...shape])).toEqual([
      ['feature_map', 'N', 2, 3, 3],
      ['embedding', 'N', 2],
      ['again', 'N', 2],
      ['input_too', 'N', 3, 4, 4],
    ]);
    expect(readOnnxModel(writeOnnxModel(graph)).metadata).toEqual(metadata);
    const results = await runOnnx(
      writeOnnxModel(graph),
      new Float32Array(48).fill(1),
      [1, 4, 4, 3],
    );
    expect(results['again']?.data).toEqual(results['embedding']?.data);
    net.dispose();
  });

  const refused: Record<string, [Apply, string]> = {
    'a layer it does not know': [
      (x) => on(layers.upSampling2d({ name: 'up' }), x),
      'Layer up (UpSampling2D) cannot be exported',
    ],
    'an activation it does not know': [
      (x) => on(layers.activation({ activation: 'mish', name: 'odd' }), x),
      'odd (Activation with activation mish)',
    ],
    'channels first': [
      (x) => on(layers.globalAveragePooling2d({ dataFormat: 'channelsFirst', name: 'p' }), x),
      'p (GlobalAveragePooling2D with channels first)',
    ],
    'normalization over rows': [
      (x) => on(layers.batchNormalization({ axis: 1, name: 'bn' }), x),
      'bn (BatchNormalization over axis 1)',
    ],
  };
  it.each(Object.keys(refused))('refuses %s by its name', async (name) => {
    const [build, reason] = refused[name]!;
    const source = createInput({ shape: [4, 4, 3] });
    const net = createModel({ inputs: source, outputs: build(source) });
    const exported = toOnnx(net, { name: 'net', outputs: { out: net.outputs[0]! } });
    await expect(exported).rejects.toThrow(reason);
    await expect(exported).rejects.toMatchObject({ code: 'VALUE' });
    net.dispose();
  });

  it('refuses a model whose size is open', async () => {
    const source = createInput({ shape: [null, null, 3] });
    const net = createModel({ inputs: source, outputs: on(layers.reLU(), source) });
    await expect(toOnnx(net, { name: 'net', outputs: { out: net.outputs[0]! } })).rejects.toThrow(
      'build the model for one input size',
    );
    net.dispose();
  });
});
