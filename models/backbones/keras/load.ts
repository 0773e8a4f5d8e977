import { dispose, tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { matchWeights, type Assignment } from './match';
import { readKerasWeights } from './weightsFile';

/** Sets the weights of every matched layer. */
export function assignWeights(assignments: readonly Assignment[]): void {
  for (const { layer, weights } of assignments) {
    const values = weights.map(({ data, shape }) => tensor(data, shape, 'float32'));
    layer.setWeights(values);
    dispose(values);
  }
}

/**
 * Reads a Keras HDF5 weights file into a model. Everything is checked before anything is set, so a
 * file that does not fit leaves the model unchanged.
 *
 * @throws ModelInputError `BACKBONE`
 */
export async function loadKerasWeights(model: LayersModel, file: Uint8Array): Promise<void> {
  assignWeights(matchWeights(model, await readKerasWeights(file)));
}
