import { bytesField, concatBytes, floatField, integerField } from './protobuf';

/** Element types of the ONNX specification that we write (`TensorProto.DataType`). */
export const elementTypes = { float32: 1, uint8: 2, int32: 6, int64: 7 } as const;
export type ElementType = keyof typeof elementTypes;

/** A named value of a graph; a text stands for a size known only when the graph runs. */
export interface ValueInfo {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

/** A constant of the graph, row-major. */
export interface Initializer {
  name: string;
  shape: readonly number[];
  data: Float32Array | Uint8Array | Int32Array | BigInt64Array;
}

/** A whole number becomes an `INT`, anything in `{ float }` a `FLOAT`, a list `INTS`. */
export type Attribute = number | string | readonly number[] | { float: number };

/** One operator call. */
export interface GraphNode {
  operator: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
}

/** A graph in ONNX's default operator set. */
export interface Graph {
  name: string;
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
  initializers?: readonly Initializer[];
  nodes: readonly GraphNode[];
}

const operatorSet = 17;
const irVersion = 8;

function writeAttribute(name: string, value: Attribute): Uint8Array {
  const parts = [bytesField(1, name)];
  if (typeof value === 'number') parts.push(integerField(3, value), integerField(20, 2));
  else if (typeof value === 'string') parts.push(bytesField(4, value), integerField(20, 3));
  else if ('float' in value) parts.push(floatField(2, value.float), integerField(20, 1));
  else parts.push(...value.map((item) => integerField(8, item)), integerField(20, 7));
  return concatBytes(parts);
}

function writeNode(node: GraphNode): Uint8Array {
  return concatBytes([
    ...node.inputs.map((name) => bytesField(1, name)),
    ...node.outputs.map((name) => bytesField(2, name)),
    bytesField(4, node.operator),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
      bytesField(5, writeAttribute(name, value)),
    ),
  ]);
}

function writeValueInfo({ name, type, shape }: ValueInfo): Uint8Array {
  const sizes = shape.map((size) =>
    bytesField(1, typeof size === 'number' ? integerField(1, size) : bytesField(2, size)),
  );
  const tensor = concatBytes([
    integerField(1, elementTypes[type]),
    bytesField(2, concatBytes(sizes)),
  ]);
  return concatBytes([bytesField(1, name), bytesField(2, bytesField(1, tensor))]);
}

function elementTypeOf(data: Initializer['data']): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint8Array) return 'uint8';
  return data instanceof Int32Array ? 'int32' : 'int64';
}

function writeInitializer({ name, shape, data }: Initializer): Uint8Array {
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== data.length)
    throw new RangeError(
      `${name}: shape [${shape.join(', ')}] does not hold ${data.length} values`,
    );
  return concatBytes([
    ...shape.map((length) => integerField(1, length)),
    integerField(2, elementTypes[elementTypeOf(data)]),
    bytesField(8, name),
    bytesField(9, new Uint8Array(data.buffer, data.byteOffset, data.byteLength)),
  ]);
}

/**
 * Writes a graph as an ONNX model file (onnx.proto of the ONNX specification, IR version 8,
 * operator set 17), ready for a runtime. Values of initializers are little-endian.
 *
 * @throws RangeError when an initializer's shape does not hold its values.
 */
export function writeOnnxModel(graph: Graph): Uint8Array {
  const body = concatBytes([
    ...graph.nodes.map((node) => bytesField(1, writeNode(node))),
    bytesField(2, graph.name),
    ...(graph.initializers ?? []).map((constant) => bytesField(5, writeInitializer(constant))),
    ...graph.inputs.map((value) => bytesField(11, writeValueInfo(value))),
    ...graph.outputs.map((value) => bytesField(12, writeValueInfo(value))),
  ]);
  return concatBytes([
    integerField(1, irVersion),
    bytesField(2, 'labelloop'),
    bytesField(7, body),
    bytesField(8, concatBytes([bytesField(1, ''), integerField(2, operatorSet)])),
  ]);
}
