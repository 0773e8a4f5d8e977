import type { Tensor } from '@tensorflow/tfjs-core';
import { ModelInputError } from '../../errors';
import type { Attribute, GraphNode, Initializer } from '../../onnx/model';

/** The values of a graph during computation: tensors, and constants as they were read. */
export interface GraphValues {
  tensors: Map<string, Tensor>;
  constants: ReadonlyMap<string, Initializer>;
}

/** Computes a node's first output with TensorFlow.js operators that have a gradient. */
export type Operator = (call: OperatorCall) => Tensor;

/** One node of an ONNX graph, with typed access to its inputs and attributes. */
export class OperatorCall {
  constructor(
    readonly node: GraphNode,
    private readonly values: GraphValues,
  ) {}

  /** Number of inputs that the node names, omitted ones in between included. */
  get inputCount(): number {
    return this.node.inputs.length;
  }

  has(at: number): boolean {
    return Boolean(this.node.inputs[at]);
  }

  tensor(at: number): Tensor {
    const found = this.values.tensors.get(this.node.inputs[at] ?? '');
    if (found) return found;
    throw this.unsupported(`without floats for input ${at}`);
  }

  /** Returns a constant as it was read, or undefined if the input is computed or omitted. */
  constant(at: number): Initializer | undefined {
    return this.values.constants.get(this.node.inputs[at] ?? '');
  }

  /** Returns integers, such as shapes and axes, which are constants of the graph. */
  integers(at: number): number[] | undefined {
    if (!this.has(at)) return undefined;
    const constant = this.constant(at);
    if (constant) return Array.from(constant.data, Number);
    throw this.unsupported(`whose input ${at} is computed at run time`);
  }

  /** Returns the single value of a constant, such as a bound of `Clip`. */
  number(at: number): number | undefined {
    if (!this.has(at)) return undefined;
    const constant = this.constant(at);
    if (constant?.data.length === 1) return Number(constant.data[0]);
    throw this.unsupported(`whose input ${at} is not a constant number`);
  }

  float(name: string, otherwise: number): number {
    const value = this.attribute(name);
    if (typeof value === 'number') return value;
    return typeof value === 'object' && 'float' in value ? value.float : otherwise;
  }

  integer(name: string, otherwise: number): number {
    const value = this.attribute(name);
    return typeof value === 'number' ? value : otherwise;
  }

  list(name: string): readonly number[] | undefined {
    const value = this.attribute(name);
    return Array.isArray(value) ? (value as readonly number[]) : undefined;
  }

  text(name: string, otherwise: string): string {
    const value = this.attribute(name);
    return typeof value === 'string' ? value : otherwise;
  }

  /**
   * Returns axes from an input, as in newer operator sets, or from an attribute, as in older ones.
   */
  axes(at: number, rank: number): number[] | undefined {
    const axes = this.integers(at) ?? this.list('axes');
    return axes?.map((axis) => (axis < 0 ? axis + rank : axis));
  }

  /** Creates the error for a form that cannot be differentiated, with the operator's name. */
  unsupported(what: string): ModelInputError {
    return new ModelInputError(
      'BACKBONE',
      `Between \`feature_map\` and \`embedding\` the backbone has the operator ` +
        `${this.node.operator} ${what}, which cannot be differentiated here`,
    );
  }

  private attribute(name: string): Attribute | undefined {
    return this.node.attributes?.[name];
  }
}
