import type { GraphNode, ValueInfo } from './model';

/** Creates a node of a graph. */
export const graphNode = (
  operator: string,
  inputs: string[],
  outputs: string[],
  attributes: GraphNode['attributes'] = {},
): GraphNode => ({ operator, inputs, outputs, attributes });

/** Describes a float32 input or output. A name in the shape is a dimension of any size. */
export const floatInfo = (name: string, ...shape: (string | number)[]): ValueInfo => ({
  name,
  type: 'float32',
  shape,
});
