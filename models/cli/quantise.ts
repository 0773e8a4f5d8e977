import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { backboneFolders, modelsFolder } from '../backbones/folders';
import { findBackbones } from '../backbones/registry';
import { seededRandom, shuffle } from '../numeric/random';
import { quantiseBackbone } from '../quantise/quantiseBackbone';
import { UsageError, type Command } from './command';

const maxFiles = 128;

/** Draws at most 128 images below a folder, the same ones every time. */
async function someImages(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { recursive: true }).catch(() => {
    throw new UsageError(`there is no folder ${resolve(folder)}`);
  });
  const images = entries.filter((name) => /\.(jpe?g|png|webp)$/i.test(name)).sort();
  const order = shuffle([...images.keys()], seededRandom('quantise')).slice(0, maxFiles);
  return order.map((at) => join(folder, images[at]!));
}

/** Quantises a backbone to 8 bits and stores the result with the others. */
export const quantise: Command = async (args, { env, print, progress, signal }) => {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: { images: { type: 'string' } },
  });
  const [id] = positionals;
  if (!id || positionals.length > 1 || !values.images)
    throw new UsageError('give one id, and --images with a folder of typical images');
  const { found } = await findBackbones(backboneFolders(env));
  const original = found.find((each) => each.id === id);
  if (!original)
    throw new UsageError(`there is no backbone ${id}; “list” shows the installed ones`);
  const images = await someImages(values.images);
  progress.say(`Calibrating ${id} on ${images.length} images`);
  const folder = modelsFolder(env);
  const made = await quantiseBackbone(original, images, { folder, signal });
  print(`${made.backbone.id}: ${made.backbone.file}`);
  print(
    `calibrated on ${made.images} images; its embeddings' mean cosine with the float ones is ` +
      `${made.fidelity.toFixed(4)}. It is a backbone of its own: choose it for a dataset to use it.`,
  );
};
