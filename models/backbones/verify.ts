import { clone, dispose, mean, tensor, tidy, transpose, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { ModelInputError } from '../errors';
import type { Preprocessing } from './preprocessing';
import { randomInput } from './randomInput';

export { randomInput } from './randomInput';

/** Maximum difference of each output, as a share of the output's largest value (at least 1). */
export interface Agreement {
  featureMap: number;
  embedding: number;
}

interface Outputs {
  featureMap: Float32Array;
  embedding: Float32Array;
}

async function runLayers(
  model: LayersModel,
  input: Float32Array,
  shape: number[],
): Promise<Outputs> {
  const outputs = tidy(() => {
    const map = model.predict(tensor(input, shape)) as Tensor;
    return [clone(transpose(map, [0, 3, 1, 2])), mean(map, [1, 2])];
  });
  try {
    const [featureMap, embedding] = await Promise.all(outputs.map((out) => out.data<'float32'>()));
    return { featureMap: featureMap!, embedding: embedding! };
  } finally {
    dispose(outputs);
  }
}

async function runFile(file: Uint8Array, input: Float32Array, shape: number[]): Promise<Outputs> {
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const [name = ''] = session.inputNames;
    const results = await session.run({ [name]: new OnnxTensor('float32', input, shape) });
    const values = (output: string) => {
      const data = results[output]?.data;
      if (data instanceof Float32Array) return data;
      throw new ModelInputError('BACKBONE', `The file has no float32 output ${output}`);
    };
    return { featureMap: values('feature_map'), embedding: values('embedding') };
  } finally {
    await session.release();
  }
}

function difference(actual: Float32Array, expected: Float32Array): number {
  if (actual.length !== expected.length) return Infinity;
  let worst = 0;
  let largest = 1;
  for (let at = 0; at < expected.length; at++) {
    const by = Math.abs(actual[at]! - expected[at]!);
    // NaN is never smaller, so a broken output does not count as agreement.
    if (!(by <= worst)) worst = by;
    largest = Math.max(largest, Math.abs(expected[at]!));
  }
  return worst / largest;
}

/** Maximum difference between two engines on one network. */
export const agreementTolerance = 1e-3;

/**
 * Runs a backbone's file in ONNX Runtime and its model in TensorFlow.js on the same random images.
 *
 * @param images number of images, default 2
 * @throws ModelInputError `BACKBONE` if they differ by more than 1e-3, or there is nothing to
 *   compare
 */
export async function verifyBackbone(
  file: Uint8Array,
  model: LayersModel,
  preprocessing: Preprocessing,
  images = 2,
): Promise<Agreement> {
  const size = model.inputs[0]!.shape[1]!;
  const input = randomInput(images, size, preprocessing);
  const shape = [images, size, size, 3];
  const expected = await runLayers(model, input, shape);
  // Zeros would agree with an output that was lost.
  if (expected.embedding.every((value) => value === 0))
    throw new ModelInputError('BACKBONE', 'The network makes nothing but zeros of random images');
  const actual = await runFile(file, input, shape);
  const agreement = {
    featureMap: difference(actual.featureMap, expected.featureMap),
    embedding: difference(actual.embedding, expected.embedding),
  };
  if (Math.max(agreement.featureMap, agreement.embedding) <= agreementTolerance) return agreement;
  throw new ModelInputError(
    'BACKBONE',
    'The file does not compute what TensorFlow.js computes of the same network: ' +
      `feature maps differ by ${agreement.featureMap.toExponential(1)}, ` +
      `embeddings by ${agreement.embedding.toExponential(1)}`,
  );
}
