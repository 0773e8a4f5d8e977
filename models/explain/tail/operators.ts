import { dense } from './dense';
import { elementwise } from './elementwise';
import type { Operator } from './operatorCall';
import { quantised } from './quantised';
import { reduce } from './reduce';
import { shape } from './shape';
import { windows } from './windows';

/** The operators of ONNX's default set that can be differentiated. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [elementwise, dense, shape, reduce, windows, quantised].flatMap((table) => Object.entries(table)),
);
