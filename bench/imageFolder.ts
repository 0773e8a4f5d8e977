import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rename, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import { findBackbones, type Backbone } from '../models/backbones';
import { embedAll, findBackbone, MissingMaterial, type Material, type Photo } from './material';

const extensions = new Set(['.jpg', '.jpeg', '.png', '.webp']);
const weightsFolder = resolve(__dirname, '..', '..', 'models', 'weights');
const cacheFolder = join(tmpdir(), 'labelloop-bench');

/**
 * Lists a folder's images, one class per subfolder. Throws `MissingMaterial` without two classes.
 */
export async function findImages(folder: string): Promise<{ photos: Photo[]; names: string[] }> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => undefined);
  if (!entries) throw new MissingMaterial(`There is no folder ${folder}`);
  const names: string[] = [];
  const photos: Photo[] = [];
  for (const name of entries.flatMap((entry) => (entry.isDirectory() ? [entry.name] : [])).sort()) {
    const files = (await readdir(join(folder, name))).filter((file) =>
      extensions.has(extname(file).toLowerCase()),
    );
    if (files.length === 0) continue;
    for (const file of files.sort())
      photos.push({ file: join(folder, name, file), label: names.length });
    names.push(name);
  }
  if (names.length < 2)
    throw new MissingMaterial(
      `${folder} has ${names.length} folders with images (jpg, jpeg, png, webp) in them: a simulation needs a folder for each of at least 2 classes`,
    );
  return { photos, names };
}

/** Returns the shared backbone if there is one, otherwise the built-in one. */
async function chooseBackbone(): Promise<Backbone> {
  try {
    return await findBackbone();
  } catch (error) {
    if (!(error instanceof MissingMaterial)) throw error;
    const [builtIn] = (await findBackbones([weightsFolder])).found;
    if (!builtIn) throw error;
    return builtIn;
  }
}

/**
 * Returns raw embeddings of a folder's images. They are computed once and kept in the temporary
 * folder.
 */
export async function loadFolder(folder: string): Promise<Material & { backbone: string }> {
  const { photos, names } = await findImages(folder);
  const backbone = await chooseBackbone();
  const list = createHash('sha256').update(JSON.stringify([resolve(folder), photos]));
  const file = join(
    cacheFolder,
    `${backbone.sha256.slice(0, 12)}-${list.digest('hex').slice(0, 12)}.f32`,
  );
  const dimensions = backbone.embeddingSize;
  let bytes: Uint8Array | undefined = await readFile(file).catch(() => undefined);
  if (bytes?.length !== photos.length * dimensions * 4) {
    console.log(`Embedding ${photos.length} images once, to ${file}`);
    bytes = new Uint8Array((await embedAll(photos, backbone)).buffer);
    await mkdir(cacheFolder, { recursive: true });
    await writeFile(`${file}.part`, bytes);
    await rename(`${file}.part`, file);
  }
  return {
    name: folder,
    backbone: backbone.id,
    features: new Float32Array(Uint8Array.from(bytes).buffer),
    labels: Int32Array.from(photos, ({ label }) => label),
    rows: photos.length,
    dimensions,
    classes: names.length,
  };
}
