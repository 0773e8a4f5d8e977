import { decodePixels } from '../../../backbones/decode';
import { preprocess } from '../../../backbones/preprocessing';
import { ModelInputError, throwIfAborted } from '../../../errors';
import { augment, drawAugmentation, type Augmentation } from './augment';
import type { DeepNet } from '../network/net';
import type { Stem } from './stem';

/** An image to learn from or to be measured on. */
export interface LabelledImage {
  /** Encoded bytes, or the path of a file. */
  image: Buffer | string;
  /** 0 to classes - 1. */
  label: number;
}

/** Images ready for the layers that train. */
export interface Batch {
  /** count × what one image has: preprocessed pixels, or what the stem made of them. */
  values: Float32Array;
  /** Sizes of one image's values. */
  shape: readonly number[];
  labels: Int32Array;
  count: number;
}

/** Keeps what was computed for an image while it fits, so that later epochs need not again. */
export class ImageCache {
  private readonly pixels = new Map<LabelledImage, Uint8Array>();
  private readonly features = new Map<LabelledImage, Float32Array>();
  private free: number;

  /** @param bytes what it may hold at most */
  constructor(bytes: number) {
    this.free = bytes;
  }

  /** size × size × 3 bytes. */
  async pixelsOf(image: LabelledImage, size: number, keep: boolean): Promise<Uint8Array> {
    const known = this.pixels.get(image);
    if (known) return known;
    const pixels = await decode(image, size);
    if (keep && this.takes(pixels)) this.pixels.set(image, pixels);
    return pixels;
  }

  featuresOf(image: LabelledImage): Float32Array | undefined {
    return this.features.get(image);
  }

  keepFeatures(image: LabelledImage, features: Float32Array): void {
    if (!this.features.has(image) && this.takes(features)) this.features.set(image, features);
  }

  private takes({ byteLength }: Uint8Array | Float32Array): boolean {
    if (byteLength > this.free) return false;
    this.free -= byteLength;
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
  /** Which images make each batch: indices. */
  batches: readonly Int32Array[];
  /** None for measuring. */
  augmentation?: (Augmentation & { seed: number; epoch: number }) | undefined;
  /** Batches being decoded or waiting decoded, default 3. */
  ahead?: number;
  signal?: AbortSignal | undefined;
}

/** An image as the epoch shows it: size × size × 3 bytes. */
async function show(
  image: LabelledImage,
  index: number,
  { net, stem, cache, augmentation }: DataLoaderOptions,
): Promise<Uint8Array> {
  const { inputSize } = net;
  // Where the stem's features are kept, pixels are not needed again.
  const keep = stem === undefined || augmentation !== undefined;
  const pixels = await cache.pixelsOf(image, inputSize, keep);
  if (!augmentation) return pixels;
  return augment(pixels, inputSize, drawAugmentation(augmentation, { ...augmentation, index }));
}

/** Preprocessed pixels of some images. */
async function prepare(
  images: readonly LabelledImage[],
  rows: Int32Array,
  options: DataLoaderOptions,
): Promise<Float32Array> {
  const { inputSize, preprocessing } = options.net;
  const size = inputSize * inputSize * 3;
  const values = new Float32Array(rows.length * size);
  await Promise.all(
    Array.from(rows, async (index, at) => {
      preprocess(await show(images[index]!, index, options), preprocessing, values, at * size);
    }),
  );
  return values;
}

/** What the stem makes of some images: remembered, or computed for all that are not at once. */
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
  for (const [at, index] of rows.entries()) {
    const known = augmentation ? undefined : cache.featuresOf(images[index]!);
    if (known) values.set(known, at * size);
    else missing.push(at);
  }
  if (missing.length === 0) return values;
  const pixels = new Uint8Array(missing.length * pixelSize);
  const load = async (at: number, place: number) => {
    const index = rows[at]!;
    pixels.set(await show(images[index]!, index, options), place * pixelSize);
  };
  await Promise.all(missing.map(load));
  const features = await stem.run(pixels, missing.length);
  for (const [place, at] of missing.entries()) {
    const own = features.slice(place * size, (place + 1) * size);
    values.set(own, at * size);
    if (!augmentation) cache.keepFeatures(images[rows[at]!]!, own);
  }
  return values;
}

async function assemble(
  images: readonly LabelledImage[],
  rows: Int32Array,
  options: DataLoaderOptions,
): Promise<Batch> {
  const { stem, net } = options;
  const values = await (stem
    ? runStem(images, rows, options, stem)
    : prepare(images, rows, options));
  const shape = stem?.shape ?? [net.inputSize, net.inputSize, 3];
  const labels = Int32Array.from(rows, (index) => images[index]!.label);
  return { values, shape, labels, count: rows.length };
}

/**
 * Batches in order, decoded and made ready ahead of their reader: decoding and augmentation run on
 * libuv's threads, the stem on ONNX Runtime's, while the net computes.
 *
 * @throws ModelInputError `IMAGE` naming the file that cannot be decoded; an `AbortError` when the
 *   signal fires
 */
export async function* loadBatches(
  images: readonly LabelledImage[],
  options: DataLoaderOptions,
): AsyncGenerator<Batch> {
  const { batches, ahead = 3, signal } = options;
  const waiting: Promise<Batch>[] = [];
  let next = 0;
  const request = () => {
    const rows = batches[next++];
    if (!rows) return;
    const batch = assemble(images, rows, options);
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
