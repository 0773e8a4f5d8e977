import { createHash } from 'node:crypto';
import { readFile, readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { Backbone } from './backbone';
import { readContract, type BackboneContract } from './contract';
import type { ContractCache } from './contractCache';
import { examineFile } from './examine';
import { preprocessings } from './preprocessing';

/** An ONNX file that cannot be used as a backbone. */
export interface RejectedFile {
  file: string;
  reason: string;
}

export interface BackboneSearch {
  found: Backbone[];
  rejected: RejectedFile[];
}

/**
 * Trusted files by their SHA-256, with a name for a file that contains none. They are not examined
 * in a child process, which would take a second at every start.
 */
const knownFiles: ReadonlyMap<string, string | undefined> = new Map([
  ['872fd2eb4d55e8323d46d939b4008cd982e83c8d2a64c5533fce5f3fd7f3c05a', undefined],
  [
    '2ad22e0d2f1e86da46c5ada4dfedad04184ab4bf218a958d3e0d3c70a5b49ed0',
    'MobileNetV2 (ImageNet, 224)',
  ],
]);

/** Whether a file needs no examination. */
export const isKnownFile = (sha256: string): boolean => knownFiles.has(sha256);

const inspected = new Map<string, Backbone | RejectedFile>();

/** Maximum size. A backbone has a few hundred megabytes at most. */
const maxFileBytes = 2 ** 29;

/** A backbone's file and what it contains. */
export interface ExaminedFile {
  /** In hexadecimal. */
  sha256: string;
  /** Size of the file. */
  bytes: number;
  contract: BackboneContract;
}

/**
 * Examines a backbone's file. With a cache, each file is examined once per machine.
 *
 * @throws ModelInputError `BACKBONE` with the reason
 */
export async function examineBackbone(file: string, cache?: ContractCache): Promise<ExaminedFile> {
  const content = await readFile(file);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const bytes = content.length;
  const known = await cache?.read(sha256);
  if (known) return { sha256, bytes, contract: known };
  const contract = isKnownFile(sha256)
    ? await readContract(content)
    : (await examineFile('open', file)).contract;
  await cache?.write(sha256, contract);
  return { sha256, bytes, contract };
}

/** Describes a backbone from what its file contains. The file itself is not read. */
export function describeBackbone(file: string, examined: ExaminedFile): Backbone {
  const { sha256, bytes } = examined;
  const { description, ...contract } = examined.contract;
  const id = basename(file, '.onnx');
  const {
    name = knownFiles.get(sha256) ?? id,
    preprocessing = 'signedUnit',
    ...about
  } = description;
  return {
    ...about,
    ...contract,
    id,
    name,
    file,
    sha256,
    bytes,
    preprocessing: preprocessings[preprocessing],
  };
}

async function inspect(
  file: string,
  cache: ContractCache | undefined,
): Promise<Backbone | RejectedFile> {
  const reject = (reason: string): RejectedFile => ({ file, reason });
  try {
    const info = await stat(file);
    if (!info.isFile()) return reject('it is not a file');
    if (info.size > maxFileBytes) return reject(`its ${info.size} bytes are over ${maxFileBytes}`);
    const key = `${file}:${info.size}:${info.mtimeMs}`;
    const known = inspected.get(key);
    if (known) return known;
    const result = await examineBackbone(file, cache).then(
      (examined) => describeBackbone(file, examined),
      (error: unknown) => reject(error instanceof Error ? error.message : String(error)),
    );
    inspected.set(key, result);
    return result;
  } catch (error) {
    return reject(error instanceof Error ? error.message : String(error));
  }
}

/** Each new file is examined in its own process. Two run at a time. */
const together = 2;

async function inspectAll(
  files: readonly string[],
  cache: ContractCache | undefined,
): Promise<(Backbone | RejectedFile)[]> {
  const results: (Backbone | RejectedFile)[] = [];
  for (let at = 0; at < files.length; at += together)
    results.push(
      ...(await Promise.all(files.slice(at, at + together).map((file) => inspect(file, cache)))),
    );
  return results;
}

async function onnxFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  // Sorted by id, so that a backbone comes before its variants: X before X-int8.
  return names
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => basename(name, '.onnx'))
    .sort()
    .map((id) => resolve(join(folder, `${id}.onnx`)));
}

/**
 * Finds backbones: `*.onnx` files with one input [N, S, S, 3] of float32 or bytes, and an output
 * `embedding` of float32 [N, values]. If two folders hold the same id, the first wins. A missing
 * folder counts as empty. A file that does not fit is returned with its reason. Unchanged files are
 * inspected once per process, and with a cache once per machine.
 */
export async function findBackbones(
  folders: readonly string[],
  cache?: ContractCache,
): Promise<BackboneSearch> {
  const search: BackboneSearch = { found: [], rejected: [] };
  for (const folder of folders)
    for (const result of await inspectAll(await onnxFilesIn(folder), cache)) {
      if ('reason' in result) search.rejected.push(result);
      else if (!search.found.some(({ id }) => id === result.id)) search.found.push(result);
    }
  return search;
}
