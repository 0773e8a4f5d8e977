import { tensor4d, tidy, type Tensor } from '@tensorflow/tfjs-core';
import { model } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from 'onnxruntime-node';
import { describeInMetadata, type BackboneDescription } from '../../../backbones/metadata';
import { randomInput } from '../../../backbones/verify';
import { toOnnx } from '../../../onnx/fromLayers';
import { writeOnnxModel } from '../../../onnx/model';
import type { BuiltNet, DeepNet } from './net';

/** Maximum relative difference between the outputs of TensorFlow.js and of the file. */
export const exportTolerance = 1e-3;

export interface ExportedNet {
  /**
   * An ONNX file. Its input is `input` float32 [N, S, S, 3], preprocessed as its metadata state.
   * Its outputs are `feature_map` [N, C, h, w], `embedding` [N, D] and `logits` [N, classes].
   */
  file: Uint8Array;
  /** Largest measured difference, as a share of the largest output value (at least 1). */
  difference: number;
}

/** Compares the logits and embeddings of both engines on the same random images. */
async function compare(net: DeepNet, built: BuiltNet, file: Uint8Array): Promise<number> {
  const shape = [2, net.inputSize, net.inputSize, 3] as [number, number, number, number];
  const images = randomInput(2, net.inputSize, net.preprocessing);
  const outputsModel = model({
    inputs: built.model.inputs,
    outputs: [built.embedding, built.model.outputs[0]!],
  });
  const expected = tidy(
    () => outputsModel.apply(tensor4d(images, shape), { training: false }) as Tensor[],
  );
  const session = await InferenceSession.create(file, { logSeverityLevel: 3 });
  try {
    const results = await session.run({ input: new OnnxTensor('float32', images, shape) });
    const differences = ['embedding', 'logits'].map(async (name, index) =>
      largestDifference(
        await expected[index]!.data<'float32'>(),
        results[name]!.data as Float32Array,
      ),
    );
    return Math.max(...(await Promise.all(differences)));
  } finally {
    await session.release();
    for (const output of expected) output.dispose();
  }
}

function largestDifference(expected: Float32Array, actual: Float32Array): number {
  let [largest, difference] = [1, expected.length === actual.length ? 0 : Infinity];
  for (let i = 0; i < expected.length; i++) {
    largest = Math.max(largest, Math.abs(expected[i]!));
    difference = Math.max(difference, Math.abs(expected[i]! - actual[i]!));
  }
  return difference / largest;
}

/**
 * Exports a trained net as an ONNX file that can be served like any backbone. It checks the file
 * against TensorFlow.js on random images.
 *
 * @throws ModelInputError as `toOnnx` does
 * @throws Error if the outputs of the file differ by more than 1e-3
 */
export async function exportNet(
  { net, built }: { net: DeepNet; built: BuiltNet },
  description: Omit<BackboneDescription, 'preprocessing'> = {},
): Promise<ExportedNet> {
  const { featureMap, embedding } = built;
  const graph = await toOnnx(built.model, {
    name: net.id,
    outputs: { feature_map: featureMap, embedding, logits: built.model.outputs[0]! },
    metadata: describeInMetadata({ ...description, preprocessing: net.preprocessing.name }),
  });
  const file = writeOnnxModel(graph);
  const difference = await compare(net, built, file);
  if (difference > exportTolerance)
    throw new Error(
      `The outputs of the exported net differ from TensorFlow.js by ${difference}, ` +
        `more than ${exportTolerance}`,
    );
  return { file, difference };
}
