import { existsSync } from 'node:fs';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { embedImages, findBackbones, type Backbone, openBackbone } from '../models/backbones';
import { seededRandom } from '../models/numeric';
import { quantiseBackbone } from '../models/quantise';

/** Rows of features with the class of each. */
export interface Material {
  name: string;
  features: Float32Array;
  labels: Int32Array;
  rows: number;
  dimensions: number;
  classes: number;
}

/** A benchmark that cannot run here. The message says what it needs. */
export class MissingMaterial extends Error {}

const sharedFolder = resolve(
  process.env['LABELLOOP_SHARED'] ?? join(__dirname, '..', '..', '..', 'shared'),
);
/** Caltech-101, one folder per class. */
export const photoFolder = join(sharedFolder, 'data', 'caltech101');

export interface Photo {
  file: string;
  label: number;
}

/** Lists Caltech-101's object classes, sorted. Throws `MissingMaterial` without the folder. */
export async function findPhotos(): Promise<{ photos: Photo[]; classes: number }> {
  if (!existsSync(photoFolder))
    throw new MissingMaterial(`No photos in ${photoFolder}: set LABELLOOP_SHARED`);
  const names = (await readdir(photoFolder)).filter((name) => name !== 'BACKGROUND_Google').sort();
  const photos: Photo[] = [];
  for (const [label, name] of names.entries())
    for (const file of (await readdir(join(photoFolder, name))).sort())
      photos.push({ file: join(photoFolder, name, file), label });
  return { photos, classes: names.length };
}

/** Returns the first backbone of the shared models. Throws `MissingMaterial` without one. */
export async function findBackbone(): Promise<Backbone> {
  const folder = join(sharedFolder, 'models');
  const { found, rejected } = await findBackbones([folder]);
  if (found[0]) return found[0];
  const reasons = rejected.map(({ file, reason }) => `; ${file}: ${reason}`).join('');
  throw new MissingMaterial(`No backbone in ${folder}: set LABELLOOP_SHARED${reasons}`);
}

function* asSource(photos: readonly Photo[]) {
  for (const [item, { file }] of photos.entries()) yield { item, image: file };
}

/** Computes raw embeddings of photos, in their order. */
export async function embedAll(
  photos: readonly Photo[],
  backbone: Backbone,
): Promise<Float32Array> {
  const out = new Float32Array(photos.length * backbone.embeddingSize);
  const session = await openBackbone(backbone);
  try {
    for await (const result of embedImages(asSource(photos), { session })) {
      if ('error' in result) throw result.error;
      out.set(result.embedding, result.item * backbone.embeddingSize);
    }
  } finally {
    await session.dispose();
  }
  return out;
}

const folder = join(tmpdir(), 'labelloop-bench');

/**
 * Returns the quantised version of a backbone. It is made once, kept in the temporary folder, and
 * calibrated on photos of Caltech's background folder, which no benchmark uses.
 */
export async function quantisedBackbone(backbone: Backbone): Promise<Backbone> {
  const home = join(folder, backbone.sha256.slice(0, 12));
  const { found } = await findBackbones([home]);
  if (found[0]) return found[0];
  const background = join(photoFolder, 'BACKGROUND_Google');
  const names = (await readdir(background).catch(() => [])).sort();
  if (names.length === 0) throw new MissingMaterial(`No photos in ${background}`);
  await mkdir(home, { recursive: true });
  const images = names.slice(0, 64).map((name) => join(background, name));
  return (await quantiseBackbone(backbone, images, { folder: home })).backbone;
}

/**
 * Returns raw embeddings of all photos. They are computed once and kept in the temporary folder.
 */
export async function loadPhotos(backbone: Backbone): Promise<Material> {
  const { photos, classes } = await findPhotos();
  const dimensions = backbone.embeddingSize;
  const file = join(folder, `${backbone.sha256.slice(0, 12)}-${photos.length}.f32`);
  let bytes: Uint8Array | undefined = await readFile(file).catch(() => undefined);
  if (bytes?.length !== photos.length * dimensions * 4) {
    console.log(`Embedding ${photos.length} photos once, to ${file}`);
    bytes = new Uint8Array((await embedAll(photos, backbone)).buffer);
    await mkdir(folder, { recursive: true });
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
  }
  const features = new Float32Array(Uint8Array.from(bytes).buffer);
  const labels = Int32Array.from(photos, ({ label }) => label);
  return { name: 'caltech101', features, labels, rows: photos.length, dimensions, classes };
}

/** Draws clustered rows of the same shape: positive, with unequal, overlapping classes. */
export function drawClusters(seed: number): Material {
  const [rows, dimensions, classes] = [8677, 1280, 101];
  const random = seededRandom(seed);
  const centres = Float32Array.from({ length: classes * dimensions }, () => random.normal());
  const labels = Int32Array.from({ length: rows }, () =>
    Math.floor(classes * random.next() ** 1.5),
  );
  const features = new Float32Array(rows * dimensions);
  for (let row = 0, at = 0; row < rows; row++)
    for (let j = 0; j < dimensions; j++, at++) {
      const centre = centres[labels[row]! * dimensions + j]!;
      features[at] = Math.max(0, 0.5 + 0.35 * centre + 1.5 * (random.next() + random.next() - 1));
    }
  return { name: 'synthetic clusters', features, labels, rows, dimensions, classes };
}

/** Returns real embeddings if the photos are there, otherwise clusters of the same shape. */
export async function loadMaterial(seed: number): Promise<Material> {
  try {
    return await loadPhotos(await findBackbone());
  } catch (error) {
    if (!(error instanceof MissingMaterial)) throw error;
    console.log(`${error.message}; drawing synthetic clusters instead`);
    return drawClusters(seed);
  }
}
