import { sleepingThreads } from '../engine/sleepingThreads';
import { ModelInputError, requireShape } from '../errors';
import { readFeatureMap, type FeatureMap } from './featureMap';
import { loadBackbone } from './load';
import type { Backbone } from './backbone';

export interface InferenceOptions {
  /** ONNX Runtime's threads for one forward pass. */
  threads: number;
  /** ONNX Runtime providers, preferred first. */
  providers: readonly string[];
}

/** A backbone in the calling thread. A forward pass blocks that thread. */
export interface Inference {
  /**
   * @param pixels count × inputSize × inputSize × 3 bytes
   * @returns count × embeddingSize
   * @throws ModelInputError `SHAPE`
   */
  embed(pixels: Uint8Array, count: number): Promise<Float32Array>;
  /**
   * @param pixels inputSize × inputSize × 3 bytes
   * @throws ModelInputError `SHAPE`, or `BACKBONE` where the backbone has no feature map
   */
  featureMap(pixels: Uint8Array): Promise<FeatureMap>;
  dispose(): Promise<void>;
}

/**
 * Loads a backbone into one ONNX Runtime session. Its threads sleep between batches instead of
 * spinning, so that decoding gets the cores. A process that also serves requests should use
 * `openBackbone`.
 *
 * @throws ModelInputError `BACKBONE` if the file cannot be loaded
 */
export async function openInference(
  backbone: Backbone,
  { threads, providers }: InferenceOptions,
): Promise<Inference> {
  const { inputSize, embeddingSize } = backbone;
  const { session, feeds } = await loadBackbone(backbone, {
    intraOpNumThreads: threads,
    executionProviders: [...providers],
    logSeverityLevel: 3,
    extra: sleepingThreads,
  });
  return {
    embed: async (pixels, count) => {
      requireShape('Pixels', pixels, count, inputSize, inputSize, 3);
      if (count === 0) return new Float32Array(0);
      const { embedding } = await session.run(feeds(pixels, count), ['embedding']);
      const data = embedding?.data;
      if (!(data instanceof Float32Array)) throw new TypeError('The embedding is not float32');
      requireShape('Embeddings', data, count, embeddingSize);
      return data;
    },
    featureMap: async (pixels) => {
      requireShape('Pixels', pixels, inputSize, inputSize, 3);
      if (!backbone.hasFeatureMap)
        throw new ModelInputError(
          'BACKBONE',
          `Backbone ${backbone.id} has no output \`feature_map\`, which explanations need`,
        );
      const outputs = await session.run(feeds(pixels, 1), ['feature_map', 'embedding']);
      return readFeatureMap(backbone, outputs['feature_map'], outputs['embedding']);
    },
    dispose: () => session.release(),
  };
}
