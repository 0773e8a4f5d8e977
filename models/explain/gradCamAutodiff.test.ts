import { memory } from '@tensorflow/tfjs-core';
import { openTfjs } from '../engine/tfjs';
import { seededRandom } from '../numeric/random';
import { tinyNet } from '../testing/tinyNet';
import { alexnet } from '../training/deep/alexnet';
import type { BuiltNet } from '../training/deep/net';
import { classMap } from './gradCam';
import { gradCam } from './gradCamAutodiff';
import { layers, model, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';

const classes = 3;
const size = 16;
const random = seededRandom('pixels');
const pixels = Float32Array.from({ length: size * size * 3 }, () => 2 * random.next() - 1);
let net: BuiltNet;

beforeAll(async () => {
  await openTfjs({ backend: 'cpu' });
  net = await tinyNet().build(classes, 1);
});
afterAll(() => net.dispose());

/** The map, its mean and the head as the closed form wants them. */
async function closedForm(classIndex: number) {
  const both = model({ inputs: net.model.inputs, outputs: [net.featureMap, net.embedding] });
  const outputs = tidy(() => both.apply(tensor(pixels, [1, size, size, 3])) as Tensor[]);
  const [map, embedding] = await Promise.all(outputs.map((output) => output.data<'float32'>()));
  const [, height = 0, width = 0, channels = 0] = outputs[0]!.shape;
  const cells = height * width;
  const values = Float32Array.from(
    { length: map!.length },
    (_, at) => map![(at % cells) * channels + Math.floor(at / cells)]!,
  );
  const [weights, bias] = await Promise.all(
    net.model
      .getLayer('logits')
      .getWeights()
      .map((weight) => weight.data<'float32'>()),
  );
  for (const output of outputs) output.dispose();
  const features = { channels, height, width, values, embedding: embedding! };
  const head = { weights: weights!, bias: bias! };
  return { ...classMap(features, head, classIndex), bias: bias![classIndex]! };
}

describe('Grad-CAM by automatic differentiation', () => {
  it.each([0, 1, 2])('equals the closed form for class %d, but for normalisation', async (at) => {
    const [auto, closed] = [await gradCam(net, pixels, at), await closedForm(at)];
    expect([auto.height, auto.width]).toEqual([closed.height, closed.width]);
    // The closed form scales embeddings to a length; that is one positive factor for the image.
    const factor = (closed.logit - closed.bias) / (auto.logit - closed.bias);
    expect(factor).toBeGreaterThan(0);
    for (const [cell, value] of closed.values.entries())
      expect(auto.values[cell]! * factor).toBeCloseTo(value, 4);
  });

  it('means, plus the bias, the logit', async () => {
    const { values, logit } = await gradCam(net, pixels, 1);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const [, bias] = net.model.getLayer('logits').getWeights();
    expect(mean + (await bias!.data())[1]!).toBeCloseTo(logit, 4);
  });

  it('gives another map for another head', async () => {
    const other = await tinyNet().build(classes, 1);
    const before = await gradCam(other, pixels, 0);
    const [kernel, bias] = other.model.getLayer('logits').getWeights();
    const drawn = Float32Array.from({ length: kernel!.size }, () => random.normal());
    tidy(() => other.model.getLayer('logits').setWeights([tensor(drawn, kernel!.shape), bias!]));
    const after = await gradCam(other, pixels, 0);
    const difference = before.values.map((value, at) => Math.abs(value - after.values[at]!));
    expect(Math.max(...difference)).toBeGreaterThan(0.01);
    other.dispose();
  });

  it('leaves no tensor behind, and refuses what it cannot explain', async () => {
    const before = memory().numTensors;
    await gradCam(net, pixels, 0);
    expect(memory().numTensors).toBe(before);
    await expect(gradCam(net, pixels, 3)).rejects.toThrow('Class 3 is outside 0 to 2');
    await expect(gradCam(net, pixels.subarray(1), 0)).rejects.toMatchObject({ code: 'SHAPE' });
    const image = net.model.inputs[0]!;
    const around = layers
      .concatenate()
      .apply([layers.flatten().apply(image), net.embedding] as SymbolicTensor[]) as SymbolicTensor;
    const open = model({
      inputs: image,
      outputs: layers.dense({ units: 3 }).apply(around) as SymbolicTensor,
    });
    await expect(gradCam({ ...net, model: open }, pixels, 0)).rejects.toThrow(
      'not all of the output',
    );
  });

  it('explains nets with dense layers, which have no closed form', async () => {
    await openTfjs({ backend: 'wasm', threads: 1 });
    const large = await alexnet({ inputSize: 195 }).build(classes, 1);
    const image = Float32Array.from({ length: 195 * 195 * 3 }, () => random.next());
    const { height, width, values, logit } = await gradCam(large, image, 2);
    expect([height, width, values.length]).toEqual([1, 1, 1]);
    expect(Number.isFinite(logit)).toBe(true);
    large.dispose();
    await openTfjs({ backend: 'cpu' });
  });
});
