import { realpath } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import type { io } from '@tensorflow/tfjs-core';
import { loadLayersModel, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import { ModelInputError } from '../../errors';
import { concatBytes } from '../../onnx/protobuf';
import { maxFileBytes, readLocalFile } from '../localFile';

const refuse = (reason: string) => new ModelInputError('BACKBONE', `model.json: ${reason}`);

const weight = z.object({
  name: z.string().max(500),
  shape: z.array(z.number().int().min(0).max(65_536)).max(8),
  dtype: z.literal('float32', 'only float32 weights are supported: convert without quantisation'),
  quantization: z
    .undefined({ error: 'quantised weights: convert without quantisation' })
    .optional(),
});

const modelJson = z.object({
  format: z.string().optional(),
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: z
    .array(z.object({ paths: z.array(z.string()).max(1000), weights: z.array(weight).max(5000) }))
    .max(1000),
});
type ModelJson = z.infer<typeof modelJson>;

function parse(content: Uint8Array): ModelJson {
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder().decode(content));
  } catch (error) {
    throw refuse(`it is not JSON: ${(error as Error).message}`);
  }
  const parsed = modelJson.safeParse(json);
  if (!parsed.success) {
    const { path, message } = parsed.error.issues[0]!;
    throw refuse(`${path.join('.')}: ${message}`);
  }
  if (parsed.data.format === 'graph-model')
    throw refuse('it is a graph model: only layers models are supported, or export it to ONNX');
  return parsed.data;
}

/** Returns the real path of a weights file, which has to be beside model.json. */
async function weightsFile(folder: string, path: string): Promise<string> {
  // Only a plain name is allowed: no folder, no `..`, no address, no drive.
  if (path === '' || path === '.' || path === '..' || /[\\/:\0]/.test(path))
    throw refuse(`its weights file “${path}” is not a plain file name beside it`);
  const real = await realpath(join(folder, path)).catch(() => undefined);
  if (!real) throw refuse(`its weights file ${path} does not exist`);
  if (dirname(real) !== folder && !real.startsWith(folder + sep))
    throw refuse(`its weights file ${path} is a link out of its folder`);
  return real;
}

async function readWeights(folder: string, { weightsManifest }: ModelJson): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let left = maxFileBytes;
  for (const path of weightsManifest.flatMap(({ paths }) => paths)) {
    const part = await readLocalFile(await weightsFile(folder, path), left);
    left -= part.length;
    parts.push(part);
  }
  const specs = weightsManifest.flatMap(({ weights }) => weights);
  const values = specs.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  const data = concatBytes(parts);
  if (data.length !== values * 4)
    throw refuse(`its weights have ${data.length} bytes, but its manifest says ${values * 4}`);
  return data;
}

/**
 * Checks that the weights, or an image, can have every size in the topology. A network that claims
 * a million filters is refused before they are allocated.
 */
function checkSizes(topology: unknown, largest: number): void {
  const waiting: unknown[] = [topology];
  for (let seen = 0; waiting.length > 0; seen++) {
    if (seen > 1_000_000) throw refuse('its topology is too large');
    const value = waiting.pop();
    if (typeof value === 'number' && Math.abs(value) > largest)
      throw refuse(`its topology contains ${value}, but no weight is larger than ${largest}`);
    if (typeof value !== 'object' || value === null) continue;
    // A random seed may be any number.
    for (const [key, inner] of Object.entries(value)) if (key !== 'seed') waiting.push(inner);
  }
}

/** Lists the model's own tensors that lead to its outputs, each after its inputs. */
function tensorsOf({ outputs }: LayersModel): SymbolicTensor[] {
  const ordered = new Set<SymbolicTensor>();
  const visit = (tensor: SymbolicTensor): void => {
    if (ordered.has(tensor)) return;
    const sources = tensor.sourceLayer.inboundNodes[tensor.nodeIndex]?.inputTensors ?? [];
    for (const source of sources) if (source !== tensor) visit(source);
    ordered.add(tensor);
  };
  outputs.forEach(visit);
  return [...ordered];
}

/**
 * Returns the last tensor with a height and a width of more than one pixel, which pooling averages.
 */
function lastFeatureMap(model: LayersModel): SymbolicTensor {
  const last = tensorsOf(model).findLast(({ shape, sourceLayer }) => {
    const [, height, width] = shape;
    const isMap = shape.length === 4 && (height ?? 0) * (width ?? 0) > 1;
    return isMap && sourceLayer.getClassName() !== 'InputLayer';
  });
  if (last) return last;
  throw refuse('it has no feature map to pool: no layer outputs [h, w, channels] of one size');
}

/** A layers model in memory, and the tensor that is pooled into embeddings. */
export interface LoadedModel {
  model: LayersModel;
  featureMap: SymbolicTensor;
}

/**
 * Reads a TensorFlow.js layers model from its `model.json`. Its weights files have to be plain
 * names beside it. Nothing is downloaded, and no link out of the folder is followed.
 *
 * @throws ModelInputError `BACKBONE`
 */
export async function readModelJson(file: string): Promise<LoadedModel> {
  const json = parse(await readLocalFile(file, 2 ** 26));
  const folder = dirname(await realpath(file));
  const weights = await readWeights(folder, json);
  const specs = json.weightsManifest.flatMap((group) => group.weights);
  checkSizes(json.modelTopology, Math.max(4096, ...specs.flatMap(({ shape }) => shape)));
  const artifacts: io.ModelArtifacts = {
    modelTopology: json.modelTopology,
    weightSpecs: specs.map(({ name, shape }) => ({ name, shape, dtype: 'float32' })),
    weightData: weights.buffer.slice(0, weights.length) as ArrayBuffer,
  };
  try {
    const model = await loadLayersModel({ load: () => Promise.resolve(artifacts) });
    return { model, featureMap: lastFeatureMap(model) };
  } catch (error) {
    if (error instanceof ModelInputError) throw error;
    throw refuse(`${basename(file)} cannot be built: ${(error as Error).message.split('\n')[0]}`);
  }
}
