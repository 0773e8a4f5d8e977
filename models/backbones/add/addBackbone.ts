import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { basename, dirname, resolve } from 'node:path';
import { model as createModel } from '@tensorflow/tfjs-layers';
import { openTfjs } from '../../engine/tfjs';
import { ModelInputError, throwIfAborted } from '../../errors';
import { isMeanPooled } from '../../explain/gradCam';
import { requireOperators } from '../../explain/tail/compute';
import { tailOf } from '../../explain/tail/cut';
import { writeOnnxModel, type Graph } from '../../onnx/model';
import { readOnnxModel } from '../../onnx/read';
import { architectureOf } from '../architectures';
import { readContract } from '../contract';
import { backboneGraph } from '../exportBackbone';
import type { FeatureMap } from '../featureMap';
import { readLocalFile } from '../localFile';
import { describeInMetadata, prefix, readDescription, type BackboneDescription } from '../metadata';
import { preprocessings, type PreprocessingName } from '../preprocessing';
import { checkId, fileOf, writeWhole } from '../store';
import { verifyBackbone } from '../verify';
import { dryRun } from './dryRun';
import { readModelJson } from './modelJson';

export interface AddOptions {
  folder: string;
  /** By default made of the file's name. */
  id?: string | undefined;
  name?: string | undefined;
  /** By default what the file says, or else x / 127.5 - 1. */
  preprocessing?: PreprocessingName | undefined;
  licence?: string | undefined;
  /** Whether a backbone of that id may be replaced. */
  replace?: boolean | undefined;
  say?: ((line: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

/** A backbone that was taken. */
export interface Added {
  id: string;
  file: string;
  bytes: number;
  inputSize: number;
  embeddingSize: number;
  /** Why its predictions cannot be explained by heat maps; undefined where they can. */
  unexplained: string | undefined;
  preprocessing: PreprocessingName;
}

/** `My Net.onnx` is `my-net`; `my-net/model.json` too. */
function idFor(file: string): string {
  const name = basename(resolve(file)).replace(/\.(onnx|json)$/i, '');
  const told = name.toLowerCase() === 'model' ? basename(dirname(resolve(file))) : name;
  return told
    .toLowerCase()
    .replace(/[^a-z0-9_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[^a-z0-9]+$/g, '');
}

async function freeId(file: string, { folder, id = idFor(file), replace }: AddOptions) {
  checkId(id);
  if (architectureOf(id))
    throw new ModelInputError(
      'VALUE',
      `${id} is the id of a published network: use “pull ${id} --from ${basename(file)}”, or take another --id`,
    );
  const taken = await stat(fileOf(folder, id)).catch(() => undefined);
  if (taken && !replace)
    throw new ModelInputError('VALUE', `There is a ${id} already: take another --id, or --replace`);
  return id;
}

type Say = AddOptions['say'];

/** The graph of a TensorFlow.js model, checked against it; its metadata is still empty. */
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

/** What the file will say of itself: what it said already, and what its owner says now. */
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

/** Why predictions on the backbone cannot be explained; undefined where they can. */
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
 * Takes a team's own backbone: an ONNX file that keeps the contract (one input [N, S, S, 3], output
 * `embedding` [N, values], perhaps `feature_map` [N, C, h, w]), or a TensorFlow.js layers model,
 * whose last feature map is pooled. It is checked, tried on random images, and kept as `ID.onnx`.
 *
 * @throws ModelInputError `BACKBONE` for a file that does not fit or means harm, `VALUE` for an id
 *   that is none or taken
 */
export async function addBackbone(file: string, options: AddOptions): Promise<Added> {
  const { folder, say, signal } = options;
  const id = await freeId(file, options);
  say?.(`reading ${file}`);
  const graph = await graphOf(file, options);
  throwIfAborted(signal);
  const metadata = await describe(file, graph, options);
  const content = writeOnnxModel({ ...graph, metadata });
  const contract = await readContract(content);
  const { preprocessing = 'signedUnit' } = contract.description;
  say?.('trying it on random images');
  const map = await dryRun(content, contract, preprocessings[preprocessing]);
  throwIfAborted(signal);
  const path = fileOf(folder, id);
  await writeWhole(path, content);
  const { inputSize, embeddingSize } = contract;
  const sizes = { bytes: content.length, inputSize, embeddingSize };
  return { id, file: path, ...sizes, preprocessing, unexplained: whyUnexplained(graph, map) };
}
