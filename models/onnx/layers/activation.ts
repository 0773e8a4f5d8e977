import type { LayerCall } from './trace';
import { configOf, graphAxis, onlyInput, unsupported, type Translate } from './translation';
import type { Translation } from './translation';

type Apply = (input: string, call: LayerCall, translation: Translation) => string;

/** An operator of ONNX that does the same without attributes. */
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

/** Keras's activations by the name a layer's configuration gives them. */
const activations: Readonly<Record<string, Apply>> = {
  linear: (input) => input,
  relu: plain('Relu'),
  relu6: clip(6),
  sigmoid: plain('Sigmoid'),
  // Keras defines it as clip(0.2x + 0.5, 0, 1): these are ONNX's defaults, spelt out.
  hardSigmoid: plain('HardSigmoid', { alpha: { float: 0.2 }, beta: { float: 0.5 } }),
  tanh: plain('Tanh'),
  elu: plain('Elu'),
  selu: plain('Selu'),
  softplus: plain('Softplus'),
  softsign: plain('Softsign'),
  softmax,
  swish,
};

/** Applies an activation of Keras to a value. @throws ModelInputError `VALUE` for one unknown. */
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

/** `Activation('relu')` and its like. */
export const activationLayer: Translate = (call, translation) =>
  activate(
    configOf<{ activation: string }>(call).activation,
    input(call, translation),
    call,
    translation,
  );

/** `ReLU`, capped where it has a `maxValue`. */
export const reluLayer: Translate = (call, translation) => {
  const { maxValue } = configOf<{ maxValue?: number | null }>(call);
  const apply = maxValue == null ? plain('Relu') : clip(maxValue);
  return apply(input(call, translation), call, translation);
};

/** `LeakyReLU`; the slope is Keras's `alpha`. */
export const leakyReluLayer: Translate = (call, translation) => {
  const { alpha } = configOf<{ alpha: number }>(call);
  return plain('LeakyRelu', { alpha: { float: alpha } })(
    input(call, translation),
    call,
    translation,
  );
};

/** `Softmax` over the last axis; TensorFlow.js runs no other. */
export const softmaxLayer: Translate = (call, translation) => {
  const { axis } = configOf<{ axis: number | number[] }>(call);
  const last = call.shape.length;
  if (axis !== -1 && axis !== last) throw unsupported(call, `over axis ${String(axis)}`);
  return softmax(input(call, translation), call, translation);
};
