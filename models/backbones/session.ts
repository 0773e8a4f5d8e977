import { availableParallelism } from 'node:os';
import { compiledFile } from '../compiled';
import { ThreadPool } from '../engine/threads/pool';
import type { FeatureMap } from './featureMap';
import type { InferenceAnswer, InferenceData, InferenceOrder } from './inferenceThread';
import type { Backbone } from './backbone';

export interface SessionOptions {
  /** Maximum number of cores for inference. Default: all. */
  threads?: number | undefined;
  /** ONNX Runtime providers, preferred first. Default: the CPU. */
  providers?: readonly string[] | undefined;
}

/** A loaded backbone. `dispose` frees it. */
export interface BackboneSession {
  readonly backbone: Backbone;
  /** Number of batches computed at the same time. Further batches wait. */
  readonly concurrency: number;
  /**
   * @param pixels count × inputSize × inputSize × 3 bytes, as `decodePixels` returns them; do not
   *   change them before this resolves. Shared memory is not copied by the caller's thread.
   * @returns count × embeddingSize
   * @throws ModelInputError `SHAPE`
   */
  embed(pixels: Uint8Array, count: number): Promise<Float32Array>;
  /**
   * Computes the activations of one image before pooling, for explanations.
   *
   * @param pixels inputSize × inputSize × 3 bytes, as `decodePixels` returns them
   * @throws ModelInputError `SHAPE`, or `BACKBONE` if the backbone has no feature map
   */
  featureMap(pixels: Uint8Array): Promise<FeatureMap>;
  /**
   * Computes the gradient of a value by each channel of a feature map, by automatic differentiation
   * of the layers between map and embedding. Explanations need it if the embedding is not the mean
   * of the map.
   *
   * @param map of this backbone
   * @param cotangent the value's gradient by the embedding
   * @returns one value per channel, summed over its cells
   * @throws ModelInputError `SHAPE`, or `BACKBONE` with the part that cannot be differentiated
   */
  channelGradient(map: FeatureMap, cotangent: Float32Array): Promise<Float32Array>;
  /** Resolves when running work is done and the memory is free. */
  dispose(): Promise<void>;
}

/**
 * Each session holds the weights and its activations. Beyond this number, sessions get more
 * threads.
 */
const maxSessions = 8;

/**
 * Decides how sessions share the cores. On the CPU, one session with one thread per core does more
 * than one session with all threads, which wait for each other at every layer. A GPU has one
 * session.
 */
function layOut(threads: number, providers: readonly string[]) {
  const wanted = providers[0] === 'cpu' ? Math.min(threads, maxSessions) : 1;
  const sessions = Math.max(1, wanted);
  return { sessions, threads: Math.max(1, Math.floor(threads / sessions)) };
}

/**
 * Loads a backbone into ONNX Runtime on separate threads. A forward pass blocks its thread, and the
 * caller's event loop continues. The first thread is loaded now, the others when there is work for
 * them.
 *
 * @throws ModelInputError `BACKBONE` if the file cannot be loaded
 */
export async function openBackbone(
  backbone: Backbone,
  { threads = availableParallelism(), providers = ['cpu'] }: SessionOptions = {},
): Promise<BackboneSession> {
  const plan = layOut(threads, providers);
  const pool = new ThreadPool<InferenceData, InferenceOrder, InferenceAnswer>({
    name: `backbone ${backbone.id}`,
    script: compiledFile(__dirname, 'inferenceThread.js'),
    data: { backbone, threads: plan.threads, providers },
    size: plan.sessions,
  });
  await pool.open();
  return {
    backbone,
    concurrency: plan.sessions,
    embed: (pixels, count) => pool.run({ kind: 'embed', pixels, count }) as Promise<Float32Array>,
    featureMap: (pixels) => pool.run({ kind: 'featureMap', pixels }) as Promise<FeatureMap>,
    channelGradient: (map, cotangent) =>
      pool.run({ kind: 'channelGradient', map, cotangent }) as Promise<Float32Array>,
    dispose: () => pool.dispose(),
  };
}
