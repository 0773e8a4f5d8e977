import {
  asBytes,
  asFloats,
  asInteger,
  asIntegers,
  asText,
  readFields,
  unreadable,
} from './protoReader';
import type { Field } from './protoReader';
import type { ElementType, Initializer } from './model';
import { elementTypes } from './model';

const dimensionLimit = 16;
const elementLimit = 2 ** 31 - 1;
/** A field takes a hundred times the memory of its two bytes in the file. */
const listedLimit = 1_000_000;

/** The fields of a `TensorProto` before its values are read. */
interface RawTensor {
  name: string;
  shape: number[];
  type: number;
  raw?: Uint8Array;
  listed: Field[];
}

/** Returns the element type with ONNX's number. */
export function elementTypeNumbered(number: number, what: string): ElementType {
  const found = Object.entries(elementTypes).find(([, value]) => value === number);
  if (!found) throw unreadable(`${what} has element type ${number}, which is not supported`);
  return found[0] as ElementType;
}

function readRawTensor(bytes: Uint8Array): RawTensor {
  const tensor: RawTensor = { name: '', shape: [], type: 0, listed: [] };
  for (const field of readFields(bytes)) {
    if (field.number === 1)
      for (const size of asIntegers(field)) {
        tensor.shape.push(Number(size));
        if (tensor.shape.length > dimensionLimit) throw unreadable('a constant has too many axes');
      }
    else if (field.number === 2) tensor.type = asInteger(field);
    else if (field.number === 8) tensor.name = asText(field);
    else if (field.number === 9) tensor.raw = asBytes(field);
    else if (field.number === 13 || (field.number === 14 && asInteger(field) !== 0))
      throw unreadable('it keeps values in other files: save it as one self-contained file');
    else if ([4, 5, 6, 7, 10, 11].includes(field.number)) {
      // Values are listed in one packed field, or one by one in small constants.
      if (tensor.listed.length >= listedLimit) throw unreadable('a constant lists too many values');
      tensor.listed.push(field);
    }
  }
  return tensor;
}

/** Returns the number of values. A negative number, or one beyond any file, is refused. */
function sizeOf({ name, shape }: RawTensor): number {
  const size = shape.reduce((product, length) => product * length, 1);
  if (shape.some((length) => !(length >= 0)) || !(size <= elementLimit))
    throw unreadable(`constant ${name} has the impossible shape [${shape.join(', ')}]`);
  return size;
}

const arrays = {
  float32: Float32Array,
  float16: Uint16Array,
  uint8: Uint8Array,
  int8: Int8Array,
  int32: Int32Array,
  int64: BigInt64Array,
} as const;

/** The field of `TensorProto` that lists values of a type when they are not raw bytes. */
const listedIn = { float32: 4, float16: 5, uint8: 5, int8: 5, int32: 5, int64: 7 } as const;

function* listedValues(tensor: RawTensor, type: ElementType): Generator<number | bigint> {
  for (const field of tensor.listed) {
    if (field.number !== listedIn[type])
      throw unreadable(`constant ${tensor.name} lists values of another type than it says`);
    if (type === 'float32') yield* asFloats(field);
    else if (type === 'int64') yield* asIntegers(field);
    else for (const value of asIntegers(field)) yield Number(value);
  }
}

function fromList(tensor: RawTensor, type: ElementType, size: number): Initializer['data'] {
  // Every listed value takes at least a byte, so a shape larger than the list is refused before
  // allocation.
  const bytes = tensor.listed.reduce(
    (sum, { value }) => sum + (typeof value === 'bigint' ? 1 : value.length),
    0,
  );
  const fail = () => unreadable(`constant ${tensor.name} does not hold the ${size} values it says`);
  if (size > bytes) throw fail();
  const data = new arrays[type](size);
  let at = 0;
  for (const value of listedValues(tensor, type)) {
    if (at >= size) throw fail();
    data[at++] = value;
  }
  if (at !== size) throw fail();
  return data;
}

function fromRaw(tensor: RawTensor, type: ElementType, raw: Uint8Array, size: number) {
  if (size * arrays[type].BYTES_PER_ELEMENT !== raw.length)
    throw unreadable(
      `constant ${tensor.name} of shape [${tensor.shape.join(', ')}] does not fit its ${raw.length} bytes`,
    );
  // The copy is aligned, and does not keep the whole file in memory.
  return new arrays[type](new Uint8Array(raw).buffer);
}

/**
 * Reads a `TensorProto` of the ONNX specification: values as little-endian raw bytes or listed by
 * type. Values in other files are refused, and no path in a model is followed.
 *
 * @throws ModelInputError BACKBONE with the name and the fault of the constant.
 */
export function readTensor(bytes: Uint8Array): Initializer {
  const tensor = readRawTensor(bytes);
  const type = elementTypeNumbered(tensor.type, `constant ${tensor.name}`);
  const size = sizeOf(tensor);
  const { name, shape, raw } = tensor;
  const data = raw ? fromRaw(tensor, type, raw, size) : fromList(tensor, type, size);
  return { name, shape, data };
}
