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
import { meanEmbedding, openTeacher, teach, type Teacher } from './lessons';
import { viewPhoto } from './views';

/** Everything that decides what the net becomes, beside the photos and the teacher. */
export interface RecipeSettings {
  inputSize: number;
  /** Share of the teacher's inner channels that stay. */
  keep: number;
  /** Looks at photos that the pruning is solved on. */
  pruningViews: number;
  steps: number;
  batchSize: number;
  /** The stem and this many blocks keep the teacher's filters while the rest learns. */
  frozenBlocks: number;
  learningRate: number;
  /** Every so many-th folder of the photos is never looked at; 0 looks at all. */
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
  /** A folder of folders of photos; which folder a photo lies in is not told to the net. */
  images: string;
  /** ONNX file of the teacher. */
  teacher: string;
  settings: RecipeSettings;
  threads: number;
  signal?: AbortSignal | undefined;
  onProgress?: ((line: string) => void) | undefined;
}

/** What stands beside the weights, so that they can be made again. */
export interface RecipeRecord {
  settings: RecipeSettings;
  teacherSha256: string;
  photos: number;
  /** Of every photo's place in the folder and its bytes, in order. */
  photosSha256: string;
  heldOutFolders: string[];
  parameters: number;
  /** Disagreement with the teacher, mean of 1 - cosine, over the first and last fiftieth of steps. */
  firstLoss: number;
  lastLoss: number;
  minutes: number;
  /** Of the weights file. */
  sha256: string;
}

interface Photos {
  files: string[];
  sha256: string;
  heldOut: string[];
}

const isPhoto = (name: string) => /\.(jpe?g|png|webp)$/i.test(name);

/** The photos of a folder of folders in a fixed order, without every n-th folder. */
export async function photosOf(folder: string, holdOutEvery: number): Promise<Photos> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
  const isHeldOut = (_: string, at: number) => holdOutEvery > 0 && (at + 1) % holdOutEvery === 0;
  const sorted = names.sort();
  const hash = createHash('sha256');
  const files: string[] = [];
  for (const name of sorted.filter((given, at) => !isHeldOut(given, at)))
    for (const file of (await readdir(join(folder, name))).filter(isPhoto).sort()) {
      const bytes = await readFile(join(folder, name, file));
      hash.update(`${name}/${file}\0${bytes.length}\0`).update(bytes);
      files.push(join(folder, name, file));
    }
  if (files.length === 0)
    throw new ModelInputError('IMAGE', `${folder} holds no folders of photos to learn from`);
  return { files, sha256: hash.digest('hex'), heldOut: sorted.filter(isHeldOut) };
}

/** A fixed order of the photos for each round over them. */
const orderOf = (count: number, seed: number) => (round: number) =>
  shuffle(
    Array.from({ length: count }, (_, place) => place),
    seededRandom(`${seed}:round:${round}`),
  );

async function pruningViews(files: readonly string[], settings: RecipeSettings) {
  const order = orderOf(files.length, settings.seed)(-1);
  const views: Float32Array[] = [];
  for (let at = 0; at < settings.pruningViews; at += 16)
    views.push(
      ...(await Promise.all(
        Array.from({ length: Math.min(16, settings.pruningViews - at) }, async (_, i) => {
          const file = files[order[(at + i) % files.length]!]!;
          const seed = `${settings.seed}:prune:${at + i}`;
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

async function learn(
  net: CompactNet,
  teacher: Teacher,
  files: readonly string[],
  { settings, threads, signal, onProgress }: RecipeInput,
) {
  const losses: number[] = [];
  const started = performance.now();
  const lessons = teach(teacher, {
    ...settings,
    files,
    orderOf: orderOf(files.length, settings.seed),
  });
  const learnt = await distil(net, lessons, {
    ...settings,
    threads,
    mean: await meanEmbedding(
      teacher,
      files.filter((_, at) => at % 10 === 0),
    ),
    signal,
    onStep: (step, loss) => {
      losses.push(loss);
      if ((step + 1) % 20 > 0) return;
      const perStep = (performance.now() - started) / (step + 1);
      const left = Math.round(((settings.steps - step - 1) * perStep) / 60_000);
      onProgress?.(
        `step ${step + 1} of ${settings.steps}: disagreement ${mean(losses.slice(-20)).toFixed(4)}, ` +
          `${((settings.batchSize * 1000) / perStep).toFixed(1)} images/s, ${left} min left`,
      );
    },
  });
  const part = Math.max(1, Math.ceil(losses.length / 50));
  return {
    net: learnt,
    firstLoss: mean(losses.slice(0, part)),
    lastLoss: mean(losses.slice(-part)),
  };
}

const notes = {
  'labelloop.name': 'Labelloop Compact',
  'labelloop.preprocessing': 'signedUnit',
  'labelloop.licence': 'Apache-2.0',
  'labelloop.source': 'Pruned and distilled from MobileNetV2; see models/weights/README.md',
};

/**
 * Makes the built-in backbone: a net pruned out of its teacher by least squares and then distilled
 * on augmented photos, without their classes. The same input gives the same net on one machine up
 * to the order of floating-point sums.
 */
export async function makeCompactBackbone(
  input: RecipeInput,
): Promise<{ file: Uint8Array; record: RecipeRecord }> {
  const { settings } = input;
  const started = performance.now();
  const bytes = await readFile(input.teacher);
  const photos = await photosOf(input.images, settings.holdOutEvery);
  const pruned = await prune(readCompactNet(readOnnxModel(bytes)), photos.files, input);
  const teacher = await openTeacher(input.teacher, input.threads);
  try {
    const { net, ...losses } = await learn(pruned, teacher, photos.files, input);
    const file = writeOnnxModel(netGraph(net, settings.inputSize, 'float16', notes));
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
        minutes: Math.round((performance.now() - started) / 60_000),
        sha256: sha256Of(file),
      },
    };
  } finally {
    await teacher.dispose();
  }
}
