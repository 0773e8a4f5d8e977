import { ModelInputError } from '../../errors';
import type { GraphBuilder, Value } from '../builder';
import type { LayerCall } from './trace';

/** A layer's weight as it lies in TensorFlow.js. */
export interface Weight {
  shape: readonly number[];
  data: Float32Array;
}

/** What a layer's translator can ask for while a model is being exported. */
export interface Translation {
  readonly builder: GraphBuilder;
  /** The graph's value for a call, translated now if it was not yet. Four-sided ones are NCHW. */
  readonly value: (call: LayerCall) => Value;
  /** The layer's weights in its own order. */
  readonly weights: (call: LayerCall) => readonly Weight[];
  /** Whether exactly one call reads this one and no output of the graph shows it. */
  readonly hasOneReader: (call: LayerCall) => boolean;
}

/** Adds a layer's operators to the graph and hands back the name of what they produce. */
export type Translate = (call: LayerCall, translation: Translation) => string;

/** A layer's configuration as it serializes it. */
export const configOf = <T extends object>(call: LayerCall): T =>
  call.layer.getConfig() as unknown as T;

/** The one call a layer reads. */
export function onlyInput(call: LayerCall): LayerCall {
  const [input] = call.inputs;
  if (input && call.inputs.length === 1) return input;
  throw unsupported(call, `with ${call.inputs.length} inputs`);
}

/** What the ONNX export cannot express, with the layer's name and class. */
export const unsupported = (call: LayerCall, what = ''): ModelInputError =>
  new ModelInputError(
    'VALUE',
    `Layer ${call.layer.name} (${call.className}${what && ` ${what}`}) cannot be exported to ONNX`,
  );

/** Where an axis counted as TensorFlow.js does, batch included, lies in the graph's layout. */
export function graphAxis(call: LayerCall, axis: number): number {
  const rank = call.shape.length + 1;
  const at = axis < 0 ? axis + rank : axis;
  if (rank !== 4 || at === 0) return at;
  return at === 3 ? 1 : at + 1;
}
