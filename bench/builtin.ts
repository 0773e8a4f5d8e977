import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { findBackbones, type Backbone } from '../models/backbones';
import { normaliseFeatures, seededRandom, shuffle } from '../models/numeric';
import { fitHead, createScorer } from '../models/training';
import { embedAll, findBackbone, findPhotos, type Photo } from './material';

const seeds = [1, 2, 3, 4, 5];
const labelsPerClass = [1, 5, 20];
const weightsFolder = join(__dirname, '..', '..', 'models', 'weights');

/**
 * Photos of the folders that the built-in backbone's recipe never opened. Their labels start at 0.
 */
async function heldOutPhotos(): Promise<{ photos: Photo[]; classes: number }> {
  const record = JSON.parse(
    await readFile(join(weightsFolder, 'labelloop-compact.json'), 'utf8'),
  ) as { heldOutFolders: string[] };
  const { photos } = await findPhotos();
  const folderOf = ({ file }: Photo) => basename(dirname(file));
  const chosen = photos.filter((photo) => record.heldOutFolders.includes(folderOf(photo)));
  const names = [...new Set(chosen.map(folderOf))];
  const relabelled = chosen.map((photo) => ({ ...photo, label: names.indexOf(folderOf(photo)) }));
  return { photos: relabelled, classes: names.length };
}

interface Probe {
  features: Float32Array;
  labels: readonly number[];
  dimensions: number;
  classes: number;
}

function drawn({ labels, classes }: Probe, perClass: number, seed: number) {
  const random = seededRandom(`builtin ${seed}`);
  const [train, test]: [number[], number[]] = [[], []];
  for (let label = 0; label < classes; label++) {
    const rows = labels.flatMap((given, row) => (given === label ? [row] : []));
    shuffle(rows, random);
    const held = Math.round(rows.length * 0.3);
    test.push(...rows.slice(0, held));
    train.push(...rows.slice(held, held + perClass));
  }
  return { train, test };
}

/** Returns the test accuracy of a head on `perClass` labels of each class. */
async function accuracyOf(probe: Probe, perClass: number, seed: number): Promise<number> {
  const { features, labels, dimensions, classes } = probe;
  const { train, test } = drawn(probe, perClass, seed);
  const rowsOf = (rows: readonly number[]) => {
    const out = new Float32Array(rows.length * dimensions);
    for (const [at, row] of rows.entries())
      out.set(features.subarray(row * dimensions, (row + 1) * dimensions), at * dimensions);
    return out;
  };
  const head = await fitHead({
    features: rowsOf(train),
    rows: train.length,
    dimensions,
    labels: Int32Array.from(train, (row) => labels[row]!),
    classes,
  });
  const scorer = await createScorer({ head, dimensions, classes });
  try {
    const { classIndex } = await scorer.score(rowsOf(test), test.length);
    return test.filter((row, at) => classIndex[at] === labels[row]).length / test.length;
  } finally {
    await scorer.dispose();
  }
}

async function probeBackbone(backbone: Backbone, photos: readonly Photo[], classes: number) {
  const started = performance.now();
  const embeddings = await embedAll(photos, backbone);
  const seconds = (performance.now() - started) / 1000;
  const { embeddingSize: dimensions } = backbone;
  const features = normaliseFeatures(embeddings, dimensions, embeddings);
  const probe = { features, labels: photos.map(({ label }) => label), dimensions, classes };
  const accuracy: Record<string, number> = {};
  for (const perClass of labelsPerClass) {
    let sum = 0;
    for (const seed of seeds) sum += await accuracyOf(probe, perClass, seed);
    accuracy[`${perClass} per class`] = sum / seeds.length;
  }
  return { backbone: backbone.id, accuracy, imagesPerSecond: photos.length / seconds };
}

/**
 * Compares the built-in backbone with its teacher on classes that it was not distilled on: test
 * accuracy of heads on few labels.
 */
export async function benchBuiltin(): Promise<Record<string, unknown>> {
  const { photos, classes } = await heldOutPhotos();
  const [builtin] = (await findBackbones([weightsFolder])).found;
  if (!builtin) throw new Error(`There is no backbone in ${weightsFolder}`);
  return {
    bench: 'builtin',
    seeds,
    images: photos.length,
    classes,
    builtin: await probeBackbone(builtin, photos, classes),
    teacher: await probeBackbone(await findBackbone(), photos, classes),
    note: 'the teacher is the peer and the limit: the built-in backbone imitates it',
  };
}
