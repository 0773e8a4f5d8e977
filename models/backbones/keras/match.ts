import type { LayersModel, layers } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../errors';
import type { SavedLayer, SavedWeight } from './weightsFile';

type Layer = layers.Layer;

/** The saved weights for one layer of a model. */
export interface Assignment {
  layer: Layer;
  /** In the layer's own order. */
  weights: SavedWeight[];
}

/**
 * Splits a name that Keras generated, such as `conv2d` or `conv2d_17`, into its kind and number.
 */
function automaticName(name: string): { base: string; number: number } | undefined {
  const found = /^(conv2d|batch_normalization|depthwise_conv2d|dense)(?:_(\d+))?$/.exec(name);
  return found ? { base: found[1]!, number: Number(found[2] ?? 0) } : undefined;
}

/**
 * Maps the generated names of each kind to their rank, because a Keras session can start counting
 * anywhere.
 */
function ranked(names: readonly string[]): Map<string, string> {
  const byBase = new Map<string, { name: string; number: number }[]>();
  for (const name of names) {
    const automatic = automaticName(name);
    if (!automatic) continue;
    const list = byBase.get(automatic.base) ?? [];
    byBase.set(automatic.base, [...list, { name, number: automatic.number }]);
  }
  const ranks = new Map<string, string>();
  for (const [base, list] of byBase)
    list
      .sort((a, b) => a.number - b.number)
      .forEach(({ name }, rank) => ranks.set(name, `${base}#${rank}`));
  return ranks;
}

const keyed = <T extends { name: string }>(items: readonly T[]): Map<string, T> => {
  const ranks = ranked(items.map(({ name }) => name));
  return new Map(items.map((item) => [ranks.get(item.name) ?? item.name, item]));
};

/** Returns the saved layer for each of the model's layers, or undefined if the file has none. */
function pair(own: readonly Layer[], saved: readonly SavedLayer[]): (SavedLayer | undefined)[] {
  const ownKeys = [...keyed(own).keys()];
  const byName = keyed(saved);
  if (ownKeys.some((key) => byName.has(key))) return ownKeys.map((key) => byName.get(key));
  if (own.length !== saved.length)
    throw new ModelInputError(
      'BACKBONE',
      `The weights belong to another network: no layer name matches, and the file has ` +
        `${saved.length} layers with weights but the network has ${own.length}`,
    );
  // Layers are matched by order, as Keras itself loads these files.
  return own.map((_, at) => saved[at]);
}

const weightName = (name: string) => name.slice(name.lastIndexOf('/') + 1).replace(/_\d+$/, '');
const describe = (shape: readonly (number | null)[]) => `[${shape.join(', ')}]`;

/**
 * Returns the saved weight for each weight of a layer: by name, or in order if the file has none of
 * the names. Early versions of Keras used other names, and Keras itself goes by order.
 */
function pairWeights(names: readonly string[], { weights }: SavedLayer) {
  const byName = names.map((name) =>
    weights.find((candidate) => candidate.name.replace(/_\d+$/, '') === name),
  );
  return byName.some(Boolean) ? byName : names.map((_, at) => weights[at]);
}

/** Returns the saved values for each weight of a layer, and adds problems to `faults`. */
function matchLayer(layer: Layer, saved: SavedLayer, faults: string[]): SavedWeight[] {
  const names = layer.weights.map(({ originalName }) => weightName(originalName));
  const pairs = pairWeights(names, saved);
  layer.weights.forEach(({ shape }, at) => {
    const weight = pairs[at];
    const what = `layer ${layer.name}: ${names[at]!}`;
    if (!weight) faults.push(`${what} is not in the file's ${saved.name}`);
    else if (weight.shape.join() !== shape.join())
      faults.push(`${what} is ${describe(shape)}, the file's ${describe(weight.shape)}`);
  });
  if (saved.weights.length > names.length)
    faults.push(
      `layer ${layer.name}: ${names.length} weights, the file's ${saved.name} has ${saved.weights.length}`,
    );
  return pairs.filter((weight) => weight !== undefined);
}

function tell(faults: readonly string[]): void {
  if (faults.length === 0) return;
  const shown = faults.slice(0, 5).join('; ');
  const more = faults.length > 5 ? `; and ${faults.length - 5} more` : '';
  throw new ModelInputError('BACKBONE', `The weights do not fit the network: ${shown}${more}`);
}

/**
 * Finds the saved values for every weight of a model. Layers are matched by name, and generated
 * names (`conv2d_17`) by their rank. If no name fits, order decides, provided that the numbers of
 * layers are equal. Nothing is changed yet.
 *
 * @throws ModelInputError `BACKBONE` with missing layers, missing weights and wrong shapes; the
 *   first five are listed with both shapes
 */
export function matchWeights(model: LayersModel, saved: readonly SavedLayer[]): Assignment[] {
  const own = model.layers.filter(({ weights }) => weights.length > 0);
  const pairs = pair(own, saved);
  const faults: string[] = [];
  const assignments = own.map((layer, at) => {
    const match = pairs[at];
    if (!match) faults.push(`layer ${layer.name} is not in the file`);
    return { layer, weights: match ? matchLayer(layer, match, faults) : [] };
  });
  const unused = saved.filter((layer) => !pairs.includes(layer));
  if (unused.length > 0)
    faults.push(`the file's ${unused[0]!.name} has no place (${unused.length} such layers)`);
  tell(faults);
  return assignments;
}
