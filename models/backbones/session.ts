import { availableParallelism } from 'node:os';
import { compiledFile } from '../compiled';
import { ThreadPool } from '../engine/threads/pool';
import type { FeatureMap } from './featureMap';
import type { InferenceAnswer, InferenceData, InferenceOrder } from './inferenceThread';
import type { Backbone } from './registry';

export interface SessionOptions {
  /** Cores that inference takes at most; by default every core. */
  threads?: number | undefined;
  /** ONNX Runtime providers, most wanted first; the CPU by default. */
  providers?: readonly string[] | undefined;
}

/** A backbone held ready; `dispose` frees it. */
export interface BackboneSession {
  readonly backbone: Backbone;
  /** Batches that are computed at the same time; more than these wait in line. */
  readonly concurrency: number;
  /**
   * @param pixels count × inputSize × inputSize × 3 bytes, as `decodePixels` gives them; left alone
   *   until this resolves, and not copied by the caller's thread where their memory is shared
   * @returns count × embeddingSize
   * @throws ModelInputError `SHAPE`
   */
  embed(pixels: Uint8Array, count: number): Promise<Float32Array>;
  /**
   * What one image looks like to the backbone before pooling: for explanations.
   *
   * @param pixels inputSize × inputSize × 3 bytes, as `decodePixels` gives them
   * @throws ModelInputError `SHAPE`, or `BACKBONE` where the backbone has no feature map
   */
  featureMap(pixels: Uint8Array): Promise<FeatureMap>;
  /**
   * How a value changes with each channel of a feature map, by automatic differentiation of what
   * makes the embedding of it: for explanations where the embedding is not the map's mean.
   *
   * @param map of this backbone
   * @param cotangent the value's gradient by the embedding
   * @returns one value per channel, summed over its cells
   * @throws ModelInputError `SHAPE`, or `BACKBONE` saying what of it cannot be differentiated
   */
  channelGradient(map: FeatureMap, cotangent: Float32Array): Promise<Float32Array>;
  /** Resolves when what was being computed is done and the memory is free. */
  dispose(): Promise<void>;
}

/** Each session holds the weights and its activations: beyond these, sessions get more threads. */
const maxSessions = 8;

/**
 * How sessions share the cores. On the CPU a session of one thread per core does more than one
 * session of all threads, which wait for one another at every layer. A GPU is one session's.
 */
function layOut(threads: number, providers: readonly string[]) {
  const wanted = providers[0] === 'cpu' ? Math.min(threads, maxSessions) : 1;
  const sessions = Math.max(1, wanted);
  return { sessions, threads: Math.max(1, Math.floor(threads / sessions)) };
}

/**
 * Loads a backbone into ONNX Runtime, in threads of its own: a pass holds its thread for as long as
 * it takes, and the caller's event loop goes on meanwhile. The first thread is loaded now, the
 * others once there is work for them.
 *
 * @throws ModelInputError `BACKBONE` when the file cannot be loaded
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
