/** The thread that `openBackbone` starts, with one ONNX Runtime session. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import type * as Tfjs from '../engine/tfjs';
import { serve } from '../engine/threads/serve';
import type * as ChannelGradient from '../explain/tail/channelGradient';
import { readOnnxModel } from '../onnx/read';
import type { FeatureMap } from './featureMap';
import { openInference, type InferenceOptions } from './inference';
import type { Backbone } from './backbone';

const load = createRequire(__filename);

export interface InferenceData extends InferenceOptions {
  backbone: Backbone;
}

export type InferenceOrder =
  | { kind: 'embed'; pixels: Uint8Array; count: number }
  | { kind: 'featureMap'; pixels: Uint8Array }
  | { kind: 'channelGradient'; map: FeatureMap; cotangent: Float32Array };

export type InferenceAnswer = Float32Array | FeatureMap;

/**
 * Copies the bytes, because ONNX Runtime takes no shared memory. The copy runs here, where nobody
 * waits for it.
 */
function ownBytes(pixels: Uint8Array): Uint8Array {
  return pixels.buffer instanceof SharedArrayBuffer ? new Uint8Array(pixels) : pixels;
}

/**
 * Opens the layers after the feature map, for their gradient. TensorFlow.js is loaded on the first
 * call, because most threads only embed. Plain JavaScript is fast enough for one image.
 */
async function openGradient({ file }: Backbone): Promise<ChannelGradient.DifferentiableTail> {
  const { openTfjs } = load('../engine/tfjs') as typeof Tfjs;
  const { openTail } = load('../explain/tail/channelGradient') as typeof ChannelGradient;
  await openTfjs({ backend: 'cpu' });
  return openTail(readOnnxModel(await readFile(file)));
}

void serve<InferenceData, InferenceOrder, InferenceAnswer>(async ({ backbone, ...options }) => {
  const inference = await openInference(backbone, options);
  // Layers that cannot be differentiated now never can be, so the refusal is kept too.
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
