import { decodePixels } from '../../backbones/decode';
import { preprocess } from '../../backbones/preprocessing';
import { ModelInputError, throwIfAborted } from '../../errors';
import { augment, drawAugmentation, type Augmentation } from './augment';
import type { DeepNet } from './net';

/** An image to learn from or to be measured on. */
export interface LabelledImage {
  /** Encoded bytes, or the path of a file. */
  image: Buffer | string;
  /** 0 to classes - 1. */
  label: number;
}

/** Images ready for the net. */
export interface Batch {
  /** count × S × S × 3, preprocessed. */
  pixels: Float32Array;
  labels: Int32Array;
  count: number;
}

/** Keeps decoded images while they fit, so that later epochs need not decode again. */
export class PixelCache {
  private readonly held = new Map<LabelledImage, Uint8Array>();
  private free: number;

  /** @param bytes what it may hold at most */
  constructor(bytes: number) {
    this.free = bytes;
  }

  async pixels(image: LabelledImage, size: number): Promise<Uint8Array> {
    const known = this.held.get(image);
    if (known?.length === size * size * 3) return known;
    const pixels = await decode(image, size);
    if (!known && pixels.length <= this.free) {
      this.free -= pixels.length;
      this.held.set(image, pixels);
    }
    return pixels;
  }
}

async function decode({ image }: LabelledImage, size: number): Promise<Uint8Array> {
  try {
    return await decodePixels(image, size);
  } catch (error) {
    if (!(error instanceof ModelInputError) || typeof image !== 'string') throw error;
    throw new ModelInputError(error.code, `${image}: ${error.message}`);
  }
}

export interface FeedOptions {
  net: Pick<DeepNet, 'inputSize' | 'preprocessing'>;
  cache: PixelCache;
  /** Which images make each batch: indices. */
  batches: readonly Int32Array[];
  /** None for measuring. */
  augmentation?: (Augmentation & { seed: number; epoch: number }) | undefined;
  /** Batches being decoded or waiting decoded, default 3. */
  ahead?: number;
  signal?: AbortSignal | undefined;
}

async function prepare(
  images: readonly LabelledImage[],
  rows: Int32Array,
  { net, cache, augmentation }: FeedOptions,
): Promise<Batch> {
  const { inputSize: size, preprocessing } = net;
  const pixels = new Float32Array(rows.length * size * size * 3);
  const load = async (index: number, at: number) => {
    const decoded = await cache.pixels(images[index]!, size);
    const seen = augmentation
      ? await augment(decoded, size, drawAugmentation(augmentation, { ...augmentation, index }))
      : decoded;
    preprocess(seen, preprocessing, pixels, at * size * size * 3);
  };
  await Promise.all(Array.from(rows, load));
  const labels = Int32Array.from(rows, (index) => images[index]!.label);
  return { pixels, labels, count: rows.length };
}

/**
 * Batches in order, decoded and turned into floats ahead of their reader: decoding and augmentation
 * run on libuv's threads while the net computes.
 *
 * @throws ModelInputError `IMAGE` naming the file that cannot be decoded; an `AbortError` when the
 *   signal fires
 */
export async function* feed(
  images: readonly LabelledImage[],
  options: FeedOptions,
): AsyncGenerator<Batch> {
  const { batches, ahead = 3, signal } = options;
  const waiting: Promise<Batch>[] = [];
  let next = 0;
  const request = () => {
    const rows = batches[next++];
    if (!rows) return;
    const batch = prepare(images, rows, options);
    batch.catch(() => undefined);
    waiting.push(batch);
  };
  try {
    for (let i = 0; i < ahead; i++) request();
    for (let batch = waiting.shift(); batch; batch = waiting.shift()) {
      const ready = await batch;
      throwIfAborted(signal);
      request();
      yield ready;
    }
  } finally {
    await Promise.allSettled(waiting);
  }
}
