import { mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom, shuffle } from '../models/numeric';
import {
  fileCheckpoints,
  type LabelledImage,
  type TrainingOptions,
  type DeepImages,
} from '../models/training/deep';
import { alexnet, trainDeep } from '../models/training/deep/tensorflow';
import { findPhotos, type Photo } from './material';

const seed = 1;
const augmentation = { horizontalFlip: true, rotationDegrees: 18, zoom: 0.1 };

/** The article's experiment, and the part of it that two cores can run in minutes. */
const scales = {
  full: { classes: 101, perClass: Infinity, inputSize: 227, epochs: 60, batchSize: 32 },
  reduced: { classes: 20, perClass: 60, inputSize: 195, epochs: 4, batchSize: 16 },
} as const;

const rows: Readonly<Record<string, TrainingOptions>> = {
  'as it is': {},
  'with augmentation': { augmentation },
  'with oversampling': { sampling: 'over' },
  'with undersampling': { sampling: 'under' },
};

/** Divides each class: 60 % to train, 20 % to validate, 20 % to test. */
function split(photos: readonly Photo[], classes: number, perClass: number): Required<DeepImages> {
  const parts = { train: [], validation: [], test: [] } as Record<
    keyof DeepImages,
    LabelledImage[]
  >;
  for (let label = 0; label < classes; label++) {
    const own = photos.filter((photo) => photo.label === label);
    const order = shuffle(
      Int32Array.from(own, (_, at) => at),
      seededRandom(`${seed}:${label}`),
    );
    const drawn = Array.from(order.subarray(0, Math.min(perClass, own.length)), (at) => ({
      image: own[at]!.file,
      label,
    }));
    const [first, second] = [Math.round(0.6 * drawn.length), Math.round(0.8 * drawn.length)];
    parts.train.push(...drawn.slice(0, first));
    parts.validation.push(...drawn.slice(first, second));
    parts.test.push(...drawn.slice(second));
  }
  return parts;
}

/** Trains one row. A stopped run continues where it was. */
async function runRow(name: string, options: TrainingOptions, full: boolean, images: DeepImages) {
  const { classes, inputSize, epochs, batchSize } = scales[full ? 'full' : 'reduced'];
  const folder = join(tmpdir(), 'labelloop-bench');
  await mkdir(folder, { recursive: true });
  const file = `deep-${full ? 'full' : 'reduced'}-${name.replaceAll(' ', '-')}.training`;
  const store = fileCheckpoints(join(folder, file));
  const start = performance.now();
  const trained = await trainDeep({
    net: alexnet({ inputSize }),
    images,
    classes,
    options: { epochs, batchSize, seed, ...options },
    checkpoint: store,
    cacheBytes: 2 ** 31,
    measure: ['validation', 'test'],
    onProgress: ({ phase, epoch, batch, batches, loss, accuracy, secondsLeft }) => {
      if (phase === 'train' && batch === batches)
        console.log(
          `${name}: epoch ${epoch}, loss ${loss.toFixed(3)}, accuracy ${accuracy.toFixed(3)}, ` +
            `${Math.round(secondsLeft)} s left`,
        );
    },
  });
  const { metrics, history, engine } = trained;
  trained.dispose();
  await store.remove();
  return {
    name,
    engine: `${engine.name} (${engine.device})`,
    trainAccuracy: history.at(-1)!.accuracy,
    validationAccuracy: metrics.validation!.accuracy,
    testAccuracy: metrics.test!.accuracy,
    testMeanClassAccuracy: metrics.test!.meanClassAccuracy,
    seconds: (performance.now() - start) / 1000,
  };
}

type Row = Awaited<ReturnType<typeof runRow>>;

const share = (value: number) => value.toFixed(3);

/** Formats the table for docs/results.md. */
function asTable(results: readonly Row[]): string {
  const head = '| AlexNet | training | validation | test | test, mean per class | seconds |';
  const lines = results.map(
    (row) =>
      `| ${row.name} | ${share(row.trainAccuracy)} | ${share(row.validationAccuracy)} | ` +
      `${share(row.testAccuracy)} | ${share(row.testMeanClassAccuracy)} | ${Math.round(row.seconds)} |`,
  );
  return [head, '| --- | --- | --- | --- | --- | --- |', ...lines].join('\n');
}

/** Trains AlexNet on Caltech-101 with SGD 0.01 and momentum 0.3, once per row of the table. */
export async function runTable(full: boolean): Promise<Record<string, unknown>> {
  const { photos } = await findPhotos();
  const scale = scales[full ? 'full' : 'reduced'];
  const images = split(photos, scale.classes, scale.perClass);
  const results: Row[] = [];
  for (const [name, options] of Object.entries(rows))
    results.push(await runRow(name, options, full, images));
  console.log(asTable(results));
  const counts = Object.entries(images).map(([part, { length }]) => [part, length]);
  const { perClass, ...about } = scale;
  return {
    bench: 'deep',
    seed,
    ...about,
    ...(full ? {} : { mostPerClass: perClass }),
    images: Object.fromEntries(counts) as Record<string, number>,
    optimizer: 'SGD 0.01, momentum 0.3',
    augmentation,
    rows: results,
    peer: "the original article's test accuracy on all 101 classes: 0.71",
  };
}
