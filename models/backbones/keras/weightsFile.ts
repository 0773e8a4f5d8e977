import type { Attribute, Dataset, Entity, Group } from 'h5wasm';
import { fileError, withHdf5 } from './hdf5';

/** One weight as Keras saved it, row-major. */
export interface SavedWeight {
  /** The last part of its name, without Keras's `:0`: `kernel`, `gamma`, `moving_mean`. */
  name: string;
  shape: number[];
  data: Float32Array;
}

/** A layer with weights. */
export interface SavedLayer {
  name: string;
  weights: SavedWeight[];
}

/** A published network has fewer values. A file that claims more is not read. */
const maximumValues = 500_000_000;

/**
 * Reads the texts of an attribute, which Keras splits into `name0`, `name1` and so on if it is
 * long.
 */
function textsOf(group: Group, name: string): string[] | undefined {
  const { attrs } = group;
  const chunks: Attribute[] = [];
  if (Object.hasOwn(attrs, name)) chunks.push(attrs[name]!);
  else
    for (let at = 0; Object.hasOwn(attrs, `${name}${at}`); at++)
      chunks.push(attrs[`${name}${at}`]!);
  if (chunks.length === 0) return undefined;
  return chunks.flatMap(({ value }) => {
    if (value === null) return [];
    const texts = Array.isArray(value) ? value : [value];
    if (texts.every((text) => typeof text === 'string')) return texts;
    // Keras writes a layer without weights as an empty list of numbers.
    if (ArrayBuffer.isView(value) && value.byteLength === 0) return [];
    throw fileError(`its attribute ${name} does not hold names`);
  });
}

const isGroup = (entity: Entity | null): entity is Group =>
  entity !== null && 'type' in entity && String(entity.type) === 'Group';
const isDataset = (entity: Entity | null): entity is Dataset =>
  entity !== null && 'type' in entity && String(entity.type) === 'Dataset';

/** Shortens `block/conv_1/kernel:0` to `kernel`, Keras's name of the weight. */
const shortName = (name: string) => name.slice(name.lastIndexOf('/') + 1).replace(/:\d+$/, '');

function readWeight(layer: Group, layerName: string, name: string): SavedWeight {
  const dataset = layer.get(name);
  if (!isDataset(dataset)) throw fileError(`layer ${layerName} lacks its weight ${name}`);
  const shape = dataset.shape ?? [];
  const length = shape.reduce((product, size) => product * size, 1);
  if (!(length <= maximumValues))
    throw fileError(`${layerName}/${name} says it has [${shape.join(', ')}] values`);
  const { value } = dataset;
  if (!(value instanceof Float32Array) || value.length !== length)
    throw fileError(`${layerName}/${name} does not hold 32-bit floats`);
  return { name: shortName(name), shape, data: value };
}

function readLayer(root: Group, name: string): SavedLayer {
  const group = root.get(name);
  if (!isGroup(group)) throw fileError(`it names a layer ${name} but does not contain it`);
  const names = textsOf(group, 'weight_names');
  if (!names) throw fileError(`layer ${name} does not name its weights`);
  return { name, weights: names.map((weight) => readWeight(group, name, weight)) };
}

function readRoot(file: Group): SavedLayer[] {
  // A complete saved model keeps its weights in a separate group.
  const inner = file.keys().includes('model_weights') ? file.get('model_weights') : file;
  const root = isGroup(inner) ? inner : file;
  const names = textsOf(root, 'layer_names');
  if (!names) throw fileError('it does not name its layers as Keras does');
  const layers: SavedLayer[] = [];
  let values = 0;
  for (const name of names) {
    const layer = readLayer(root, name);
    for (const { data } of layer.weights) values += data.length;
    if (values > maximumValues) throw fileError(`it contains more than ${maximumValues} values`);
    if (layer.weights.length > 0) layers.push(layer);
  }
  if (layers.length === 0) throw fileError('it contains no weights');
  return layers;
}

/**
 * Reads the weights of a Keras HDF5 file (`save_weights`, or a complete saved model): every layer
 * with weights, in the file's order. Layout: attribute `layer_names` of the root, attribute
 * `weight_names` of each layer's group, one dataset per weight below it.
 *
 * @throws ModelInputError `BACKBONE` for any other layout, with layer and weight
 */
export const readKerasWeights = (bytes: Uint8Array): Promise<SavedLayer[]> =>
  withHdf5(bytes, readRoot);
