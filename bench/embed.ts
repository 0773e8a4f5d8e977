import { availableParallelism } from 'node:os';
import { decodePixels } from '../models/backbones/decode';
import { embedImages } from '../models/backbones/pipeline';
import type { Backbone } from '../models/backbones/registry';
import { openBackbone } from '../models/backbones/session';
import { seededRandom, shuffle } from '../models/numeric/random';
import { median } from './head';
import { findBackbone, findPhotos } from './material';

const seed = 1;
const repetitions = 5;
const perRepetition = 300;
const batchSize = 8;

async function perSecond(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return count / ((performance.now() - start) / 1000);
}

async function decodeAll(files: readonly string[], size: number): Promise<void> {
  const left = files.values();
  const reader = async () => {
    for (const file of left) await decodePixels(file, size);
  };
  await Promise.all(Array.from({ length: 16 }, reader));
}

function* asSource(files: readonly string[]) {
  for (const file of files) yield { item: file, image: file };
}

/** Forward passes on ready pixels: `threads` ONNX Runtime threads, nothing else running. */
async function openInference(backbone: Backbone, threads: number) {
  const session = await openBackbone(backbone, { threads });
  const random = seededRandom(seed);
  const length = batchSize * backbone.inputSize ** 2 * 3;
  const pixels = Uint8Array.from({ length }, () => random.below(256));
  return {
    run: async (count: number) => {
      for (let i = 0; i < count; i += batchSize) await session.embed(pixels, batchSize);
    },
    dispose: () => session.dispose(),
  };
}

async function openPipeline(backbone: Backbone) {
  const session = await openBackbone(backbone);
  return {
    run: async (files: readonly string[]) => {
      for await (const result of embedImages(asSource(files), { session, batchSize }))
        if ('error' in result) throw result.error;
    },
    dispose: () => session.dispose(),
  };
}

async function measure(backbone: Backbone, files: readonly string[], cores: number) {
  const all = await openInference(backbone, cores);
  const one = await openInference(backbone, 1);
  const pipeline = await openPipeline(backbone);
  const rates = { pipeline: [], decode: [], inference: [], single: [] } as Record<string, number[]>;
  const note = async (name: string, count: number, work: () => Promise<void>) =>
    rates[name]?.push(await perSecond(count, work));
  await pipeline.run(files.slice(0, 64));
  for (let i = 0; i < repetitions; i++) {
    const part = files.slice(i * perRepetition, (i + 1) * perRepetition);
    await note('decode', part.length, () => decodeAll(part, backbone.inputSize));
    await note('pipeline', part.length, () => pipeline.run(part));
    await note('inference', part.length, () => all.run(part.length));
    await note('single', part.length / 2, () => one.run(part.length / 2));
  }
  await Promise.all([all.dispose(), one.dispose(), pipeline.dispose()]);
  const rate = (name: string) => median(rates[name] ?? []);
  return {
    imagesPerSecond: rate('pipeline'),
    decodeOnlyPerSecond: rate('decode'),
    inferenceOnlyPerSecond: rate('inference'),
    oneThreadInferencePerSecond: rate('single'),
  };
}

/** The embedding pipeline from files to embeddings, beside what decoding and inference allow. */
export async function benchEmbed(): Promise<Record<string, unknown>> {
  const { photos } = await findPhotos();
  const backbone = await findBackbone();
  const cores = availableParallelism();
  const order = shuffle([...photos.keys()], seededRandom(seed));
  const files = order.slice(0, repetitions * perRepetition).map((at) => photos[at]!.file);
  const rates = await measure(backbone, files, cores);
  const { imagesPerSecond, decodeOnlyPerSecond: decode, inferenceOnlyPerSecond: infer } = rates;
  const limitPerSecond = 1 / (1 / decode + 1 / infer);
  const strictLimitPerSecond =
    1 / (1 / decode + 1 / Math.max(infer, cores * rates.oneThreadInferencePerSecond));
  return {
    bench: 'embed',
    backbone: backbone.id,
    seed,
    images: files.length,
    repetitions,
    batchSize,
    threads: cores,
    ...rates,
    limitPerSecond,
    ratioToLimit: imagesPerSecond / limitPerSecond,
    strictLimitPerSecond,
    ratioToStrictLimit: imagesPerSecond / strictLimitPerSecond,
    limit:
      '1 / (1/decode + 1/inference), each measured alone with every core; the strict limit ' +
      'counts inference as one thread times the cores, where that is faster',
  };
}
