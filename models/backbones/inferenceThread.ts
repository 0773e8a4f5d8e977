/** What a thread of `openBackbone` runs: one ONNX Runtime session of its own. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Tfjs from '../engine/tfjs';
import { serve } from '../engine/threads/serve';
import type * as ChannelGradient from '../explain/tail/channelGradient';
import { readOnnxModel } from '../onnx/read';
import type { FeatureMap } from './featureMap';
import { openInference, type InferenceOptions } from './inference';
import type { Backbone } from './registry';

const load = createRequire(__filename);

export interface InferenceData extends InferenceOptions {
  backbone: Backbone;
}

export type InferenceOrder =
  | { kind: 'embed'; pixels: Uint8Array; count: number }
  | { kind: 'featureMap'; pixels: Uint8Array }
  | { kind: 'channelGradient'; map: FeatureMap; cotangent: Float32Array };

export type InferenceAnswer = Float32Array | FeatureMap;

/** ONNX Runtime takes no shared memory: the bytes are copied, here and not where others wait. */
function ownBytes(pixels: Uint8Array): Uint8Array {
  return pixels.buffer instanceof SharedArrayBuffer ? new Uint8Array(pixels) : pixels;
}

/**
 * What follows the feature map, for its gradient. TensorFlow.js is loaded when it is first wanted:
 * most threads only ever embed. Plain JavaScript is fast enough for one image.
 */
async function openGradient({ file }: Backbone): Promise<ChannelGradient.DifferentiableTail> {
  const { openTfjs } = load('../engine/tfjs') as typeof Tfjs;
  const { openTail } = load('../explain/tail/channelGradient') as typeof ChannelGradient;
  await openTfjs({ backend: 'cpu' });
  return openTail(readOnnxModel(await readFile(file)));
}

void serve<InferenceData, InferenceOrder, InferenceAnswer>(async ({ backbone, ...options }) => {
  const inference = await openInference(backbone, options);
  // What cannot be differentiated now cannot be later: the refusal is kept as well.
  let tail: Promise<ChannelGradient.DifferentiableTail> | undefined;
  return {
    answer: async (order) => {
      if (order.kind === 'embed') return inference.embed(ownBytes(order.pixels), order.count);
      if (order.kind === 'featureMap') return inference.featureMap(ownBytes(order.pixels));
      tail ??= openGradient(backbone);
      return (await tail).channelGradient(order.map, order.cotangent);
    },
    dispose: () => inference.dispose(),
  };
});
