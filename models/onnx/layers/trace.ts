import { LayersModel, type layers, type SymbolicTensor } from '@tensorflow/tfjs-layers';
import { ModelInputError } from '../../errors';

export type Layer = layers.Layer;

/** One application of a layer, with its inputs and the shape of its one output. */
export interface LayerCall {
  layer: Layer;
  className: string;
  inputs: LayerCall[];
  /** Channels last, without the batch. */
  shape: readonly number[];
}

/**
 * The calls that produce the tensors of one model. A model that is used as a layer has its own
 * scope.
 */
interface Scope {
  calls: Map<number, LayerCall>;
  inner: Map<object, Scope>;
}

const newScope = (): Scope => ({ calls: new Map(), inner: new Map() });

function shapeOf(tensor: SymbolicTensor): number[] {
  return tensor.shape.slice(1).map((size) => {
    if (size !== null) return size;
    throw new ModelInputError(
      'SHAPE',
      `${tensor.sourceLayer.name}: its size [${tensor.shape.join(', ')}] is not fixed; ` +
        'build the model for one input size',
    );
  });
}

function traceTensor(tensor: SymbolicTensor, scope: Scope): LayerCall {
  const known = scope.calls.get(tensor.id);
  if (known) return known;
  const { sourceLayer: layer } = tensor;
  const node = layer.inboundNodes[tensor.nodeIndex];
  const className = layer.getClassName();
  const sources = className === 'InputLayer' ? [] : (node?.inputTensors ?? []);
  const inputs = sources.map((source) => traceTensor(source, scope));
  const call =
    layer instanceof LayersModel && node
      ? traceModel(layer, tensor.tensorIndex, inputs, innerScope(scope, node))
      : { layer, className, inputs, shape: shapeOf(tensor) };
  scope.calls.set(tensor.id, call);
  return call;
}

function innerScope(scope: Scope, node: object): Scope {
  const inner = scope.inner.get(node) ?? newScope();
  scope.inner.set(node, inner);
  return inner;
}

function traceModel(model: LayersModel, output: number, inputs: LayerCall[], scope: Scope) {
  model.inputs.forEach((input, at) => scope.calls.set(input.id, inputs[at]!));
  return traceTensor(model.outputs[output]!, scope);
}

/**
 * Finds the calls that lead to these tensors. Models used as layers are expanded, shared calls stay
 * shared.
 */
export function traceLayers(tensors: readonly SymbolicTensor[]): LayerCall[] {
  const scope = newScope();
  return tensors.map((tensor) => traceTensor(tensor, scope));
}

/** Lists every call that the given ones need, each after its inputs. */
export function inOrder(ends: readonly LayerCall[]): LayerCall[] {
  const ordered = new Set<LayerCall>();
  const visit = (call: LayerCall): void => {
    if (ordered.has(call)) return;
    call.inputs.forEach(visit);
    ordered.add(call);
  };
  ends.forEach(visit);
  return [...ordered];
}
