import { input, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../../errors';

/** One call of a layer, with its input tensors and its output tensor. */
interface Call {
  layer: SymbolicTensor['sourceLayer'];
  inputs: SymbolicTensor[];
  output: SymbolicTensor;
}

/** Lists the calls that compute a tensor, in topological order. */
function callsTo(end: SymbolicTensor): Call[] {
  const calls = new Map<number, Call>();
  const visit = (output: SymbolicTensor): void => {
    if (calls.has(output.id)) return;
    const layer = output.sourceLayer;
    const node = layer.inboundNodes[output.nodeIndex];
    const inputs = layer.getClassName() === 'InputLayer' ? [] : (node?.inputTensors ?? []);
    inputs.forEach(visit);
    calls.set(output.id, { layer, inputs, output });
  };
  visit(end);
  return [...calls.values()];
}

/** Checks whether all later calls read only the output of this call or of later ones. */
function isSplitPoint(calls: readonly Call[], index: number): boolean {
  const before = new Set(calls.slice(0, index).map(({ output }) => output.id));
  return calls.slice(index + 1).every(({ inputs }) => inputs.every(({ id }) => !before.has(id)));
}

const belongsTo = (name: string, block: string) => name === block || name.startsWith(`${block}_`);

/** A model split in two at a tensor that is the only link between both parts. */
export interface ModelSplit {
  /** The output of the first part. */
  boundary: SymbolicTensor;
  /** The input of the second part. Its layers are the model's own layers. */
  input: SymbolicTensor;
  output: SymbolicTensor;
}

function splitAt(calls: readonly Call[], index: number): ModelSplit {
  const boundary = calls[index]!.output;
  const start = input({ shape: boundary.shape.slice(1) });
  const rebuilt = new Map([[boundary.id, start]]);
  for (const { layer, inputs, output } of calls.slice(index + 1)) {
    const rebuiltInputs = inputs.map(({ id }) => rebuilt.get(id)!);
    rebuilt.set(
      output.id,
      layer.apply(rebuiltInputs.length === 1 ? rebuiltInputs[0]! : rebuiltInputs) as SymbolicTensor,
    );
  }
  return { boundary, input: start, output: rebuilt.get(calls.at(-1)!.output.id)! };
}

/**
 * Splits a model before a block: a layer name, or a common prefix of layer names (`block_13` for
 * `block_13_expand` and others). With parallel branches, the split is at the last point before the
 * block where the branches meet.
 *
 * @throws ModelInputError `VALUE` for an unknown block, or the first block
 */
export function splitBefore(model: LayersModel, block: string): ModelSplit {
  const calls = callsTo(model.outputs[0]!);
  const first = calls.findIndex(({ layer }) => belongsTo(layer.name, block));
  let index = first - 1;
  while (index > 0 && !isSplitPoint(calls, index)) index--;
  if (first < 0 || index < 0)
    throw new ModelInputError(
      'VALUE',
      `${model.name} has no block ${block} to train from. Choose one of its layers: ` +
        calls.map(({ layer }) => layer.name).join(', '),
    );
  return splitAt(calls, index);
}
