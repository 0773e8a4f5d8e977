/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { writeOnnxModel } from '../onnx/model';
import { readOnnxModel } from '../onnx/read';
import { meanColour } from '../testing/meanColour';
import { decodePixels } from './decode';
import { embedImages, type Embedded, type ImageSource } from './pipeline';
import { preprocessings } from './preprocessing';
import type { Backbone } from './backbone';
import { findBackbones, isKnownFile } from './registry';
import { openBackbone, type BackboneSession } from './session';

const size = 8;

const plain = (background: string, format: 'png' | 'jpeg' | 'webp' | 'gif' = 'png') =>
  sharp({ create: { width: 20, height: 10, channels: 3, background } })
    .toFormat(format)
    .toBuffer();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backbones-'));
  await writeFile(join(folder, 'mean.onnx'), meanColour());
  await writeFile(join(folder, 'four.onnx'), meanColour(4));
  await writeFile(join(folder, 'broken.onnx'), 'not a model');
});
afterAll(() => rm(folder, { recursive: true }));

describe('finding backbones', () => {
  it('knows the built-in backbone by its hash, so that no start waits for its examination', async () => {
    const weights = await readFile(join(__dirname, '../weights/labelloop-compact.onnx'));
    expect(isKnownFile(createHash('sha256').update(weights).digest('hex'))).toBe(true);
    expect(isKnownFile(createHash('sha256').update(meanColour()).digest('hex'))).toBe(false);
  });

  it('reads sizes from the file and tells why the others do not fit', async () => {
    const { found, rejected } = await findBackbones([join(folder, 'missing'), folder, folder]);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ id: 'mean', inputSize: 8, embeddingSize: 3 });
    expect(found[0]?.sha256).toMatch(/^[0-9a-f]{64}$/);
    const reasons = new Map(rejected.map(({ file, reason }) => [file, reason]));
    expect(reasons.get(join(folder, 'four.onnx'))).toContain('[N, 8, 8, 4]');
    expect(reasons.get(join(folder, 'broken.onnx'))).toBeTruthy();
  });
});

describe('what a file says of itself', () => {
  const written = (id: string, metadata: Record<string, string>) =>
    writeFile(
      join(folder, 'told', `${id}.onnx`),
      writeOnnxModel({ ...readOnnxModel(meanColour()), metadata }),
    );

  it('is its name, preprocessing and origin; what makes no sense says nothing', async () => {
    await mkdir(join(folder, 'told'));
    const origin = { 'labelloop.source': 'ours', 'labelloop.licence': 'MIT' };
    await written('a', {
      ...origin,
      'labelloop.name': 'A net',
      'labelloop.preprocessing': 'caffe',
    });
    await written('b', { 'labelloop.name': ' \u202e ', 'labelloop.preprocessing': 'toString' });
    const { found } = await findBackbones([join(folder, 'told')]);
    expect(found[0]).toMatchObject({ name: 'A net', source: 'ours', licence: 'MIT' });
    expect(found[0]?.preprocessing).toBe(preprocessings.caffe);
    expect(found[1]).toMatchObject({ name: 'b', source: undefined, licence: undefined });
    expect(found[1]?.preprocessing).toBe(preprocessings.signedUnit);
  });

  it('takes no batches of a fixed size, nothing huge, and no folder for a file', async () => {
    const odd = join(folder, 'odd');
    await mkdir(join(odd, 'folder.onnx'), { recursive: true });
    const graph = readOnnxModel(meanColour());
    const fixed = { ...graph.inputs[0]!, shape: [4, 8, 8, 3] };
    await writeFile(join(odd, 'fixed.onnx'), writeOnnxModel({ ...graph, inputs: [fixed] }));
    await writeFile(join(odd, 'wide.onnx'), meanColour(3, 5000));
    const { found, rejected } = await findBackbones([odd]);
    expect(found).toEqual([]);
    expect(rejected.map(({ reason }) => reason)).toEqual([
      expect.stringContaining('4 images at a time'),
      'it is not a file',
      expect.stringContaining('5000 pixels wide'),
    ]);
  });
});

