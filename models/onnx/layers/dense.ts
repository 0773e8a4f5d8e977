import { activate } from './activation';
import { fold, type Affine } from './affine';
import type { LayerCall } from './trace';
import { configOf, onlyInput, unsupported, type Translate, type Translation } from './translation';

/** Adds a dense layer without its activation. `affine` is the following batch normalization. */
export function multiply(call: LayerCall, translation: Translation, affine?: Affine): string {
  const source = onlyInput(call);
  const [kernel, bias] = translation.weights(call);
  if (!kernel || source.shape.length !== 1)
    throw unsupported(call, `on values of shape [${source.shape.join(', ')}]`);
  const { builder } = translation;
  const { name } = call.layer;
  const units = kernel.shape[1]!;
  const folded = fold(kernel.data, bias, affine, 1);
  const inputs = [
    translation.value(source).name,
    builder.constant(`${name}/kernel`, kernel.shape, folded.data),
  ];
  if (folded.bias) inputs.push(builder.constant(`${name}/bias`, [units], folded.bias));
  return builder.node('Gemm', inputs, name);
}

/** Translates `Dense` on flat values. */
export const denseLayer: Translate = (call, translation) =>
  activate(
    configOf<{ activation: string }>(call).activation,
    multiply(call, translation),
    call,
    translation,
  );
