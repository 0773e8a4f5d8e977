/** What a thread of `openBackbone` runs: one ONNX Runtime session of its own. */
import { serve } from '../engine/threads/serve';
import type { FeatureMap } from './featureMap';
import { openInference, type InferenceOptions } from './inference';
import type { Backbone } from './registry';

export interface InferenceData extends InferenceOptions {
  backbone: Backbone;
}

export type InferenceOrder =
  { kind: 'embed'; pixels: Uint8Array; count: number } | { kind: 'featureMap'; pixels: Uint8Array };

export type InferenceAnswer = Float32Array | FeatureMap;

/** ONNX Runtime takes no shared memory: the bytes are copied, here and not where others wait. */
function ownBytes(pixels: Uint8Array): Uint8Array {
  return pixels.buffer instanceof SharedArrayBuffer ? new Uint8Array(pixels) : pixels;
}

void serve<InferenceData, InferenceOrder, InferenceAnswer>(async ({ backbone, ...options }) => {
  const inference = await openInference(backbone, options);
  return {
    answer: (order) => {
      const pixels = ownBytes(order.pixels);
      return order.kind === 'embed'
        ? inference.embed(pixels, order.count)
        : inference.featureMap(pixels);
    },
    dispose: () => inference.dispose(),
  };
});
