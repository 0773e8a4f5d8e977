import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { architectures } from './index';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

/** Parameters without top, as Keras counts them, and the output of the last convolution. */
const keras: Record<string, [number, number[], string, string]> = {
  mobilenet: [3_228_864, [7, 7, 1024], 'conv_dw_12_bn', 'conv_pad_12'],
  mobilenet_v2: [2_257_984, [7, 7, 1280], 'block_13_depthwise_BN', 'block_13_pad'],
  resnet50: [23_587_712, [7, 7, 2048], 'conv4_block1_0_bn', 'pool1_pad'],
  inception_v3: [21_802_784, [8, 8, 2048], 'batch_normalization_94', 'mixed9_1'],
};

test('there is one architecture for each of the published networks', () => {
  expect(architectures.map(({ id }) => id).sort()).toEqual(Object.keys(keras).sort());
});

test.each(architectures)('$id has the parameters, shapes and names of Keras', (architecture) => {
  const [parameters, shape, ...names] = keras[architecture.id]!;
  const model = architecture.build();
  expect(model.countParams()).toBe(parameters);
  expect(model.inputs[0]!.shape).toEqual([null, architecture.inputSize, architecture.inputSize, 3]);
  expect(model.outputs[0]!.shape).toEqual([null, ...shape]);
  expect(shape.at(-1)).toBe(architecture.embeddingSize);
  expect(model.outputs[0]).toBe(model.getLayer(architecture.featureLayer).output);
  for (const name of names) expect(model.getLayer(name).name).toBe(name);
  model.dispose();
});

test('strides of two pad as the published weights were trained, for even and for odd sizes', () => {
  const padding = (size: number) => {
    const model = architectures[0]!.build({ inputSize: size });
    const config = model.getLayer('block_1_pad').getConfig();
    model.dispose();
    return config['padding'];
  };
  expect(padding(224)).toEqual([
    [0, 1],
    [0, 1],
  ]);
  expect(padding(97)).toEqual([
    [1, 1],
    [1, 1],
  ]);
});
