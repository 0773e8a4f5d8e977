/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import '@tensorflow/tfjs-backend-wasm';
import * as tf from '@tensorflow/tfjs-core';
import { layers, sequential, type Sequential } from '@tensorflow/tfjs-layers';
import { savedLayersOf, writeKerasFile } from '../../testing/kerasFile';
import { randomiseWeights } from '../../testing/layersModels';
import { loadKerasWeights } from './load';
import { readKerasWeights, type SavedLayer } from './weightsFile';

beforeAll(async () => {
  await tf.setBackend('wasm');
  await tf.ready();
});

const smallNet = (): Sequential =>
  sequential({
    layers: [
      layers.conv2d({ filters: 4, kernelSize: 3, name: 'conv2d_1', inputShape: [8, 8, 3] }),
      layers.batchNormalization({ name: 'bn_conv' }),
      layers.depthwiseConv2d({ kernelSize: 3, useBias: false, name: 'dw' }),
      layers.reLU({ name: 'act' }),
      layers.conv2d({ filters: 4, kernelSize: 3, name: 'conv2d_2' }),
    ],
  });

let net: Sequential;
let saved: SavedLayer[];
beforeAll(async () => {
  net = smallNet();
  randomiseWeights(net);
  saved = await savedLayersOf(net);
});

const values = async (model: Sequential) =>
  (await savedLayersOf(model)).flatMap(({ weights }) => weights.map(({ data }) => data));

async function loaded(changed: readonly SavedLayer[], root?: 'model_weights') {
  const target = smallNet();
  await loadKerasWeights(target, await writeKerasFile(changed, root));
  return values(target);
}

const renamed = (name: (old: string) => string): SavedLayer[] =>
  saved.map((layer) => ({ ...layer, name: name(layer.name) }));

describe('reading Keras weights', () => {
  it('gives every layer its own, from a weights file and from a whole saved model', async () => {
    const expected = await values(net);
    expect(await loaded(saved)).toEqual(expected);
    expect(await loaded(saved, 'model_weights')).toEqual(expected);
    expect(await loaded([...saved].reverse())).toEqual(expected);
  });

  it('finds automatic names by their rank, with any first number of Keras', async () => {
    const later = renamed((name) => name.replace(/conv2d_(\d)/, (_, at) => `conv2d_${+at + 94}`));
    const first = renamed((name) => (name === 'conv2d_1' ? 'conv2d' : name));
    const expected = await values(net);
    expect(await loaded([...later].reverse())).toEqual(expected);
    expect(await loaded(first)).toEqual(expected);
  });

  it('matches layers by their order if no name is in common, as Keras does', async () => {
    const foreign = renamed((name) => `mobl_${name}`);
    expect(await loaded(foreign)).toEqual(await values(net));
  });

  it('does not match by order if the number of layers differs', async () => {
    const other = renamed((name) => `mobl_${name}`).slice(1);
    await expect(loaded(other)).rejects.toThrow('has 3 layers with weights but the network has 4');
  });

  it('matches weights by their order if a layer names none of them', async () => {
    const old = saved.map((layer) => ({
      ...layer,
      weights: layer.weights.map((weight, at) => ({ ...weight, name: `param_${at}_W` })),
    }));
    expect(await loaded(old)).toEqual(await values(net));
  });

  const without = (at: number) => saved.filter((_, layer) => layer !== at);
  const changed = (at: number, change: (layer: SavedLayer) => Partial<SavedLayer>) =>
    saved.map((layer, index) => (index === at ? { ...layer, ...change(layer) } : layer));
  const cases: Record<string, [() => SavedLayer[], string]> = {
    'a missing layer': [() => without(1), 'layer bn_conv is not in the file'],
    'a layer too many': [
      () => [...saved, { ...saved[0]!, name: 'conv9' }],
      "the file's conv9 has no place",
    ],
    'a missing weight': [
      () => changed(1, ({ weights }) => ({ weights: weights.slice(1) })),
      "layer bn_conv: gamma is not in the file's bn_conv",
    ],
    'a weight too many': [
      () => changed(2, ({ weights }) => ({ weights: [...weights, { ...weights[0]!, name: 'b' }] })),
      "layer dw: 1 weights, the file's dw has 2",
    ],
    'another shape': [
      () =>
        changed(0, ({ weights }) => ({
          weights: [{ ...weights[0]!, shape: [3, 3, 4, 3] }, weights[1]!],
        })),
      "layer conv2d_1: kernel is [3, 3, 3, 4], the file's [3, 3, 4, 3]",
    ],
  };
  it.each(Object.keys(cases))('refuses %s, and leaves the model as it was', async (name) => {
    const [make, reason] = cases[name]!;
    const target = smallNet();
    const before = await values(target);
    const load = loadKerasWeights(target, await writeKerasFile(make()));
    await expect(load).rejects.toThrow(reason);
    await expect(load).rejects.toMatchObject({ name: 'ModelInputError', code: 'BACKBONE' });
    expect(await values(target)).toEqual(before);
  });

  it('tells the first five faults and how many more there are', async () => {
    const flat = saved.map((layer) => ({
      ...layer,
      weights: layer.weights.map((weight) => ({ ...weight, shape: [1, weight.data.length] })),
    }));
    await expect(loaded(flat)).rejects.toThrow(/\[3, 3, 3, 4\].*\[1, 108\].*; and 4 more$/);
  });
});

describe('files that are no weights', () => {
  const refused = async (bytes: Uint8Array, reason: string | RegExp) => {
    const read = readKerasWeights(bytes);
    await expect(read).rejects.toThrow(reason);
    await expect(read).rejects.toMatchObject({ name: 'ModelInputError', code: 'BACKBONE' });
  };

  it('refuses text, nothing, and an HDF5 file of another kind', async () => {
    await refused(Buffer.from('<html>404</html>'), 'not an HDF5 file');
    await refused(new Uint8Array(0), 'not an HDF5 file');
    await refused(await writeKerasFile([]), 'it contains no weights');
  });

  it('refuses a file that is cut short anywhere', async () => {
    const whole = await writeKerasFile(saved);
    for (let length = 8; length < whole.length - 8; length += Math.ceil(whole.length / 12))
      await refused(whole.subarray(0, length), 'cannot be read');
  });

  it('refuses whole numbers where weights should be', async () => {
    const whole = new Int32Array(36) as unknown as Float32Array;
    const weights = [{ name: 'kernel', shape: [36], data: whole }];
    await refused(await writeKerasFile([{ name: 'a', weights }]), '32-bit floats');
  });
});
