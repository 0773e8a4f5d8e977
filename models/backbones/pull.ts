import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../engine/tfjs';
import { ModelInputError, throwIfAborted } from '../errors';
import { writeOnnxModel } from '../onnx/model';
import type { Architecture } from './architectures/architecture';
import { download } from './download';
import { backboneGraph } from './exportBackbone';
import { rebuildBackbone } from './fromOnnx/rebuildBackbone';
import { loadKerasWeights } from './keras/load';
import { readLocalFile } from './localFile';
import { pinHash, pinnedHash } from './pins';
import { fileOf, writeWhole } from './store';
import { verifyBackbone, type Agreement } from './verify';

export interface PullOptions {
  /** The folder of the backbones. */
  folder: string;
  /** A file to use instead of downloading: Keras's HDF5, or ONNX of the same network. */
  from?: string | undefined;
  /** Called with each step, as a sentence. */
  say?: ((line: string) => void) | undefined;
  onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** The result of `pullBackbone`. */
export interface Pulled {
  id: string;
  file: string;
  bytes: number;
  /** The difference between ONNX Runtime and TensorFlow.js. */
  agreement: Agreement;
}

interface Weights {
  content: Uint8Array;
  /** Its origin, for the file's metadata. */
  source: string;
  /** To be deleted when the backbone is stored. */
  downloaded?: string;
}

/**
 * Downloads the published file. Its hash is the publisher's, or else that of the first download.
 */
async function fetchWeights(architecture: Architecture, options: PullOptions): Promise<Weights> {
  const { url, md5, bytes } = architecture.source;
  const { folder, onProgress, say, signal } = options;
  const file = join(folder, 'downloads', basename(new URL(url).pathname));
  const pinned = md5 ? undefined : await pinnedHash(folder, url);
  say?.(`downloading ${url}`);
  const { sha256 } = await download({
    url,
    file,
    md5,
    sha256: pinned,
    onProgress: (received, total) => onProgress?.(received, total ?? bytes),
    onRetry: (reason) => say?.(`${reason}; trying again`),
    signal,
  });
  if (md5) say?.('it has the hash that its publisher gives');
  else if (pinned) say?.('it has the hash that it had when it was first downloaded here');
  else {
    await pinHash(folder, url, sha256);
    say?.(`its publisher gives no hash; from now on it has to be ${sha256}, as in pins.json`);
  }
  return { content: await readLocalFile(file), source: url, downloaded: file };
}

async function takeWeights(architecture: Architecture, from: string, say: PullOptions['say']) {
  const content = await readLocalFile(from);
  const { url, md5 } = architecture.source;
  if (md5 && createHash('md5').update(content).digest('hex') === md5) {
    say?.('it is the published file');
    return { content, source: url };
  }
  const sha256 = createHash('sha256').update(content).digest('hex');
  say?.(
    md5
      ? `it is not the published file (md5 ${md5}); taken all the same, since you named it`
      : 'its publisher gives no hash to compare it with; taken since you named it',
  );
  return { content, source: `${basename(from)} (sha256 ${sha256.slice(0, 16)})` };
}

const isHdf5 = (content: Uint8Array) => content[0] === 0x89 && content[1] === 0x48;

/** Builds the network with the file's weights. An ONNX file is compared with the result. */
async function modelOf(architecture: Architecture, content: Uint8Array): Promise<LayersModel> {
  if (isHdf5(content)) {
    const model = architecture.build();
    await loadKerasWeights(model, content);
    return model;
  }
  const rebuilt = rebuildBackbone(content);
  if (rebuilt.architecture.id !== architecture.id)
    throw new ModelInputError(
      'BACKBONE',
      `The file is a ${rebuilt.architecture.id}, not a ${architecture.id}`,
    );
  await verifyBackbone(content, rebuilt.model, architecture.preprocessing);
  return rebuilt.model;
}

/** Builds, writes and checks the backbone's file, and moves it to its place. */
async function convert(
  architecture: Architecture,
  { content, source }: Weights,
  { folder, say, signal }: PullOptions,
): Promise<Pulled> {
  const { id, name, preprocessing } = architecture;
  // The work is small, and every machine has this backend.
  await openTfjs({ backend: 'wasm', threads: 1 });
  throwIfAborted(signal);
  say?.('reading the weights into the network');
  const model = await modelOf(architecture, content);
  try {
    throwIfAborted(signal);
    const { licence } = architecture.source;
    const about = { name, source, licence, architecture: id, preprocessing: preprocessing.name };
    const file = writeOnnxModel(await backboneGraph(model, about));
    say?.('comparing ONNX Runtime with TensorFlow.js on random images');
    const agreement = await verifyBackbone(file, model, preprocessing);
    throwIfAborted(signal);
    const path = fileOf(folder, id);
    await writeWhole(path, file);
    return { id, file: path, bytes: file.length, agreement };
  } finally {
    model.dispose();
  }
}

/**
 * Installs a published network. It downloads the weights (or takes them from a file), reads them,
 * writes the ONNX file with the outputs `feature_map` and `embedding`, checks that both engines
 * agree, and stores it as `ID.onnx`.
 *
 * @throws ModelInputError `DOWNLOAD` or `BACKBONE`; an `AbortError` when the signal fires
 */
export async function pullBackbone(
  architecture: Architecture,
  options: PullOptions,
): Promise<Pulled> {
  const weights: Weights = options.from
    ? await takeWeights(architecture, options.from, options.say)
    : await fetchWeights(architecture, options);
  const pulled = await convert(architecture, weights, options);
  if (weights.downloaded) await rm(weights.downloaded, { force: true });
  return pulled;
}
