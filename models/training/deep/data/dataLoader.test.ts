/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { signedUnit } from '../../../backbones/preprocessing';
import { colourImages } from '../../../testing/colourImages';
import { loadBatches, ImageCache, type Batch, type DataLoaderOptions, type LabelledImage } from './dataLoader';
import type { Stem } from './stem';

const net = { inputSize: 16, preprocessing: signedUnit };
const batches = [Int32Array.of(2, 0), Int32Array.of(1, 3, 4)];
let images: LabelledImage[];

beforeAll(async () => (images = await colourImages(5, 4)));

async function read(more: Partial<DataLoaderOptions> = {}): Promise<Batch[]> {
  const read: Batch[] = [];
  const options = { net, cache: new ImageCache(0), batches, ...more };
  for await (const batch of loadBatches(images, options)) read.push(batch);
  return read;
}

/** Counts what it is asked for; its feature is the first byte of each image. */
function countingStem() {
  const asked: number[] = [];
  const run: Stem['run'] = (pixels, count) => {
    asked.push(count);
    const size = pixels.length / count;
    return Promise.resolve(Float32Array.from({ length: count }, (_, at) => pixels[at * size]!));
  };
  return { asked, stem: { shape: [1], run, dispose: () => undefined } };
}

describe('the feed', () => {
  it('gives the batches in order, preprocessed, with their labels', async () => {
    const [first, second] = await read();
    expect([first!.count, second!.count]).toEqual([2, 3]);
    expect(Array.from(second!.labels)).toEqual([1, 3, 0]);
    expect(first!.shape).toEqual([16, 16, 3]);
    expect(first!.values).toHaveLength(2 * 16 * 16 * 3);
    for (const value of first!.values) expect(Math.abs(value)).toBeLessThanOrEqual(1);
  });

  it('gives the same with a cache, with none and with one that holds a single image', async () => {
    const expected = await read();
    for (const bytes of [2 ** 20, 16 * 16 * 3]) {
      const cache = new ImageCache(bytes);
      expect(await read({ cache })).toEqual(expected);
      expect(await read({ cache })).toEqual(expected);
    }
  });

  it('asks the stem once for an image that stays the same, and every time for one that does not', async () => {
    const cache = new ImageCache(2 ** 20);
    const still = countingStem();
    const first = await read({ cache, stem: still.stem });
    expect(await read({ cache, stem: still.stem })).toEqual(first);
    // Batches are made ready side by side: which one reaches the stem first is open.
    expect(still.asked.sort()).toEqual([2, 3]);
    const moving = countingStem();
    const augmentation = { horizontalFlip: true, seed: 1, epoch: 1 };
    for (let i = 0; i < 2; i++) await read({ cache, stem: moving.stem, augmentation });
    expect(moving.asked.sort()).toEqual([2, 2, 3, 3]);
  });

  it('decodes ahead of its reader, but no further than it may', async () => {
    const seen: number[] = [];
    const watched = images.map(({ image, label }, at) => ({
      label,
      get image() {
        seen.push(at);
        return image;
      },
    }));
    const single = Array.from(images, (_, at) => Int32Array.of(at));
    const source = loadBatches(watched, { net, cache: new ImageCache(0), batches: single, ahead: 2 });
    await source.next();
    expect(new Set(seen)).toEqual(new Set([0, 1, 2]));
    await source.return(undefined);
  });

  it('names the file that cannot be decoded, and ends with its signal', async () => {
    const missing = [{ image: '/no/such/image.png', label: 0 }];
    const options = { net, cache: new ImageCache(0), batches: [Int32Array.of(0)] };
    await expect(loadBatches(missing, options).next()).rejects.toThrow('/no/such/image.png: ');
    const signal = AbortSignal.abort();
    await expect(read({ signal })).rejects.toMatchObject({ name: 'AbortError' });
  });
});
