import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { InferenceSession } from 'onnxruntime-node';
import { signedUnit, type Preprocessing } from './preprocessing';

/** A frozen network that turns pixels into embeddings. */
export interface Backbone {
  /** The file's name without its extension: stable wherever the file lies. */
  id: string;
  /** What people read. */
  name: string;
  file: string;
  /** Of the file, in hexadecimal. */
  sha256: string;
  inputName: string;
  /** Edge of the square input in pixels. */
  inputSize: number;
  /** Values per embedding. */
  embeddingSize: number;
  /** Whether it also gives the feature map before pooling (explanations need it). */
  hasFeatureMap: boolean;
  /** Whether its input is bytes (uint8), so that preprocessing is part of the file. */
  takesBytes: boolean;
  /** What a file that takes floats wants to be done to bytes. */
  preprocessing: Preprocessing;
}

/** A file that looked like a backbone and is none. */
export interface RejectedFile {
  file: string;
  reason: string;
}

export interface BackboneSearch {
  found: Backbone[];
  rejected: RejectedFile[];
}

type Metadata = InferenceSession.ValueMetadata;

const knownNames: Readonly<Record<string, string>> = {
  '2ad22e0d2f1e86da46c5ada4dfedad04184ab4bf218a958d3e0d3c70a5b49ed0': 'MobileNetV2 (ImageNet, 224)',
};

const inspected = new Map<string, Backbone | RejectedFile>();

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

const describeShape = (value: Metadata | undefined): string =>
  value?.isTensor ? `${value.type} [${value.shape.join(', ')}]` : 'nothing';

function readInput(inputs: readonly Metadata[]) {
  const [input] = inputs;
  const fits =
    inputs.length === 1 &&
    input?.isTensor &&
    (input.type === 'float32' || input.type === 'uint8') &&
    input.shape.length === 4 &&
    typeof input.shape[1] === 'number' &&
    input.shape[1] === input.shape[2] &&
    input.shape[3] === 3;
  if (!fits)
    throw new Error(
      `its input is ${inputs.map(describeShape).join(' and ')}, not one float32 or uint8 [N, S, S, 3]`,
    );
  return {
    inputName: input.name,
    inputSize: Number(input.shape[1]),
    takesBytes: input.type === 'uint8',
  };
}

function readOutputs(outputs: readonly Metadata[]) {
  const embedding = outputs.find(({ name }) => name === 'embedding');
  const fits =
    embedding?.isTensor &&
    embedding.type === 'float32' &&
    embedding.shape.length === 2 &&
    typeof embedding.shape[1] === 'number';
  if (!fits)
    throw new Error(
      `its output \`embedding\` is ${describeShape(embedding)}, not a float32 [N, values]`,
    );
  const hasFeatureMap = outputs.some(({ name }) => name === 'feature_map');
  return { embeddingSize: Number(embedding.shape[1]), hasFeatureMap };
}

async function readBackbone(file: string): Promise<Backbone> {
  const session = await InferenceSession.create(file, { intraOpNumThreads: 1 });
  try {
    const input = readInput(session.inputMetadata);
    const outputs = readOutputs(session.outputMetadata);
    const sha256 = await sha256Of(file);
    const id = basename(file, '.onnx');
    const name = knownNames[sha256] ?? id;
    return { id, name, file, sha256, ...input, ...outputs, preprocessing: signedUnit };
  } finally {
    await session.release();
  }
}

async function inspect(file: string): Promise<Backbone | RejectedFile> {
  try {
    const { size, mtimeMs } = await stat(file);
    const key = `${file}:${size}:${mtimeMs}`;
    const known = inspected.get(key) ?? (await readBackbone(file));
    inspected.set(key, known);
    return known;
  } catch (error) {
    return { file, reason: error instanceof Error ? error.message : String(error) };
  }
}

async function onnxFilesIn(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => []);
  // By id, so that a backbone comes before its variants: X before X-int8.
  return names
    .filter((name) => name.endsWith('.onnx'))
    .map((name) => basename(name, '.onnx'))
    .sort()
    .map((id) => resolve(join(folder, `${id}.onnx`)));
}

/**
 * Looks for backbones: `*.onnx` files whose one input is [N, S, S, 3] of float32 or bytes, and which
 * have an output `embedding` of float32 [N, values]. Where two folders hold one id, the first wins. A
 * folder that is not there holds none; a file that does not fit is told with its reason. Unchanged
 * files are inspected once per process.
 */
export async function findBackbones(folders: readonly string[]): Promise<BackboneSearch> {
  const search: BackboneSearch = { found: [], rejected: [] };
  for (const folder of folders)
    for (const file of await onnxFilesIn(folder)) {
      const result = await inspect(file);
      if ('reason' in result) search.rejected.push(result);
      else if (!search.found.some(({ id }) => id === result.id)) search.found.push(result);
    }
  return search;
}
