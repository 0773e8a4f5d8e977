import type { LayerCall } from './trace';
import { configOf, graphAxis, onlyInput, unsupported, type Translate } from './translation';
import type { Translation } from './translation';

type Apply = (input: string, call: LayerCall, translation: Translation) => string;

/** An ONNX operator that does the same without attributes. */
const plain =
  (operator: string, attributes = {}): Apply =>
  (input, { layer }, { builder }) =>
    builder.node(operator, [input], layer.name, attributes);

const clip =
  (maximum: number): Apply =>
  (input, { layer }, { builder }) => {
    const bounds = [
      builder.scalar(`${layer.name}/min`, 0),
      builder.scalar(`${layer.name}/max`, maximum),
    ];
    return builder.node('Clip', [input, ...bounds], layer.name);
  };

const swish: Apply = (input, { layer }, { builder }) =>
  builder.node('Mul', [input, builder.node('Sigmoid', [input], `${layer.name}/gate`)], layer.name);

const softmax: Apply = (input, call, { builder }) =>
  builder.node('Softmax', [input], call.layer.name, { axis: graphAxis(call, -1) });

/** Keras's activations by their name in a layer's configuration. */
const activations: Readonly<Record<string, Apply>> = {
  linear: (input) => input,
  relu: plain('Relu'),
  relu6: clip(6),
  sigmoid: plain('Sigmoid'),
  // Keras defines it as clip(0.2x + 0.5, 0, 1). These are ONNX's defaults, written out.
  hardSigmoid: plain('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  tanh: plain('Tanh'),
  elu: plain('Elu'),
  selu: plain('Selu'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  softmax,
  swish,
};

/** Applies a Keras activation to a value. @throws ModelInputError `VALUE` for an unknown one. */
export function activate(
  name: string,
  input: string,
  call: LayerCall,
  translation: Translation,
): string {
  const apply = Object.hasOwn(activations, name) ? activations[name] : undefined;
  if (!apply) throw unsupported(call, `with activation ${name}`);
  return apply(input, call, translation);
}

const input = (call: LayerCall, translation: Translation) =>
  translation.value(onlyInput(call)).name;

/** Translates `Activation('relu')` and others. */
export const activationLayer: Translate = (call, translation) =>
  activate(
    configOf<{ activation: string }>(call).activation,
    input(call, translation),
    call,
    translation,
  );

/** Translates `ReLU`, limited by its `maxValue`. */
export const reluLayer: Translate = (call, translation) => {
  const { maxValue } = configOf<{ maxValue?: number | null }>(call);
  const apply = maxValue == null ? plain('Relu') : clip(maxValue);
  return apply(input(call, translation), call, translation);
};

/** Translates `LeakyReLU`. The slope is Keras's `alpha`. */
export const leakyReluLayer: Translate = (call, translation) => {
  const { alpha } = configOf<{ alpha: number }>(call);
  return plain('LeakyRelu', { alpha: { float: alpha } })(
    input(call, translation),
    call,
    translation,
  );
};

/** Translates `Softmax` over the last axis, the only one that TensorFlow.js supports. */
export const softmaxLayer: Translate = (call, translation) => {
  const { axis } = configOf<{ axis: number | number[] }>(call);
  const last = call.shape.length;
  if (axis !== -1 && axis !== last) throw unsupported(call, `over axis ${String(axis)}`);
  return softmax(input(call, translation), call, translation);
};
