/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { signedUnit } from '../../../backbones/preprocessing';
import { colourImages } from '../../../testing/colourImages';
import {
  loadBatches,
  ImageCache,
  type Batch,
  type DataLoaderOptions,
  type LabelledImage,
} from './dataLoader';
import type { Stem } from './stem';

const net = { inputSize: 16, preprocessing: signedUnit };
const batches = [Int32Array.of(2, 0), Int32Array.of(1, 3, 4)];
let images: LabelledImage[];

beforeAll(async () => (images = await colourImages(5, 4)));

async function read(overrides: Partial<DataLoaderOptions> = {}): Promise<Batch[]> {
  const read: Batch[] = [];
  const options = { net, cache: new ImageCache(0), batches, ...overrides };
  for await (const batch of loadBatches(images, options)) read.push(batch);
  return read;
}

/** Creates a stem that records its batch sizes. Its feature is the first byte of each image. */
function countingStem() {
  const batchSizes: number[] = [];
  const run: Stem['run'] = (pixels, count) => {
    batchSizes.push(count);
    const size = pixels.length / count;
    return Promise.resolve(
      Float32Array.from({ length: count }, (_, index) => pixels[index * size]!),
    );
  };
  return { batchSizes, stem: { shape: [1], run, dispose: () => undefined } };
}

describe('the data loader', () => {
  it('yields preprocessed batches with their labels, in order', async () => {
    const [first, second] = await read();
    expect([first!.count, second!.count]).toEqual([2, 3]);
    expect(Array.from(second!.labels)).toEqual([1, 3, 0]);
    expect(first!.shape).toEqual([16, 16, 3]);
    expect(first!.values).toHaveLength(2 * 16 * 16 * 3);
    for (const value of first!.values) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });

  it('yields the same batches with a cache, without one and with room for one image', async () => {
    const expected = await read();
    for (const bytes of [2 ** 20, 16 * 16 * 3]) {
      const cache = new ImageCache(bytes);
      expect(await read({ cache })).toEqual(expected);
      expect(await read({ cache })).toEqual(expected);
    }
  });

  it('runs the stem once for a fixed image, and every time for an augmented one', async () => {
    const cache = new ImageCache(2 ** 20);
    const fixed = countingStem();
    const first = await read({ cache, stem: fixed.stem });
    expect(await read({ cache, stem: fixed.stem })).toEqual(first);
    // Batches load in parallel, so they may reach the stem in any order.
    expect(fixed.batchSizes.sort()).toEqual([2, 3]);
    const augmented = countingStem();
    const augmentation = { horizontalFlip: true, seed: 1, epoch: 1 };
    for (let i = 0; i < 2; i++) await read({ cache, stem: augmented.stem, augmentation });
    expect(augmented.batchSizes.sort()).toEqual([2, 2, 3, 3]);
  });

  it('prefetches batches, but no more than allowed', async () => {
    const loaded: number[] = [];
    const watched = images.map(({ image, label }, index) => ({
      label,
      get image() {
        loaded.push(index);
        return image;
      },
    }));
    const singleBatches = Array.from(images, (_, index) => Int32Array.of(index));
    const source = loadBatches(watched, {
      net,
      cache: new ImageCache(0),
      batches: singleBatches,
      prefetch: 2,
    });
    await source.next();
    expect(new Set(loaded)).toEqual(new Set([0, 1, 2]));
    await source.return(undefined);
  });

  it('names the file that cannot be decoded, and stops with its signal', async () => {
    const missing = [{ image: '/no/such/image.png', label: 0 }];
    const options = { net, cache: new ImageCache(0), batches: [Int32Array.of(0)] };
    await expect(loadBatches(missing, options).next()).rejects.toThrow('/no/such/image.png: ');
    const signal = AbortSignal.abort();
    await expect(read({ signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
