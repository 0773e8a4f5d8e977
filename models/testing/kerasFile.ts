import type { LayersModel } from '@tensorflow/tfjs-layers';
import { loadHdf5 } from '../backbones/keras/hdf5';
import type { SavedLayer } from '../backbones/keras/weightsFile';

/** Returns a model's weights as Keras saves them, in the model's order. */
export async function savedLayersOf(model: LayersModel): Promise<SavedLayer[]> {
  return Promise.all(
    model.layers.map(async ({ name, weights }) => ({
      name,
      weights: await Promise.all(
        weights.map(async (weight) => ({
          name: weight.originalName.slice(weight.originalName.lastIndexOf('/') + 1),
          shape: weight.shape as number[],
          data: (await weight.read().data()) as Float32Array,
        })),
      ),
    })),
  );
}

let written = 0;

/**
 * Writes an HDF5 file with Keras's layout: attribute `layer_names`, a group per layer with
 * attribute `weight_names`, one dataset per weight, `conv1/conv1/kernel:0`.
 *
 * @param root the group that contains everything: `/`, or `model_weights` as in a complete saved
 *   model
 */
export async function writeKerasFile(
  layers: readonly SavedLayer[],
  root: '/' | 'model_weights' = '/',
): Promise<Uint8Array> {
  const { hdf5, files } = await loadHdf5();
  const path = `/written-${++written}.h5`;
  const file = new hdf5.File(path, 'w');
  try {
    const group = root === '/' ? file : file.create_group(root);
    group.create_attribute(
      'layer_names',
      layers.map(({ name }) => name),
    );
    for (const { name, weights } of layers) {
      const layer = group.create_group(name);
      const names = weights.map((weight) => `${name}/${weight.name}:0`);
      if (names.length === 0) {
        layer.create_attribute('weight_names', new Float64Array(0), [0]);
        continue;
      }
      layer.create_attribute('weight_names', names);
      const inner = layer.create_group(name);
      for (const { name: weight, shape, data } of weights)
        inner.create_dataset({ name: `${weight}:0`, data, shape });
    }
    file.flush();
  } finally {
    file.close();
  }
  const bytes = new Uint8Array(files.readFile(path));
  files.unlink(path);
  return bytes;
}
