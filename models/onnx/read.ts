import type { Attribute, Graph, GraphNode, Initializer, ValueInfo } from './model';
import {
  asBytes,
  asFloat,
  asFloats,
  asInteger,
  asIntegers,
  asText,
  readFields,
  unreadable,
} from './protoReader';
import type { Field } from './protoReader';
import { elementTypeNumbered, readTensor } from './tensor';

/** A file beyond these limits is refused before it can exhaust the memory. */
const limits = { fileBytes: 2 ** 29, items: 100_000, listLength: 65_536 } as const;

/** Adds to a list of parts of a graph. A file that consists of empty parts only is refused. */
function push<T>(list: T[], item: T, limit: number = limits.items): void {
  if (list.length >= limit) throw unreadable(`it has more than ${limit} parts of one kind`);
  list.push(item);
}

/** Attribute types of the specification (`AttributeProto.AttributeType`) that we read. */
const kinds = { FLOAT: 1, INT: 2, STRING: 3, TENSOR: 4, FLOATS: 6, INTS: 7 } as const;
/** The type that each value field implies in old files, which do not state it. */
const impliedKind: Record<number, number> = { 2: 1, 3: 2, 4: 3, 5: 4, 7: 6, 8: 7 };

interface RawAttribute {
  name: string;
  kind: number;
  single?: Field;
  floats: number[];
  integers: number[];
}

function readRawAttribute(bytes: Uint8Array): RawAttribute {
  const raw: RawAttribute = { name: '', kind: 0, floats: [], integers: [] };
  let implied = 0;
  for (const field of readFields(bytes)) {
    implied = impliedKind[field.number] ?? implied;
    if (field.number === 1) raw.name = asText(field);
    else if (field.number === 20) raw.kind = asInteger(field);
    else if (field.number >= 2 && field.number <= 5) raw.single = field;
    else if (field.number === 7)
      for (const value of asFloats(field)) push(raw.floats, value, limits.listLength);
    else if (field.number === 8)
      for (const value of asIntegers(field))
        push(raw.integers, asInteger({ number: 8, value }), limits.listLength);
    else if (field.number === 21) throw unreadable('an attribute in it refers to another');
  }
  return { ...raw, kind: raw.kind || implied };
}

function readAttribute(bytes: Uint8Array): [string, Attribute] {
  const { name, kind, single, floats, integers } = readRawAttribute(bytes);
  if (kind === kinds.INTS) return [name, integers];
  if (kind === kinds.FLOATS) return [name, { floats }];
  const fieldOf = { [kinds.FLOAT]: 2, [kinds.INT]: 3, [kinds.STRING]: 4, [kinds.TENSOR]: 5 };
  const number = (fieldOf as Record<number, number>)[kind];
  if (number === undefined)
    throw unreadable(`attribute ${name} is of kind ${kind}, which is not supported`);
  // Protobuf omits zeros and empty values.
  if (kind === kinds.INT) return [name, single ? asInteger(single) : 0];
  if (kind === kinds.FLOAT) return [name, { float: single ? asFloat(single) : 0 }];
  if (kind === kinds.STRING) return [name, single ? asText(single) : ''];
  if (!single) throw unreadable(`attribute ${name} says a constant and has none`);
  return [name, { tensor: readTensor(asBytes(single)) }];
}

function readNode(bytes: Uint8Array): GraphNode {
  const node = {
    operator: '',
    name: '',
    domain: '',
    inputs: [] as string[],
    outputs: [] as string[],
  };
  const attributes: [string, Attribute][] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 1) push(node.inputs, asText(field), limits.listLength);
    else if (field.number === 2) push(node.outputs, asText(field), limits.listLength);
    else if (field.number === 3) node.name = asText(field);
    else if (field.number === 4) node.operator = asText(field);
    else if (field.number === 5) push(attributes, readAttribute(asBytes(field)), 1_000);
    else if (field.number === 7) node.domain = asText(field);
  }
  if (!node.operator) throw unreadable('a node in it names no operator');
  const { name, domain, ...rest } = node;
  return {
    ...rest,
    ...(name && { name }),
    // "ai.onnx" is another name of the default set.
    ...(domain && domain !== 'ai.onnx' && { domain }),
    ...(attributes.length > 0 && { attributes: Object.fromEntries(attributes) }),
  };
}

/** Reads a size of a shape: a number, a name, or an empty text if the file leaves it open. */
function readSize(bytes: Uint8Array): number | string {
  let size: number | string = '';
  for (const field of readFields(bytes)) {
    if (field.number === 1) size = asInteger(field);
    else if (field.number === 2) size = asText(field);
  }
  if (typeof size === 'number' && size < 0) throw unreadable('a shape in it is negative');
  return size;
}

