import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { seededRandom } from '../numeric/random';

const product = (shape: readonly (number | null)[]) =>
  shape.reduce<number>((size, length) => size * length!, 1);

/**
 * Returns random numbers in [0, 1) that repeat after a prime, because drawing millions takes
 * seconds.
 */
function pool(seed: number | string): Float32Array {
  const random = seededRandom(seed);
  const values = new Float32Array(65_537);
  for (let at = 0; at < values.length; at++) values[at] = random.next();
  return values;
}

/** Fills a buffer with the pool's values, times `by` plus `plus`, from a random place on. */
function fill(length: number, values: Float32Array, start: number, by: number, plus: number) {
  const data = new Float32Array(length);
  for (let at = 0, from = start % values.length; at < length; at++) {
    data[at] = values[from]! * by + plus;
    if (++from === values.length) from = 0;
  }
  return data;
}

/** Gives every weight random values that keep activations near 1, however deep the network is. */
export function randomiseWeights(model: LayersModel, seed: number | string = 1): void {
  const random = pool(seed);
  let start = 0;
  for (const layer of model.layers) {
    const values = layer.weights.map(({ shape, name }) => {
      const length = product(shape);
      start += 7919;
      if (/variance|gamma/.test(name))
        return tf.tensor(fill(length, random, start, 0.5, 0.75), shape as number[]);
      const reach = name.includes('depthwise') ? shape[0]! * shape[1]! : length / shape.at(-1)!;
      const range = Math.sqrt(shape.length === 1 ? 0.2 : 16 / reach);
      return tf.tensor(fill(length, random, start, range, -range / 2), shape as number[]);
    });
    layer.setWeights(values);
    tf.dispose(values);
  }
}

/** Creates a batch of random images, each value in [-1, 1). */
export function randomImages(shape: readonly number[], seed: number | string = 2): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: product(shape) }, () => random.next() * 2 - 1);
}

/** Values and their shape. */
export interface Values {
  data: Float32Array;
  dims: number[];
}

/** Runs a model in TensorFlow.js. Results with a height and a width are returned channels first. */
export async function runLayers(
  model: LayersModel,
  data: Float32Array,
  shape: number[],
): Promise<Values[]> {
  const results = tf.tidy(() =>
    [model.predict(tf.tensor(data, shape))]
      .flat()
      .map((out) => (out.rank === 4 ? tf.transpose(out, [0, 3, 1, 2]) : tf.clone(out))),
  );
  try {
    return await Promise.all(
      results.map(async (out) => ({ data: await out.data<'float32'>(), dims: out.shape })),
    );
  } finally {
    tf.dispose(results);
  }
}

/** Runs an ONNX file on its `input`. */
export async function runOnnx(
  file: Uint8Array,
  data: Float32Array,
  shape: number[],
): Promise<Record<string, Values>> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  try {
    const results = await session.run({ input: new Tensor('float32', data, shape) });
    const copy = ({ data: values, dims }: Tensor): Values => ({
      data: Float32Array.from(values as Float32Array),
      dims: [...dims],
    });
    return Object.fromEntries(Object.entries(results).map(([name, out]) => [name, copy(out)]));
  } finally {
    await session.release();
  }
}

/**
 * Returns the largest difference between two lists of the same length, or infinity for other
 * lengths.
 */
export function worstDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length || expected.length === 0) return Infinity;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(actual[i]! - expected[i]!);
    if (!(difference <= worst)) worst = difference;
  }
  return worst;
}
