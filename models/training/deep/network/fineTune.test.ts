/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { memory, tensor, tidy, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { architectures } from '../../../backbones/architectures';
import { backboneGraph } from '../../../backbones/exportBackbone';
import type { Backbone } from '../../../backbones/backbone';
import { findBackbones } from '../../../backbones/registry';
import { openTfjs } from '../../../engine/tfjs';
import { writeOnnxModel } from '../../../onnx/model';
import { seededRandom } from '../../../numeric/random';
import { colourImages } from '../../../testing/colourImages';
import { splitBefore } from './splitModel';
import { exportNet } from './exportNet';
import { defaultBlocks, fineTune } from './fineTune';
import { trainDeep } from '../run/trainDeep';

const engine = { backend: 'wasm', threads: 1 } as const;
const classes = 3;
let folder: string;
let backbone: Backbone;

/** Fills kernels with random values that preserve the scale of activations. */
function fillKernels(model: LayersModel): void {
  const random = seededRandom('backbone');
  for (const layer of model.layers) {
    const [kernel, ...others] = layer.getWeights();
    if (kernel?.shape.length !== 4) continue;
    const [rows = 1, columns = 1, inputs = 1] = kernel.shape;
    const depthwise = layer.getClassName() === 'DepthwiseConv2D';
    const limit = Math.sqrt(6 / (rows * columns * (depthwise ? 1 : inputs)));
    const values = Float32Array.from(
      { length: kernel.size },
      () => (2 * random.next() - 1) * limit,
    );
    tidy(() => layer.setWeights([tensor(values, kernel.shape), ...others]));
  }
}

/** Writes a MobileNetV2 for 32 pixels with random weights as a backbone file. */
beforeAll(async () => {
  await openTfjs(engine);
  folder = await mkdtemp(join(tmpdir(), 'fine-tune-'));
  const architecture = architectures.find(({ id }) => id === 'mobilenet_v2')!;
  const model = architecture.build({ inputSize: 32 });
  fillKernels(model);
  const graph = await backboneGraph(model, { architecture: 'mobilenet_v2' });
  model.dispose();
  await writeFile(join(folder, 'small.onnx'), writeOnnxModel(graph));
  const { found: backbones, rejected } = await findBackbones([folder]);
  expect(rejected).toEqual([]);
  backbone = backbones[0]!;
});
afterAll(() => rm(folder, { recursive: true }));

const net = (from = 'block_14') => fineTune(backbone, { from, stem: { threads: 1 } });
const train = async (from?: string) => {
  const images = { train: await colourImages(24, classes), test: await colourImages(12, classes) };
  const options = { epochs: 3, batchSize: 8 };
  return trainDeep({ net: net(from), images, classes, engine, options });
};

describe('fine-tuning', () => {
  it('trains from the chosen block on and keeps the layers before it', async () => {
    const before = await net().build(classes, 1);
    const kernel = async (built: typeof before, layer: string) =>
      built.model.getLayer(layer).getWeights()[0]!.data();
    const initial = await Promise.all(
      ['block_13_expand', 'block_14_expand'].map((name) => kernel(before, name)),
    );
    before.dispose();
    const trained = await train();
    expect(await kernel(trained.built, 'block_13_expand')).toEqual(initial[0]);
    expect(await kernel(trained.built, 'block_14_expand')).not.toEqual(initial[1]);
    trained.dispose();
  });

  it('does not change the statistics of batch normalization', async () => {
    const trained = await train();
    const [, , mean, variance] = trained.built.model.getLayer('block_15_expand_BN').getWeights();
    expect((await mean!.data()).every((value) => value === 0)).toBe(true);
    expect(new Set(await variance!.data()).size).toBe(1);
    trained.dispose();
  });

  it('frees its tensors, and trains more weights from an earlier block on', async () => {
    const counts = async (from: string) => {
      const before = memory().numTensors;
      const built = await net(from).build(classes, 1);
      const count = built.trainable.trainableWeights.length;
      built.dispose();
      expect(memory().numTensors).toBe(before);
      return count;
    };
    expect(await counts('block_6')).toBeGreaterThan(await counts('block_16'));
  });

  it('exports an ONNX file with the same outputs as TensorFlow.js', async () => {
    const trained = await train('block_16');
    const { file, difference } = await exportNet(trained, { name: 'Small' });
    expect(difference).toBeLessThan(1e-3);
    const session = await InferenceSession.create(file);
    const pixels = new Float32Array(32 * 32 * 3).map((_, index) => ((index * 37) % 200) / 100 - 1);
    const results = await session.run({ input: new OnnxTensor('float32', pixels, [1, 32, 32, 3]) });
    expect(Object.values(results).map(({ dims }) => dims)).toEqual(
      expect.arrayContaining([
        [1, 1280, 1, 1],
        [1, 1280],
        [1, classes],
      ]),
    );
    const expected = tidy(
      () => trained.built.model.apply(tensor(pixels, [1, 32, 32, 3])) as Tensor,
    );
    const logits = await expected.data();
    for (const [index, value] of logits.entries())
      expect((results['logits']!.data as Float32Array)[index]).toBeCloseTo(value, 3);
    expected.dispose();
    trained.dispose();
    await session.release();
  });

  const shared = process.env['LABELLOOP_SHARED'] ?? join(__dirname, '../../../../../shared');
  const official = join(shared, 'models', 'mobilenet_v2_1.0_224_imagenet.onnx');
  const testWithWeights = existsSync(official) ? it : it.skip;
  const skipReason = existsSync(official) ? '' : ` (skipped: no file ${official})`;
  testWithWeights(`learns with real weights in the frozen layers${skipReason}`, async () => {
    const { found: backbones } = await findBackbones([join(shared, 'models')]);
    const real = fineTune(
      backbones.find(({ file }) => file === official)!,
      { from: 'block_16' },
    );
    const built = async (count: number, seed: string) =>
      colourImages(count, classes, { size: 64, seed });
    const images = { train: await built(24, 'a'), test: await built(12, 'b') };
    const options = { epochs: 4, batchSize: 8 };
    const trained = await trainDeep({ net: real, images, classes, engine, options });
    expect(trained.metrics.test!.accuracy).toBeGreaterThan(0.9);
    expect((await exportNet(trained)).difference).toBeLessThan(1e-3);
    trained.dispose();
  });

  it('refuses an unknown block and the first block', async () => {
    await expect(net('block_99').build(classes, 1)).rejects.toThrow('no block block_99');
    const image = backbone.inputSize;
    expect(image).toBe(32);
    await expect(net('input').build(classes, 1)).rejects.toMatchObject({ code: 'VALUE' });
  });
});

test.each(architectures)('$id can be split before its default block', (architecture) => {
  const model = architecture.build({ inputSize: architecture.id === 'inception_v3' ? 96 : 64 });
  const before = memory().numTensors;
  const split = splitBefore(model, defaultBlocks[architecture.id]!);
  expect(split.output.shape).toEqual(model.outputs[0]!.shape);
  expect(split.input.shape).toEqual(split.boundary.shape);
  expect(memory().numTensors).toBe(before);
  model.dispose();
});
