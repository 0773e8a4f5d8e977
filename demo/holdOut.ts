import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { seededRandom, shuffle } from '../models/numeric';
import { groupBy } from './groupBy';

/** One image whose class is known, because it is in the folder of that name. */
export interface KnownImage {
  path: string;
  /** Its name in the upload: `class/file.jpg`. */
  fileName: string;
  className: string;
  byteSize: number;
  sha256: string;
  heldOut: boolean;
}

/** Images without a class of their own, which benchmarks on Caltech-101 leave out. */
const leftOut = new Set(['BACKGROUND_Google']);
const isImage = (name: string) => /\.(jpe?g|png|webp)$/i.test(name) && !name.startsWith('.');

/**
 * Lists the images of a folder of class folders, each once: a second copy of the same bytes is left
 * out.
 */
export async function readFolder(folder: string): Promise<Omit<KnownImage, 'heldOut'>[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => {
    throw new Error(`There is no folder “${folder}”. Give a folder with one folder per class.`);
  });
  const classNames = entries
    .filter(
      (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !leftOut.has(entry.name),
    )
    .map((entry) => entry.name)
    .sort();
  const images = new Map<string, Omit<KnownImage, 'heldOut'>>();
  for (const className of classNames)
    for (const name of (await readdir(join(folder, className))).filter(isImage).sort()) {
      const path = join(folder, className, name);
      const bytes = await readFile(path);
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (images.has(sha256)) continue;
      const fileName = `${className}/${name}`;
      images.set(sha256, { path, fileName, className, byteSize: bytes.length, sha256 });
    }
  const found = new Set([...images.values()].map((image) => image.className));
  if (found.size < 2)
    throw new Error(
      `“${folder}” holds ${found.size} folders with images; a model needs two classes.`,
    );
  return [...images.values()];
}

/**
 * Holds out a part of every class: at least one image, never all of them. The seed alone decides.
 */
export function holdOut<T extends { className: string }>(
  images: readonly T[],
  fraction: number,
  seed: number,
): (T & { heldOut: boolean })[] {
  const byClass = groupBy([...images.keys()], (index) => images[index]?.className ?? '');
  const aside = new Set<number>();
  for (const [className, indices] of byClass) {
    const count = Math.max(1, Math.round(indices.length * fraction));
    if (indices.length < 2) continue;
    shuffle([...indices], seededRandom(`${seed}:${className}`))
      .slice(0, count)
      .forEach((index) => aside.add(index));
  }
  return images.map((image, index) => ({ ...image, heldOut: aside.has(index) }));
}
