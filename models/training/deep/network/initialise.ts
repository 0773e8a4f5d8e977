import { tensor, tidy } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import { seededRandom } from '../../../numeric/random';

/** Derives a layer's seed, so that layers of equal shape get different weights. */
const seedOf = (seed: number, name: string) => `${seed}:${name}`;

/** Computes the inputs and outputs of a kernel: those of one tap times the number of taps. */
function fans(shape: readonly number[]): { fanIn: number; fanOut: number } {
  const [inputs = 1, outputs = 1] = shape.slice(-2);
  const taps = shape.slice(0, -2).reduce((product, size) => product * size, 1);
  return { fanIn: inputs * taps, fanOut: outputs * taps };
}

function uniform(shape: readonly number[], limit: number, seed: string): Float32Array {
  const random = seededRandom(seed);
  const values = new Float32Array(shape.reduce((product, size) => product * size, 1));
  for (let i = 0; i < values.length; i++) values[i] = (2 * random.next() - 1) * limit;
  return values;
}

/**
 * Initialises the kernels of convolutions and dense layers with Glorot uniform values (Glorot &
 * Bengio 2010), the default of Keras. They are drawn from the seed and the layer's name. Biases and
 * batch normalization are not changed.
 */
export function initialise(newLayers: readonly layers.Layer[], seed: number): void {
  for (const layer of newLayers) {
    const [kernel, ...others] = layer.getWeights();
    if (!kernel || kernel.shape.length < 2) continue;
    const { fanIn, fanOut } = fans(kernel.shape);
    const values = uniform(kernel.shape, Math.sqrt(6 / (fanIn + fanOut)), seedOf(seed, layer.name));
    tidy(() => layer.setWeights([tensor(values, kernel.shape), ...others]));
  }
}
