import { availableParallelism } from 'node:os';
import { fill, matMul, type Rank } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { tfjsBackends, type TfjsBackend } from '../models/engine';
import { openTfjs } from '../models/engine/tensorflow';
import { seededRandom, shuffle } from '../models/numeric';
import type { LabelledImage, DeepNet } from '../models/training/deep';
import { alexnet, fineTune, trainDeep } from '../models/training/deep/tensorflow';
import { runTable } from './deepTable';
import { median } from './head';
import { findBackbone, findPhotos } from './material';

const classes = 101;
const seed = 1;
/** AlexNet's training step in PyTorch 2.13 on two cores, images per second. */
const peer = { name: 'PyTorch 2.13, 2 cores', alexnetImagesPerSecond: 44 };

/** Counts the multiplications and additions of a model's forward pass on one image. */
function forwardOperations(model: LayersModel): number {
  let sum = 0;
  for (const layer of model.layers) {
    const [kernel] = layer.getWeights();
    if (!kernel || kernel.shape.length < 2) continue;
    const shape = layer.outputShape as (number | null)[];
    const places = shape.slice(1, -1).reduce<number>((all, size) => all * size!, 1);
    sum += 2 * kernel.size * places;
  }
  return sum;
}

/**
 * Returns the operations per second of plain matrix products of a typical size for deep networks.
 */
async function measureProducts(): Promise<number> {
  const size = 768;
  const left = fill<Rank.R2>([size, size], 0.5);
  const seconds: number[] = [];
  for (let i = 0; i < 6; i++) {
    const start = performance.now();
    const product = matMul(left, left);
    await product.data();
    product.dispose();
    seconds.push((performance.now() - start) / 1000);
  }
  left.dispose();
  return (2 * size ** 3) / median(seconds.slice(1));
}

interface Plan {
  net: DeepNet;
  images: number;
  batchSize: number;
}

/** Trains for one epoch of a few steps, with the decoding and augmentation of a real training. */
async function measureTraining(engine: TfjsBackend, plan: Plan, images: LabelledImage[]) {
  const trained = await trainDeep({
    net: plan.net,
    images: { train: images.slice(0, plan.images) },
    classes,
    options: { epochs: 1, batchSize: plan.batchSize, augmentation: { horizontalFlip: true } },
    engine: { backend: engine },
    measure: [],
  });
  const { imagesPerSecond, waitingShare, built } = trained;
  // A step runs forwards once and backwards twice: by inputs and by weights.
  const operations = 3 * forwardOperations(built.trainable);
  trained.dispose();
  return { imagesPerSecond, waitingShare, operations };
}

async function measureEngine(name: TfjsBackend, device: string, images: LabelledImage[]) {
  const products = await measureProducts();
  const nets = {
    alexnet: { net: alexnet(), images: 64, batchSize: 16 },
    mobilenetV2: {
      net: fineTune(await findBackbone(), { from: 'block_14' }),
      images: 96,
      batchSize: 16,
    },
  };
  const figures: Record<string, unknown> = {};
  for (const [net, plan] of Object.entries(nets)) {
    const { imagesPerSecond, waitingShare, operations } = await measureTraining(name, plan, images);
    const limit = products / operations;
    console.log(
      `${name.padEnd(10)} ${net.padEnd(12)} ${imagesPerSecond.toFixed(1)} images/s, waiting for images ` +
        `${(100 * waitingShare).toFixed(1)} %; limit by plain products ${limit.toFixed(1)} images/s`,
    );
    figures[net] = {
      imagesPerSecond,
      waitingShare,
      limitImagesPerSecond: limit,
      ratioToLimit: imagesPerSecond / limit,
    };
  }
  return { device, gflopPerSecond: products / 1e9, ...figures };
}

/**
 * Measures images per second of AlexNet and of fine-tuning MobileNetV2 on every available engine.
 */
async function benchSpeed(): Promise<Record<string, unknown>> {
  const { photos } = await findPhotos();
  const order = shuffle(
    Int32Array.from(photos, (_, at) => at),
    seededRandom(seed),
  );
  const images = Array.from(order.subarray(0, 96), (at) => {
    const { file, label } = photos[at]!;
    return { image: file, label };
  });
  const engines: Record<string, unknown> = {};
  for (const name of tfjsBackends) {
    // Plain JavaScript takes minutes per image. It exists for tests of tiny networks.
    if (name === 'cpu') continue;
    const engine = await openTfjs({ backend: name }).catch((error: Error) => error);
    if (engine instanceof Error) console.log(`${name} is not here: ${engine.message}`);
    else engines[name] = await measureEngine(name, engine.device, images);
  }
  return {
    bench: 'deep',
    seed,
    threads: availableParallelism(),
    engines,
    peer,
    limit:
      "a step's products at the speed of the engine's own 768 × 768 products, measured in the same run; " +
      'for MobileNetV2 only those of the trained layers',
  };
}

/**
 * `deep` measures speeds. `deep --table` trains AlexNet on 20 of Caltech-101's classes with and
 * without augmentation and resampling. `deep --full` does the same on all 101, as in the article.
 */
export const benchDeep = (flag?: string): Promise<Record<string, unknown>> =>
  flag === '--table' || flag === '--full' ? runTable(flag === '--full') : benchSpeed();
