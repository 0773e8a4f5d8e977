import { availableParallelism } from 'node:os';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelInputError, requireShape } from '../errors';
import { readFeatureMap, type FeatureMap } from './featureMap';
import type { Backbone } from './registry';

export interface SessionOptions {
  /** ONNX Runtime threads; by default every core. */
  threads?: number | undefined;
  /** ONNX Runtime providers, most wanted first; the CPU by default. */
  providers?: readonly string[] | undefined;
}

/** A backbone held ready; `dispose` frees it. */
export interface BackboneSession {
  readonly backbone: Backbone;
  /**
   * @param pixels count × inputSize × inputSize × 3, preprocessed
   * @returns count × embeddingSize
   * @throws ModelInputError `SHAPE`
   */
  embed(pixels: Float32Array, count: number): Promise<Float32Array>;
  /**
   * What one image looks like to the backbone before pooling: for explanations.
   *
   * @param pixels inputSize × inputSize × 3, preprocessed
   * @throws ModelInputError `SHAPE`, or `BACKBONE` where the backbone has no feature map
   */
  featureMap(pixels: Float32Array): Promise<FeatureMap>;
  dispose(): Promise<void>;
}

/**
 * Loads a backbone into ONNX Runtime. Its threads sleep between batches instead of spinning, so
 * that decoding gets the cores.
 *
 * @throws ModelInputError `BACKBONE` when the file cannot be loaded
 */
export async function openBackbone(
  backbone: Backbone,
  { threads = availableParallelism(), providers = ['cpu'] }: SessionOptions = {},
): Promise<BackboneSession> {
  const { file, inputName, inputSize, embeddingSize } = backbone;
  const session = await InferenceSession.create(file, {
    intraOpNumThreads: threads,
    executionProviders: [...providers],
    logSeverityLevel: 3,
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  }).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ModelInputError('BACKBONE', `Backbone ${backbone.id} cannot be loaded: ${reason}`);
  });
  return {
    backbone,
    embed: async (pixels, count) => {
      requireShape('Pixels', pixels, count, inputSize, inputSize, 3);
      if (count === 0) return new Float32Array(0);
      const input = new Tensor('float32', pixels, [count, inputSize, inputSize, 3]);
      const { embedding } = await session.run({ [inputName]: input }, ['embedding']);
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
      const input = new Tensor('float32', pixels, [1, inputSize, inputSize, 3]);
      const outputs = await session.run({ [inputName]: input }, ['feature_map', 'embedding']);
      return readFeatureMap(backbone, outputs['feature_map'], outputs['embedding']);
    },
    dispose: () => session.release(),
  };
}
