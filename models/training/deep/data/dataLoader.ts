import { decodePixels } from '../../../backbones/decode';
import { preprocess } from '../../../backbones/preprocessing';
import { ModelInputError, throwIfAborted } from '../../../errors';
import { augment, drawAugmentation, type Augmentation } from './augment';
import type { DeepNet } from '../network/net';
import type { Stem } from './stem';

/** A labelled image for training or evaluation. */
export interface LabelledImage {
  /** Encoded bytes, or the path of an image file. */
  image: Buffer | string;
  /** 0 to classes - 1. */
  label: number;
}

/** A batch of input for the layers that train. */
export interface Batch {
  /** count × the values of one image: preprocessed pixels, or the stem's features. */
  values: Float32Array;
  /** Shape of the values of one image. */
  shape: readonly number[];
  labels: Int32Array;
  count: number;
}

/** Caches decoded pixels and stem features for later epochs, up to a limit in bytes. */
export class ImageCache {
  private readonly pixels = new Map<LabelledImage, Uint8Array>();
  private readonly features = new Map<LabelledImage, Float32Array>();
  private freeBytes: number;

  /** @param bytes maximum size of the cache */
  constructor(bytes: number) {
    this.freeBytes = bytes;
  }

  /** Decodes an image to size × size × 3 bytes, or reads it from the cache. */
  async pixelsOf(image: LabelledImage, size: number, store: boolean): Promise<Uint8Array> {
    const cached = this.pixels.get(image);
    if (cached) return cached;
    const pixels = await decode(image, size);
    if (store && this.reserve(pixels)) this.pixels.set(image, pixels);
    return pixels;
  }

  /** Returns the cached stem features of an image. */
  featuresOf(image: LabelledImage): Float32Array | undefined {
    return this.features.get(image);
  }

  /** Caches the stem features of an image if there is room. */
  storeFeatures(image: LabelledImage, features: Float32Array): void {
    if (!this.features.has(image) && this.reserve(features)) this.features.set(image, features);
  }

  private reserve({ byteLength }: Uint8Array | Float32Array): boolean {
    if (byteLength > this.freeBytes) return false;
    this.freeBytes -= byteLength;
    return true;
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

export interface DataLoaderOptions {
  net: Pick<DeepNet, 'inputSize' | 'preprocessing'>;
  stem?: Stem | undefined;
  cache: ImageCache;
  /** Image indices of each batch. */
  batches: readonly Int32Array[];
  /** Undefined for evaluation. */
  augmentation?: (Augmentation & { seed: number; epoch: number }) | undefined;
  /** Number of batches to load ahead, default 3. */
  prefetch?: number;
  signal?: AbortSignal | undefined;
}

/** Loads the pixels of an image, augmented for the epoch: size × size × 3 bytes. */
async function loadPixels(
  image: LabelledImage,
  index: number,
  { net, stem, cache, augmentation }: DataLoaderOptions,
): Promise<Uint8Array> {
  const { inputSize } = net;
  // If the stem's features are cached, the pixels are not needed again.
  const storePixels = stem === undefined || augmentation !== undefined;
  const pixels = await cache.pixelsOf(image, inputSize, storePixels);
  if (!augmentation) return pixels;
  return augment(pixels, inputSize, drawAugmentation(augmentation, { ...augmentation, index }));
}

/** Loads and preprocesses the images of a batch. */
async function preprocessImages(
  images: readonly LabelledImage[],
  rows: Int32Array,
  options: DataLoaderOptions,
): Promise<Float32Array> {
  const { inputSize, preprocessing } = options.net;
  const size = inputSize * inputSize * 3;
  const values = new Float32Array(rows.length * size);
  await Promise.all(
    Array.from(rows, async (index, position) => {
      preprocess(
        await loadPixels(images[index]!, index, options),
        preprocessing,
        values,
        position * size,
      );
    }),
  );
  return values;
}

/** Computes the stem's features of a batch. Images without cached features run in one pass. */
async function runStem(
  images: readonly LabelledImage[],
  rows: Int32Array,
  options: DataLoaderOptions,
  stem: Stem,
): Promise<Float32Array> {
  const { cache, augmentation, net } = options;
  const size = stem.shape.reduce((product, length) => product * length, 1);
  const pixelSize = net.inputSize * net.inputSize * 3;
  const values = new Float32Array(rows.length * size);
  const missing: number[] = [];
  for (const [position, index] of rows.entries()) {
    const cached = augmentation ? undefined : cache.featuresOf(images[index]!);
    if (cached) values.set(cached, position * size);
    else missing.push(position);
  }
  if (missing.length === 0) return values;
  const pixels = new Uint8Array(missing.length * pixelSize);
  const load = async (position: number, missingIndex: number) => {
    const index = rows[position]!;
    pixels.set(await loadPixels(images[index]!, index, options), missingIndex * pixelSize);
  };
  await Promise.all(missing.map(load));
  const features = await stem.run(pixels, missing.length);
  for (const [missingIndex, position] of missing.entries()) {
    const imageFeatures = features.slice(missingIndex * size, (missingIndex + 1) * size);
    values.set(imageFeatures, position * size);
    if (!augmentation) cache.storeFeatures(images[rows[position]!]!, imageFeatures);
  }
  return values;
}

async function assembleBatch(
  images: readonly LabelledImage[],
  rows: Int32Array,
  options: DataLoaderOptions,
): Promise<Batch> {
  const { stem, net } = options;
  const values = await (stem
    ? runStem(images, rows, options, stem)
    : preprocessImages(images, rows, options));
  const shape = stem?.shape ?? [net.inputSize, net.inputSize, 3];
  const labels = Int32Array.from(rows, (index) => images[index]!.label);
  return { values, shape, labels, count: rows.length };
}

/**
 * Yields batches in order and loads the next ones in the background. Decoding and augmentation run
 * on libuv's threads and the stem on ONNX Runtime's threads, while the net computes.
 *
 * @throws ModelInputError `IMAGE` naming the file that cannot be decoded; an `AbortError` when the
 *   signal fires
 */
export async function* loadBatches(
  images: readonly LabelledImage[],
  options: DataLoaderOptions,
): AsyncGenerator<Batch> {
  const { batches, prefetch = 3, signal } = options;
  const pending: Promise<Batch>[] = [];
  let next = 0;
  const loadNext = () => {
    const rows = batches[next++];
    if (!rows) return;
    const batch = assembleBatch(images, rows, options);
    batch.catch(() => undefined);
    pending.push(batch);
  };
  try {
    for (let i = 0; i < prefetch; i++) loadNext();
    for (let batch = pending.shift(); batch; batch = pending.shift()) {
      const ready = await batch;
      throwIfAborted(signal);
      loadNext();
      yield ready;
    }
  } finally {
    await Promise.allSettled(pending);
  }
}
