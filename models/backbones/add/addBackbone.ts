import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { model as createModel } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../../engine/tfjs';
import { ModelInputError, throwIfAborted } from '../../errors';
import { isMeanPooled } from '../../explain/gradCam';
import { requireOperators } from '../../explain/tail/compute';
import { tailOf } from '../../explain/tail/tail';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { architectureOf } from '../architectures';
import { examineBytes } from '../examine';
import { backboneGraph } from '../exportBackbone';
import type { FeatureMap } from '../featureMap';
import { readLocalFile } from '../localFile';
import { describeInMetadata, prefix, readDescription, type BackboneDescription } from '../metadata';
import { preprocessings, type PreprocessingName } from '../preprocessing';
import { checkId, fileOf, writeWhole } from '../store';
import { verifyBackbone } from '../verify';
import { readModelJson } from './modelJson';

export interface AddOptions {
  folder: string;
  /** Default: derived from the file name. */
  id?: string | undefined;
  name?: string | undefined;
  /** Default: the file's metadata, or else x / 127.5 - 1. */
  preprocessing?: PreprocessingName | undefined;
  licence?: string | undefined;
  /** Whether to replace a backbone with the same id. */
  replace?: boolean | undefined;
  say?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A backbone that was added. */
export interface Added {
  id: string;
  file: string;
  bytes: number;
  inputSize: number;
  embeddingSize: number;
  /** Why heat maps cannot explain its predictions. Undefined if they can. */
  unexplained: string | undefined;
  preprocessing: PreprocessingName;
}

/** Turns a file name into an id: `My Net.onnx` and `my-net/model.json` become `my-net`. */
function idFor(file: string): string {
  const name = basename(resolve(file)).replace(/\.(onnx|json)$/i, '');
  const told = name.toLowerCase() === 'model' ? basename(dirname(resolve(file))) : name;
  let id = told
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[_.-]+/, '');
  // A pattern for the end would search from every place of the name.
  while (id !== '' && '_.-'.includes(id.slice(-1))) id = id.slice(0, -1);
  return id;
}

async function freeId(file: string, { folder, id = idFor(file), replace }: AddOptions) {
  checkId(id);
  if (architectureOf(id))
    throw new ModelInputError(
      'VALUE',
      `${id} is the id of a published network: use “pull ${id} --from ${basename(file)}”, or choose another --id`,
    );
  const taken = await stat(fileOf(folder, id)).catch(() => undefined);
  if (taken && !replace)
    throw new ModelInputError(
      'VALUE',
      `There is already a backbone ${id}. Choose another --id, or add --replace`,
    );
  return id;
}

type Say = AddOptions['say'];

/** Converts a TensorFlow.js model to a graph and compares the two. The metadata is still empty. */
async function fromModelJson(file: string, preprocessing: PreprocessingName, say: Say) {
  await openTfjs({ backend: 'wasm', threads: 1 });
  const { model, featureMap } = await readModelJson(file);
  try {
    say?.(`${featureMap.sourceLayer.name} is its last feature map; its mean is the embedding`);
    const graph = await backboneGraph(model, {}, featureMap);
    const body = createModel({ inputs: model.inputs, outputs: featureMap });
    await verifyBackbone(writeOnnxModel(graph), body, preprocessings[preprocessing]);
    return graph;
  } finally {
    model.dispose();
  }
}

async function graphOf(file: string, options: AddOptions): Promise<Graph> {
  const { preprocessing = 'signedUnit', say } = options;
  return /\.json$/i.test(file)
    ? fromModelJson(file, preprocessing, say)
    : readOnnxModel(await readLocalFile(file));
}

/** Merges the file's own metadata with the description that the owner gives now. */
async function describe(file: string, graph: Graph, { name, preprocessing, licence }: AddOptions) {
  const told = readDescription(graph.metadata);
  const sha256 = createHash('sha256')
    .update(await readLocalFile(file))
    .digest('hex');
  const description: BackboneDescription = {
    ...told,
    // Only files that were made here carry their architecture.
    architecture: undefined,
    name: name ?? told.name,
    preprocessing: preprocessing ?? told.preprocessing ?? 'signedUnit',
    source: told.source ?? `${basename(file)} (sha256 ${sha256.slice(0, 16)})`,
    licence: licence ?? told.licence,
  };
  const others = Object.entries(graph.metadata ?? {}).filter(([key]) => !key.startsWith(prefix));
  return { ...Object.fromEntries(others), ...describeInMetadata(description) };
}

/** Says why predictions on the backbone cannot be explained. Undefined if they can. */
function whyUnexplained(graph: Graph, map: FeatureMap | undefined): string | undefined {
  if (!map) return 'no feature_map, so no explanations';
  if (isMeanPooled(map)) return undefined;
  try {
    requireOperators(tailOf(graph));
    return undefined;
  } catch (error) {
    if (error instanceof ModelInputError) return `no explanations: ${error.message}`;
    throw error;
  }
}

/**
 * Adds a custom backbone. It is an ONNX file with one input [N, S, S, 3], an output `embedding` [N,
 * values] and an optional output `feature_map` [N, C, h, w], or a TensorFlow.js layers model, whose
 * last feature map is pooled. The file is checked, run on random images in a process with bounds on
 * memory and time, and kept as `ID.onnx`.
 *
 * @throws ModelInputError `BACKBONE` for a file that does not fit or is hostile, `VALUE` for an
 *   invalid or used id
 */
export async function addBackbone(file: string, options: AddOptions): Promise<Added> {
  const { folder, say, signal } = options;
  const id = await freeId(file, options);
  say?.(`reading ${file}`);
  const graph = await graphOf(file, options);
  throwIfAborted(signal);
  const metadata = await describe(file, graph, options);
  const content = writeOnnxModel({ ...graph, metadata });
  say?.('running it on random images');
  const { contract, map } = await examineBytes('dryRun', content, signal);
  const { preprocessing = 'signedUnit' } = contract.description;
  throwIfAborted(signal);
  const path = fileOf(folder, id);
  await writeWhole(path, content);
  const { inputSize, embeddingSize } = contract;
  const sizes = { bytes: content.length, inputSize, embeddingSize };
  return { id, file: path, ...sizes, preprocessing, unexplained: whyUnexplained(graph, map) };
}
