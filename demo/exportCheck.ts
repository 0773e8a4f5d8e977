import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import type { ReadableStream } from 'node:stream/web';
import { openPromise } from 'yauzl';
import type { Api } from './api';
import { exportDataset } from './operations';

interface Manifest {
  classes: { name: string; folder: string }[];
  files: { path: string; sha256: string; uploadSha256: string; class: string; who: string }[];
}
interface ZipContent {
  /** SHA-256 of each image by its path. */
  images: Map<string, string>;
  manifest: Manifest;
  csvLines: number;
}

/** Exports the labels and downloads the zip. */
export async function downloadExport(api: Api, datasetId: string, file: string): Promise<void> {
  const { export: wanted } = await api.mutate<{ export: { url: string } }>(
    'exportDataset',
    exportDataset,
    { datasetId, include: 'LABELS' },
  );
  const { body } = await api.download(wanted.url);
  if (!body) throw new Error('The export has no body.');
  await pipeline(Readable.fromWeb(body as ReadableStream), createWriteStream(file));
}

/**
 * Compares the zip with the given labels. Returns one sentence per difference, and none if all is
 * correct.
 */
export async function checkExport(
  file: string,
  classBySha256: ReadonlyMap<string, string>,
): Promise<string[]> {
  const { images, manifest, csvLines } = await readZip(file);
  const folders = new Map(manifest.classes.map(({ name, folder }) => [name, folder]));
  const faults: string[] = [];
  const count = classBySha256.size;
  if (images.size !== count) faults.push(`${images.size} images in the zip, ${count} labels given`);
  if (manifest.files.length !== count)
    faults.push(`${manifest.files.length} files in manifest.json`);
  if (csvLines !== count + 1) faults.push(`${csvLines} lines in labels.csv for ${count} labels`);
  for (const { path, sha256, uploadSha256, class: said } of manifest.files) {
    const truth = classBySha256.get(uploadSha256);
    if (truth === undefined) faults.push(`${path} was never labelled`);
    else if (said !== truth || path.split('/')[0] !== folders.get(truth))
      faults.push(`${path} is a ${truth}, the manifest says ${said}`);
    if (images.get(path) !== sha256) faults.push(`${path}: other bytes than the manifest says`);
  }
  return faults;
}

async function readZip(file: string): Promise<ZipContent> {
  const zip = await openPromise(file);
  const images = new Map<string, string>();
  let manifest: Manifest = { classes: [], files: [] };
  let csvLines = 0;
  for await (const entry of zip.eachEntry()) {
    const content = await zip.openReadStreamPromise(entry);
    if (entry.fileName === 'manifest.json') manifest = JSON.parse(await text(content)) as Manifest;
    else if (entry.fileName === 'labels.csv')
      csvLines = (await text(content)).trim().split('\n').length;
    else {
      const hash = createHash('sha256');
      await pipeline(content, hash);
      images.set(entry.fileName, hash.digest('hex'));
    }
  }
  return { images, manifest, csvLines };
}