describe('decoding', () => {
  it('stretches to the square, grey to three channels, transparency over white', async () => {
    const red = await decodePixels(await plain('#ff0000'), size);
    expect(Array.from(red.subarray(0, 3))).toEqual([255, 0, 0]);
    const grey = sharp(Buffer.alloc(16, 90), { raw: { width: 4, height: 4, channels: 1 } });
    const three = await decodePixels(await grey.toColourspace('b-w').png().toBuffer(), size);
    expect(new Set(three)).toEqual(new Set([90]));
    const clear = { r: 0, g: 0, b: 0, alpha: 0 };
    const empty = sharp({ create: { width: 4, height: 4, channels: 4, background: clear } });
    expect(new Set(await decodePixels(await empty.png().toBuffer(), size))).toEqual(new Set([255]));
  });

  it('turns the image as its EXIF orientation says', async () => {
    const pixels = Buffer.alloc(16 * 16 * 3);
    pixels.fill(255, 0, 16 * 8 * 3);
    const image = sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } }).jpeg();
    const upright = await decodePixels(await image.clone().toBuffer(), size);
    const turned = await decodePixels(
      await image.clone().withMetadata({ orientation: 3 }).toBuffer(),
      size,
    );
    expect(upright[0]).toBeGreaterThan(200);
    expect(turned[0]).toBeLessThan(50);
  });

  it('refuses other formats, truncated files, text and too many pixels', async () => {
    const jpeg = await plain('#0000ff', 'jpeg');
    await expect(decodePixels(await plain('#0f0', 'gif'), size)).rejects.toThrow('not a JPEG');
    await expect(decodePixels(jpeg.subarray(0, jpeg.length / 2), size)).rejects.toMatchObject({
      code: 'IMAGE',
    });
    await expect(decodePixels(Buffer.from('hello'), size)).rejects.toMatchObject({ code: 'IMAGE' });
    await expect(decodePixels(join(folder, 'none.jpg'), size)).rejects.toThrow('ENOENT');
    const huge = await sharp({
      create: { width: 8000, height: 6300, channels: 3, background: '#fff' },
    })
      .png({ compressionLevel: 1 })
      .toBuffer();
    await expect(decodePixels(huge, size)).rejects.toThrow('pixel limit');
  });
});

