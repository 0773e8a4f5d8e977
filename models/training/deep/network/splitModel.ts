import { input, type LayersModel, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../../errors';

/** One layer of a chain of calls, with the tensors it read and the one it gave. */
interface Call {
  layer: SymbolicTensor['sourceLayer'];
  inputs: SymbolicTensor[];
  output: SymbolicTensor;
}

/** The calls that lead to a tensor, each after those it reads. */
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

/** For each call, whether all that follows reads only its output and what follows it. */
function isSplitPoint(calls: readonly Call[], at: number): boolean {
  const before = new Set(calls.slice(0, at).map(({ output }) => output.id));
  return calls.slice(at + 1).every(({ inputs }) => inputs.every(({ id }) => !before.has(id)));
}

const belongsTo = (name: string, block: string) => name === block || name.startsWith(`${block}_`);

/** A model cut in two where one tensor is all that passes from the first part to the second. */
export interface ModelSplit {
  /** What passes: the first part's output. */
  at: SymbolicTensor;
  /** The second part, on an input of its own; its layers are the model's. */
  input: SymbolicTensor;
  output: SymbolicTensor;
}

function splitAt(calls: readonly Call[], place: number): ModelSplit {
  const at = calls[place]!.output;
  const start = input({ shape: at.shape.slice(1) });
  const again = new Map([[at.id, start]]);
  for (const { layer, inputs, output } of calls.slice(place + 1)) {
    const read = inputs.map(({ id }) => again.get(id)!);
    again.set(output.id, layer.apply(read.length === 1 ? read[0]! : read) as SymbolicTensor);
  }
  return { at, input: start, output: again.get(calls.at(-1)!.output.id)! };
}

/**
 * Cuts a model before a block: a layer's name, or what the names of several begin with
 * (`block_13` of `block_13_expand` and others). Where branches run beside each other, the cut lies
 * at the last place before the block where they meet.
 *
 * @throws ModelInputError `VALUE` for a block that the model does not have, or its first
 */
export function cutBefore(model: LayersModel, block: string): ModelSplit {
  const calls = callsTo(model.outputs[0]!);
  const first = calls.findIndex(({ layer }) => belongsTo(layer.name, block));
  let place = first - 1;
  while (place > 0 && !isSplitPoint(calls, place)) place--;
  if (first < 0 || place < 0)
    throw new ModelInputError(
      'VALUE',
      `${model.name} has no block ${block} to train from; its layers are ` +
        calls.map(({ layer }) => layer.name).join(', '),
    );
  return splitAt(calls, place);
}
