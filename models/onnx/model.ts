import { bytesField, concatBytes, floatField, integerField } from './protobuf';

/** Element types of the ONNX specification that we read and write (`TensorProto.DataType`). */
export const elementTypes = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  float16: 10,
} as const;
export type ElementType = keyof typeof elementTypes;

/**
 * A named value of a graph. In a shape, a text is a size known only at run time; an empty text has
 * no name.
 */
export interface ValueInfo {
  name: string;
  type: ElementType;
  shape: readonly (number | string)[];
}

/** A constant of the graph, row-major. `Uint16Array` holds the bits of half floats. */
export interface Initializer {
  name: string;
  shape: readonly number[];
  data: Float32Array | Uint16Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;
}

/**
 * The type of an attribute follows from its value: an integer is `INT`, a list of integers `INTS`,
 * a text `STRING`, `{ float }` `FLOAT`, `{ floats }` `FLOATS`, `{ tensor }` `TENSOR`.
 */
export type Attribute =
  | number
  | string
  | readonly number[]
  | { float: number }
  | { floats: readonly number[] }
  | { tensor: Initializer };

/** One operator call. Without a domain the operator belongs to ONNX's default set. */
export interface GraphNode {
  operator: string;
  domain?: string;
  name?: string;
  inputs: readonly string[];
  outputs: readonly string[];
  attributes?: Readonly<Record<string, Attribute>>;
}

/** A graph with its operator sets and metadata. */
export interface Graph {
  name: string;
  inputs: readonly ValueInfo[];
  outputs: readonly ValueInfo[];
  initializers?: readonly Initializer[];
  nodes: readonly GraphNode[];
  /** Version by domain; the default set's domain is ''. Default: the default set, version 17. */
  operatorSets?: Readonly<Record<string, number>>;
  metadata?: Readonly<Record<string, string>>;
}

const defaultOperatorSets = { '': 17 };
const irVersion = 8;

function writeAttribute(name: string, value: Attribute): Uint8Array {
  const parts = [bytesField(1, name)];
  if (typeof value === 'number') parts.push(integerField(3, value), integerField(20, 2));
  else if (typeof value === 'string') parts.push(bytesField(4, value), integerField(20, 3));
  else if ('float' in value) parts.push(floatField(2, value.float), integerField(20, 1));
  else if ('floats' in value)
    parts.push(...value.floats.map((item) => floatField(7, item)), integerField(20, 6));
  else if ('tensor' in value)
    parts.push(bytesField(5, writeInitializer(value.tensor)), integerField(20, 4));
  else parts.push(...value.map((item) => integerField(8, item)), integerField(20, 7));
  return concatBytes(parts);
}

function writeNode(node: GraphNode): Uint8Array {
  return concatBytes([
    ...node.inputs.map((name) => bytesField(1, name)),
    ...node.outputs.map((name) => bytesField(2, name)),
    ...(node.name ? [bytesField(3, node.name)] : []),
    bytesField(4, node.operator),
    ...Object.entries(node.attributes ?? {}).map(([name, value]) =>
      bytesField(5, writeAttribute(name, value)),
    ),
    ...(node.domain ? [bytesField(7, node.domain)] : []),
  ]);
}

function writeValueInfo({ name, type, shape }: ValueInfo): Uint8Array {
  const sizes = shape.map((size) => {
    if (typeof size === 'number') return bytesField(1, integerField(1, size));
    return bytesField(1, size === '' ? '' : bytesField(2, size));
  });
  const tensor = concatBytes([
    integerField(1, elementTypes[type]),
    bytesField(2, concatBytes(sizes)),
  ]);
  return concatBytes([bytesField(1, name), bytesField(2, bytesField(1, tensor))]);
}

function elementTypeOf(data: Initializer['data']): ElementType {
  if (data instanceof Float32Array) return 'float32';
  if (data instanceof Uint16Array) return 'float16';
  if (data instanceof Uint8Array) return 'uint8';
  if (data instanceof Int8Array) return 'int8';
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

const writePair = (key: string, value: Uint8Array): Uint8Array =>
  concatBytes([bytesField(1, key), value]);

/**
 * Writes a graph as an ONNX model file (onnx.proto of the ONNX specification, IR version 8). Values
 * of initializers are little-endian.
 *
 * @throws RangeError if an initializer's shape does not match its values.
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
    ...Object.entries(graph.operatorSets ?? defaultOperatorSets).map(([domain, version]) =>
      bytesField(8, writePair(domain, integerField(2, version))),
    ),
    ...Object.entries(graph.metadata ?? {}).map(([key, value]) =>
      bytesField(14, writePair(key, bytesField(2, value))),
    ),
  ]);
}
