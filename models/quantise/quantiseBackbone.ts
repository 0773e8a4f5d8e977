import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { decodePixels } from '../backbones/decode';
import { describeInMetadata, prefix } from '../backbones/metadata';
import type { Backbone } from '../backbones/backbone';
import { findBackbones } from '../backbones/registry';
import { openBackbone } from '../backbones/session';
import { ModelInputError, throwIfAborted } from '../errors';
import { dot } from '../numeric/vectors';
import { writeOnnxModel, type Graph } from '../onnx/model';
import { readOnnxModel } from '../onnx/read';
import { quantiseGraph } from './quantiseGraph';

export interface QuantiseOptions {
  /** The folder of the result. Default: that of the float backbone. */
  folder?: string;
  signal?: AbortSignal;
}

export interface QuantisedBackbone {
  backbone: Backbone;
  /** Number of calibration images. Images that cannot be decoded are left out. */
  images: number;
  /** Mean cosine between its embeddings and the float ones on those images, at most 1. */
  fidelity: number;
}

/**
 * Metadata of the original that the quantised backbone drops: it contains its preprocessing and is
 * no Keras network.
 */
const noLongerTrue = { preprocessing: undefined, architecture: undefined };

/** Fewer images do not show the range of an activation. More than a few hundred only cost time. */
const minImages = 8;
const maxImages = 256;
/** Below this mean cosine, the quantised backbone is not kept. */
const minFidelity = 0.9;

/**
 * Returns the graph with constants and batch normalizations folded by the runtime that will run it.
 */
async function foldedGraph({ file }: Backbone): Promise<Graph> {
  const folder = await mkdtemp(join(tmpdir(), 'labelloop-fold-'));
  const optimizedModelFilePath = join(folder, 'folded.onnx');
  try {
    const session = await InferenceSession.create(file, {
      graphOptimizationLevel: 'basic',
      optimizedModelFilePath,
      logSeverityLevel: 3,
    });
    await session.release();
    return readOnnxModel(await readFile(optimizedModelFilePath));
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function decodeSome(images: Iterable<Buffer | string>, size: number, signal?: AbortSignal) {
  const decoded: Uint8Array[] = [];
  for (const image of images) {
    throwIfAborted(signal);
    const pixels = await decodePixels(image, size).catch(() => undefined);
    if (pixels) decoded.push(pixels);
    if (decoded.length === maxImages) break;
  }
  if (decoded.length >= minImages) return decoded;
  throw new ModelInputError(
    'VALUE',
    `Quantising needs at least ${minImages} JPEG, PNG or WebP images, got ${decoded.length}: add more`,
  );
}

async function embedEach(backbone: Backbone, images: readonly Uint8Array[]) {
  const session = await openBackbone(backbone);
  try {
    const embeddings: Float32Array[] = [];
    for (const image of images) embeddings.push(await session.embed(image, 1));
    return embeddings;
  } finally {
    await session.dispose();
  }
}

async function compare(original: Backbone, quantised: Backbone, images: readonly Uint8Array[]) {
  const [a, b] = [await embedEach(original, images), await embedEach(quantised, images)];
  const cosine = (x: Float32Array, y: Float32Array) => {
    const norms = Math.sqrt(dot(x, x) * dot(y, y));
    return norms > 0 ? dot(x, y) / norms : 1;
  };
  return a.reduce((sum, x, at) => sum + cosine(x, b[at]!), 0) / a.length;
}

async function found(folder: string, id: string): Promise<Backbone> {
  const { found: backbones, rejected } = await findBackbones([folder]);
  const backbone = backbones.find((each) => each.id === id);
  if (backbone) return backbone;
  const reason = rejected.map((each) => each.reason).join('; ');
  throw new ModelInputError('BACKBONE', `The quantised ${id} cannot be used: ${reason}`);
}

/**
 * Quantises a float backbone to 8 bits and writes `ID-int8.onnx` into a folder of backbones. Its
 * embeddings are not compatible with the original's, so it is chosen like any other backbone and
 * never replaces the original. The file appears only after its embeddings were compared with the
 * original's.
 *
 * @param images encoded bytes or paths: a few dozen images like those that will be embedded
 * @throws ModelInputError `BACKBONE` for a file that cannot be quantised or loses too much, `VALUE`
 *   for too few images
 */
export async function quantiseBackbone(
  original: Backbone,
  images: Iterable<Buffer | string>,
  { folder = dirname(original.file), signal }: QuantiseOptions = {},
): Promise<QuantisedBackbone> {
  if (original.takesBytes)
    throw new ModelInputError(
      'BACKBONE',
      `${original.id} is already quantised: name the float backbone`,
    );
  const pixels = await decodeSome(images, original.inputSize, signal);
  const graph = await quantiseGraph(
    await foldedGraph(original),
    original.preprocessing,
    pixels,
    signal,
  );
  const id = `${original.id}-int8`;
  const metadata = {
    ...describeInMetadata({ ...original, name: `${original.name}, 8 bits`, ...noLongerTrue }),
    [`${prefix}quantisedFrom`]: original.sha256,
  };
  await mkdir(folder, { recursive: true });
  const trial = await mkdtemp(join(folder, '.quantise-'));
  try {
    await writeFile(join(trial, `${id}.onnx`), writeOnnxModel({ ...graph, metadata }));
    const fidelity = await compare(original, await found(trial, id), pixels.slice(0, 64));
    if (!(fidelity >= minFidelity))
      throw new ModelInputError(
        'BACKBONE',
        `In 8 bits the embeddings of ${original.id} differ too much (cosine ${fidelity.toFixed(3)}): keep the float backbone`,
      );
    await rename(join(trial, `${id}.onnx`), join(folder, `${id}.onnx`));
    return { backbone: await found(folder, id), images: pixels.length, fidelity };
  } finally {
    await rm(trial, { recursive: true, force: true });
  }
}