function readShape(bytes: Uint8Array): (number | string)[] {
  const shape: (number | string)[] = [];
  for (const field of readFields(bytes))
    if (field.number === 1) push(shape, readSize(asBytes(field)), 16);
  return shape;
}

/**
 * Reads a value's element type and shape: `TypeProto.tensor_type`. Other types are not supported.
 */
function readTensorType(bytes: Uint8Array, what: string): Pick<ValueInfo, 'type' | 'shape'> {
  const [type] = [...readFields(bytes)];
  if (type?.number !== 1) throw unreadable(`${what} is not a tensor`);
  let shape: ValueInfo['shape'] | undefined;
  let element = 0;
  for (const field of readFields(asBytes(type))) {
    if (field.number === 1) element = asInteger(field);
    else if (field.number === 2) shape = readShape(asBytes(field));
  }
  if (!shape) throw unreadable(`${what} says no shape: export it with its input and output shapes`);
  return { type: elementTypeNumbered(element, what), shape };
}

function readValueInfo(bytes: Uint8Array): ValueInfo {
  let name = '';
  let type: Uint8Array | undefined;
  for (const field of readFields(bytes)) {
    if (field.number === 1) name = asText(field);
    else if (field.number === 2) type = asBytes(field);
  }
  if (!type) throw unreadable(`value ${name} says no type`);
  return { name, ...readTensorType(type, `value ${name}`) };
}

interface OpenGraph extends Graph {
  inputs: ValueInfo[];
  outputs: ValueInfo[];
  initializers: Initializer[];
  nodes: GraphNode[];
}

function readGraph(bytes: Uint8Array): OpenGraph {
  const graph: OpenGraph = { name: '', inputs: [], outputs: [], initializers: [], nodes: [] };
  for (const field of readFields(bytes)) {
    if (field.number === 1) push(graph.nodes, readNode(asBytes(field)));
    else if (field.number === 2) graph.name = asText(field);
    else if (field.number === 5) push(graph.initializers, readTensor(asBytes(field)));
    else if (field.number === 11) push(graph.inputs, readValueInfo(asBytes(field)));
    else if (field.number === 12) push(graph.outputs, readValueInfo(asBytes(field)));
    else if (field.number === 15) throw unreadable('it has sparse constants');
  }
  // Before IR version 4 every constant was listed as an input too, but it is no input.
  const constants = new Set(graph.initializers.map(({ name }) => name));
  return { ...graph, inputs: graph.inputs.filter(({ name }) => !constants.has(name)) };
}

function readPair(bytes: Uint8Array, valueOf: (field: Field) => string | number) {
  let key = '';
  let value: string | number = '';
  for (const field of readFields(bytes)) {
    if (field.number === 1) key = asText(field);
    else if (field.number === 2) value = valueOf(field);
  }
  return [key === 'ai.onnx' ? '' : key, value] as const;
}

/**
 * Reads an ONNX model file into a `Graph`, as `writeOnnxModel` writes it: inputs, outputs, nodes
 * with INT, FLOAT, STRING, INTS, FLOATS and TENSOR attributes, initializers, operator sets and
 * metadata. The bytes are not trusted. Allocations are bounded by the size of the file, no path in
 * it is followed, and nested graphs, functions and sparse or external values are refused. Shapes of
 * intermediate values, doc strings and producers are not kept.
 *
 * @throws ModelInputError BACKBONE with the fault of the file.
 */
export function readOnnxModel(bytes: Uint8Array): Graph {
  if (bytes.length > limits.fileBytes)
    throw unreadable(`its ${bytes.length} bytes are over the limit of ${limits.fileBytes}`);
  let graph: Graph | undefined;
  const sets: (readonly [string, number])[] = [];
  const metadata: (readonly [string, string])[] = [];
  for (const field of readFields(bytes)) {
    if (field.number === 7) {
      if (graph) throw unreadable('it comes in parts');
      graph = readGraph(asBytes(field));
    } else if (field.number === 8)
      push(sets, readPair(asBytes(field), asInteger) as [string, number]);
    else if (field.number === 14)
      push(metadata, readPair(asBytes(field), asText) as [string, string]);
    else if (field.number === 25) throw unreadable('it defines functions of its own');
  }
  if (!graph) throw unreadable('it has no graph');
  if (sets.length === 0) throw unreadable('it names no operator set');
  return {
    ...graph,
    operatorSets: Object.fromEntries(sets),
    ...(metadata.length > 0 && { metadata: Object.fromEntries(metadata) }),
  };
}
