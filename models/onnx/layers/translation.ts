import { ModelInputError } from '../../errors';
import type { GraphBuilder, Value } from '../builder';
import type { LayerCall } from './trace';

/** A layer's weight with TensorFlow.js's layout. */
export interface Weight {
  shape: readonly number[];
  data: Float32Array;
}

/** What a layer's translator can use during an export. */
export interface Translation {
  readonly builder: GraphBuilder;
  /**
   * Returns the graph's value for a call, and translates the call if necessary. Values with four
   * axes are NCHW.
   */
  readonly value: (call: LayerCall) => Value;
  /** Returns the layer's weights in its own order. */
  readonly weights: (call: LayerCall) => readonly Weight[];
  /** Whether exactly one call reads this one and it is no output of the graph. */
  readonly hasOneReader: (call: LayerCall) => boolean;
}

/** Adds a layer's operators to the graph and returns the name of their output. */
export type Translate = (call: LayerCall, translation: Translation) => string;

/** Returns a layer's configuration in its serialized form. */
export const configOf = <T extends object>(call: LayerCall): T =>
  call.layer.getConfig() as unknown as T;

/** Returns the single call that a layer reads. */
export function onlyInput(call: LayerCall): LayerCall {
  const [input] = call.inputs;
  if (input && call.inputs.length === 1) return input;
  throw unsupported(call, `with ${call.inputs.length} inputs`);
}

/**
 * Creates the error for something that the ONNX export cannot express, with the layer's name and
 * class.
 */
export const unsupported = (call: LayerCall, what = ''): ModelInputError =>
  new ModelInputError(
    'VALUE',
    `Layer ${call.layer.name} (${call.className}${what && ` ${what}`}) cannot be exported to ONNX`,
  );

/** Converts an axis from TensorFlow.js's order, batch included, to the graph's layout. */
export function graphAxis(call: LayerCall, axis: number): number {
  const rank = call.shape.length + 1;
  const at = axis < 0 ? axis + rank : axis;
  if (rank !== 4 || at === 0) return at;
  return at === 3 ? 1 : at + 1;
}