describe('opening a backbone', () => {
  it('says what is wrong with a file that is no longer what it was', async () => {
    const backbone = (await findBackbones([folder])).found[0]!;
    const opening = openBackbone({ ...backbone, file: join(folder, 'broken.onnx') });
    await expect(opening).rejects.toMatchObject({
      code: 'BACKBONE',
      message: expect.stringContaining('mean cannot be loaded') as string,
    });
  });

  it('loads and frees it many times over', async () => {
    const backbone = (await findBackbones([folder])).found[0]!;
    for (let i = 0; i < 12; i++) {
      const session = await openBackbone(backbone, { threads: 2 });
      const pixels = new Uint8Array(size * size * 3);
      const both = Promise.allSettled([session.embed(pixels, 1), session.embed(pixels, 1)]);
      await session.dispose();
      expect((await both).map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    }
  });
});

describe('embedding a stream of images', () => {
  let backbone: Backbone;
  let session: BackboneSession;
  beforeAll(async () => {
    backbone = (await findBackbones([folder])).found[0]!;
    session = await openBackbone(backbone, { threads: 1 });
  });
  afterAll(() => session.dispose());

  function* source(images: Iterable<Buffer>): Generator<ImageSource<number>> {
    let item = 0;
    for (const image of images) yield { item: item++, image };
  }

  async function collect(images: Iterable<Buffer>, signal?: AbortSignal) {
    const all: Embedded<number>[] = [];
    const options = { session, batchSize: 4, decodeConcurrency: 3, signal };
    for await (const embedded of embedImages(source(images), options)) all.push(embedded);
    return all;
  }

  it('embeds each in order, and a bad image yields its error while the others go on', async () => {
    const images = [await plain('#ff0000'), Buffer.from('bad'), await plain('#00ff00', 'webp')];
    const all = await collect([...images, ...images, ...images]);
    expect(all.map(({ item }) => item)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
    expect(all[1]).toMatchObject({ item: 1, error: { code: 'IMAGE' } });
    const first = all[6];
    if (!first || !('embedding' in first)) throw new Error('expected an embedding');
    expect(Array.from(first.embedding, (value) => Math.round(value))).toEqual([1, -1, -1]);
    expect(all.filter((embedded) => 'embedding' in embedded)).toHaveLength(6);
  });

  it('keeps the order where several threads embed, and computes what one thread computes', async () => {
    const several = await openBackbone(backbone, { threads: 3 });
    expect([session.concurrency, several.concurrency]).toEqual([1, 3]);
    const images = Array.from({ length: 60 }, (_, i) => Buffer.from([i * 4, 255 - i, i]));
    const pngs = await Promise.all(
      images.map((colour) =>
        sharp(colour, { raw: { width: 1, height: 1, channels: 3 } })
          .png()
          .toBuffer(),
      ),
    );
    const inOrder = async (of: BackboneSession) => {
      const all: Embedded<number>[] = [];
      for await (const each of embedImages(source(pngs), { session: of, batchSize: 2 }))
        all.push(each);
      return all;
    };
    const results = await inOrder(several);
    await several.dispose();
    expect(results.map(({ item }) => item)).toEqual(pngs.map((_, item) => item));
    expect(results).toEqual(await inOrder(session));
    expect(new Set(results.map((each) => JSON.stringify(each))).size).toBe(60);
  });

  it('leaves the event loop free while a pass is computed', async () => {
    const count = 20_000;
    let turns = 0;
    let isDone = false;
    const embedding = session.embed(new Uint8Array(count * size * size * 3), count);
    void embedding.finally(() => (isDone = true));
    while (!isDone) await new Promise((resolve) => setImmediate(() => resolve(turns++)));
    expect((await embedding).length).toBe(count * 3);
    expect(turns).toBeGreaterThan(10);
  });

  it('takes images that arrive one by one as well', async () => {
    const image = await plain('#ff0000');
    const arriving = (async function* () {
      for (let item = 0; item < 5; item++) {
        await new Promise((resolve) => setTimeout(resolve, 1));
        yield { item, image };
      }
    })();
    const items: number[] = [];
    for await (const { item } of embedImages(arriving, { session })) items.push(item);
    expect(items).toEqual([0, 1, 2, 3, 4]);
  });

  it('yields nothing from an empty source', async () => {
    expect(await collect([])).toEqual([]);
  });

  it('never reads far ahead of what was embedded', async () => {
    const image = await plain('#123456');
    let read = 0;
    const endless = (function* () {
      for (;;) {
        read++;
        yield image;
      }
    })();
    const stream = embedImages(source(endless), { session, decodeConcurrency: 5 });
    for (let taken = 0; taken < 20; taken++) await stream.next();
    await stream.return(undefined);
    expect(read).toBeLessThanOrEqual(20 + 5 + 8 * (session.concurrency + 1));
  });

  it('stops within a batch of the signal, and lets the source go', async () => {
    const image = await plain('#123456');
    const stop = new AbortController();
    let left = false;
    const endless = (function* () {
      try {
        for (;;) yield image;
      } finally {
        left = true;
      }
    })();
    const options = { session, batchSize: 4, decodeConcurrency: 5, signal: stop.signal };
    const stream = embedImages(source(endless), options);
    await stream.next();
    stop.abort();
    let more = 0;
    const drain = async () => {
      for (;;) {
        await stream.next();
        more++;
      }
    };
    await expect(drain()).rejects.toMatchObject({ name: 'AbortError' });
    expect(more).toBeLessThan(4);
    expect(left).toBe(true);
  });

  it('ends with the error of a session that fails', async () => {
    const gone = await openBackbone(backbone, { threads: 1 });
    await gone.dispose();
    const images = source([await plain('#123456')]);
    await expect(embedImages(images, { session: gone }).next()).rejects.toThrow(
      'backbone mean is disposed',
    );
  });

  it('stops with an AbortError, and ends with the source where that fails', async () => {
    const stop = new AbortController();
    stop.abort();
    await expect(collect([await plain('#fff')], stop.signal)).rejects.toMatchObject({
      name: 'AbortError',
    });
    const failing = (function* (): Generator<Buffer> {
      yield Buffer.from('bad');
      throw new Error('the store is gone');
    })();
    await expect(collect(failing)).rejects.toThrow('the store is gone');
  });

  it('refuses pixels of another shape with both shapes', async () => {
    await expect(session.embed(new Uint8Array(5), 1)).rejects.toThrow(
      '[1 × 8 × 8 × 3] = 192 values, got [5]',
    );
  });
});
