import { availableParallelism } from 'node:os';
import {
  decodePixels,
  openInference,
  embedImages,
  type Backbone,
  openBackbone,
} from '../models/backbones';
import { seededRandom, shuffle } from '../models/numeric';
import { median } from './head';
import { findBackbone, findPhotos, quantisedBackbone } from './material';

const seed = 1;
const repetitions = 9;
const perRepetition = 200;
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

/**
 * Measures forward passes on decoded pixels: one session of `threads` threads, nothing else
 * running.
 */
async function openPasses(backbone: Backbone, threads: number) {
  const session = await openInference(backbone, { threads, providers: ['cpu'] });
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

/**
 * Measures images per second of one repetition, each part on the same files, one after the other.
 */
interface Rates {
  decode: number;
  pipeline: number;
  inference: number;
  single: number;
  quantised: number;
}

async function measure(backbone: Backbone, quantisedModel: Backbone, files: readonly string[]) {
  const cores = availableParallelism();
  const all = await openPasses(backbone, cores);
  const one = await openPasses(backbone, 1);
  const pipeline = await openPipeline(backbone);
  const quantised = await openPipeline(quantisedModel);
  for (const each of [pipeline, quantised]) await each.run(files.slice(0, 64));
  const rates: Rates[] = [];
  for (let i = 0; i < repetitions; i++) {
    const part = files.slice(i * perRepetition, (i + 1) * perRepetition);
    rates.push({
      decode: await perSecond(part.length, () => decodeAll(part, backbone.inputSize)),
      pipeline: await perSecond(part.length, () => pipeline.run(part)),
      quantised: await perSecond(part.length, () => quantised.run(part)),
      inference: await perSecond(part.length, () => all.run(part.length)),
      single: await perSecond(part.length / 2, () => one.run(part.length / 2)),
    });
  }
  await Promise.all([all, one, pipeline, quantised].map((each) => each.dispose()));
  return rates;
}

/** The limit: decoding and inference each use all cores for their share of the time. */
const limitOf = (decode: number, inference: number) => 1 / (1 / decode + 1 / inference);

/**
 * Measures the embedding pipeline from files to embeddings, beside the limit of decoding and
 * inference.
 */
export async function benchEmbed(): Promise<Record<string, unknown>> {
  const { photos } = await findPhotos();
  const backbone = await findBackbone();
  const quantisedModel = await quantisedBackbone(backbone);
  const cores = availableParallelism();
  const order = shuffle([...photos.keys()], seededRandom(seed));
  const files = order.slice(0, repetitions * perRepetition).map((at) => photos[at]!.file);
  const rates = await measure(backbone, quantisedModel, files);
  // Each ratio is taken within a repetition, because a slower machine slows both sides.
  const over = (value: (rates: Rates) => number) => median(rates.map(value));
  const strictLimit = ({ decode, inference, single }: Rates) =>
    limitOf(decode, Math.max(inference, cores * single));
  return {
    bench: 'embed',
    backbone: backbone.id,
    quantisedModel: quantisedModel.id,
    seed,
    images: files.length,
    repetitions,
    batchSize,
    threads: cores,
    imagesPerSecond: over(({ pipeline }) => pipeline),
    quantisedImagesPerSecond: over(({ quantised }) => quantised),
    quantisedSpeedup: over(({ pipeline, quantised }) => quantised / pipeline),
    decodeOnlyPerSecond: over(({ decode }) => decode),
    inferenceOnlyPerSecond: over(({ inference }) => inference),
    oneThreadInferencePerSecond: over(({ single }) => single),
    limitPerSecond: over(({ decode, inference }) => limitOf(decode, inference)),
    ratioToLimit: over(({ pipeline, decode, inference }) => pipeline / limitOf(decode, inference)),
    strictLimitPerSecond: over(strictLimit),
    ratioToStrictLimit: over((each) => each.pipeline / strictLimit(each)),
    limit:
      '1 / (1/decode + 1/inference), each measured alone with every core; the strict limit ' +
      'counts inference as one thread times the cores if that is faster',
  };
}
