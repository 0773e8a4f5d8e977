import { createHash } from 'node:crypto';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelInputError } from '../../errors';
import { seededRandom, shuffle } from '../../numeric/random';
import { writeOnnxModel } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { netGraph } from './compactGraph';
import { parameterCount, readCompactNet, type CompactNet } from './compactNet';
import { compress } from './compress';
import { distil } from './distil';
import { meanEmbedding, openTeacher, distilBatches, type Teacher } from './teacher';
import { viewPhoto } from './views';

/** The settings of the recipe. With the photos and the teacher they determine the net. */
export interface RecipeSettings {
  inputSize: number;
  /** Share of the teacher's inner channels to keep. */
  keep: number;
  /** Number of views of photos that the pruning is fitted on. */
  pruningViews: number;
  steps: number;
  batchSize: number;
  /** The stem and this many blocks are frozen during distillation. */
  frozenBlocks: number;
  learningRate: number;
  /** One folder of photos in this many is held out; 0 uses all folders. */
  holdOutEvery: number;
  seed: number;
}

export const defaultSettings: RecipeSettings = {
  inputSize: 160,
  keep: 0.875,
  pruningViews: 2400,
  steps: 2000,
  batchSize: 32,
  frozenBlocks: 3,
  learningRate: 1.2e-4,
  holdOutEvery: 5,
  seed: 1,
};

export interface RecipeInput {
  /** A folder of folders of photos. The folder names are not used as classes. */
  images: string;
  /** ONNX file of the teacher. */
  teacher: string;
  settings: RecipeSettings;
  threads: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** The record beside the weights, with everything needed to make them again. */
export interface RecipeRecord {
  settings: RecipeSettings;
  teacherSha256: string;
  photos: number;
  /** Hash of the relative path and the bytes of every photo, in order. */
  photosSha256: string;
  heldOutFolders: string[];
  parameters: number;
  /** Mean loss (1 - cosine to the teacher) over the first and the last 2 % of the steps. */
  firstLoss: number;
  lastLoss: number;
  minutes: number;
  /** Hash of the weights file. */
  sha256: string;
}

interface Photos {
  files: string[];
  sha256: string;
  heldOut: string[];
}

const isPhoto = (name: string) => /\.(jpe?g|png|webp)$/i.test(name);

/** Lists the photos of a folder of folders in a fixed order, without the held-out folders. */
export async function photosOf(folder: string, holdOutEvery: number): Promise<Photos> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isHeldOut = (_: string, index: number) =>
    holdOutEvery > 0 && (index + 1) % holdOutEvery === 0;
  const sorted = names.sort();
  const hash = createHash('sha256');
  const files: string[] = [];
  for (const name of sorted.filter((name, index) => !isHeldOut(name, index)))
    for (const file of (await readdir(join(folder, name))).filter(isPhoto).sort()) {
      const bytes = await readFile(join(folder, name, file));
      hash.update(`${name}/${file}\0${bytes.length}\0`).update(bytes);
      files.push(join(folder, name, file));
    }
  if (files.length === 0)
    throw new ModelInputError(
      'IMAGE',
      `${folder} has no folders of photos (JPEG, PNG or WebP). Choose another folder.`,
    );
  return { files, sha256: hash.digest('hex'), heldOut: sorted.filter(isHeldOut) };
}

/** Creates a function that shuffles the photos for each round, in a fixed order. */
const orderOf = (count: number, seed: number) => (round: number) =>
  shuffle(
    Array.from({ length: count }, (_, index) => index),
    seededRandom(`${seed}:round:${round}`),
  );

async function pruningViews(files: readonly string[], settings: RecipeSettings) {
  const order = orderOf(files.length, settings.seed)(-1);
  const views: Float32Array[] = [];
  for (let index = 0; index < settings.pruningViews; index += 16)
    views.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(16, settings.pruningViews - index) }, async (_, i) => {
          const file = files[order[(index + i) % files.length]!]!;
          const seed = `${settings.seed}:prune:${index + i}`;
          return (await viewPhoto(file, [settings.inputSize], seed))[0]!;
        }),
      )),
    );
  return views;
}

async function prune(teacher: CompactNet, files: readonly string[], input: RecipeInput) {
  const { settings, threads, signal, onProgress } = input;
  const onBlock = (block: number, blocks: number, error: number) =>
    onProgress?.(`pruned block ${block + 1} of ${blocks}: relative error ${error.toFixed(4)}`);
  const views = await pruningViews(files, settings);
  return compress(teacher, { ...settings, views, threads, signal, onBlock });
}

const mean = (values: readonly number[]) =>
  values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);

async function distilNet(
  net: CompactNet,
  teacher: Teacher,
  files: readonly string[],
  { settings, threads, signal, onProgress }: RecipeInput,
) {
  const losses: number[] = [];
  const startedAt = performance.now();
  const batches = distilBatches(teacher, {
    ...settings,
    files,
    orderOf: orderOf(files.length, settings.seed),
  });
  const trained = await distil(net, batches, {
    ...settings,
    threads,
    mean: await meanEmbedding(
      teacher,
      files.filter((_, index) => index % 10 === 0),
    ),
    signal,
    onStep: (step, loss) => {
      losses.push(loss);
      if ((step + 1) % 20 > 0) return;
      const perStep = (performance.now() - startedAt) / (step + 1);
      const minutesLeft = Math.round(((settings.steps - step - 1) * perStep) / 60_000);
      onProgress?.(
        `step ${step + 1} of ${settings.steps}: loss ${mean(losses.slice(-20)).toFixed(4)}, ` +
          `${((settings.batchSize * 1000) / perStep).toFixed(1)} images/s, ${minutesLeft} min left`,
      );
    },
  });
  const lossWindow = Math.max(1, Math.ceil(losses.length / 50));
  return {
    net: trained,
    firstLoss: mean(losses.slice(0, lossWindow)),
    lastLoss: mean(losses.slice(-lossWindow)),
  };
}

const metadata = {
  'labelloop.name': 'Labelloop Compact',
  'labelloop.preprocessing': 'signedUnit',
  'labelloop.licence': 'Apache-2.0',
  'labelloop.source': 'Pruned and distilled from MobileNetV2; see models/weights/README.md',
};

/**
 * Makes the built-in backbone. It prunes the teacher by least squares and distils the result on
 * augmented photos, without their classes. On one machine the same input gives the same net, up to
 * the order of floating-point sums.
 */
export async function makeCompactBackbone(
  input: RecipeInput,
): Promise<{ file: Uint8Array; record: RecipeRecord }> {
  const { settings } = input;
  const startedAt = performance.now();
  const bytes = await readFile(input.teacher);
  const photos = await photosOf(input.images, settings.holdOutEvery);
  const pruned = await prune(readCompactNet(readOnnxModel(bytes)), photos.files, input);
  const teacher = await openTeacher(input.teacher, input.threads);
  try {
    const { net, ...losses } = await distilNet(pruned, teacher, photos.files, input);
    const file = writeOnnxModel(netGraph(net, settings.inputSize, 'float16', metadata));
    const sha256Of = (data: Uint8Array) => createHash('sha256').update(data).digest('hex');
    return {
      file,
      record: {
        settings,
        teacherSha256: sha256Of(bytes),
        photos: photos.files.length,
        photosSha256: photos.sha256,
        heldOutFolders: photos.heldOut,
        parameters: parameterCount(net),
        ...losses,
        minutes: Math.round((performance.now() - startedAt) / 60_000),
        sha256: sha256Of(file),
      },
    };
  } finally {
    await teacher.dispose();
  }
}
