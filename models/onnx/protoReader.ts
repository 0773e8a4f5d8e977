import { ModelInputError } from '../errors';

/** One field of a protobuf message: a varint as a signed 64-bit integer, anything else as bytes. */
export interface Field {
  number: number;
  value: bigint | Uint8Array;
}

const varintBytes = 10;
const text = new TextDecoder('utf-8', { fatal: true });

/** Creates the error for a model file that cannot be read. */
export const unreadable = (why: string): ModelInputError =>
  new ModelInputError('BACKBONE', `This is no ONNX file that can be used: ${why}`);

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

/** Reads a base-128 varint of at most ten bytes. */
function readVarint(cursor: Cursor): bigint {
  let low = 0;
  let value = 0n;
  for (let i = 0; i < varintBytes; i++) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw unreadable('it ends in the middle of a number');
    // Seven groups of seven bits fit a double exactly. Only longer numbers need a BigInt.
    if (i < 7) low += (byte & 127) * 2 ** (7 * i);
    else value |= BigInt(byte & 127) << BigInt(7 * i);
    if (byte < 128) return BigInt.asIntN(64, value | BigInt(low));
  }
  throw unreadable('a number in it has no end');
}

function readBytes(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (length < 0 || end > cursor.bytes.length)
    throw unreadable('it is cut off, or says lengths that it does not have');
  const bytes = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return bytes;
}

function readValue(cursor: Cursor, wireType: number): Field['value'] {
  if (wireType === 0) return readVarint(cursor);
  if (wireType === 1) return readBytes(cursor, 8);
  if (wireType === 2) return readBytes(cursor, Number(readVarint(cursor)));
  if (wireType === 5) return readBytes(cursor, 4);
  throw unreadable(`it holds a field of kind ${wireType}, which ONNX has not`);
}

/**
 * Yields the fields of one protobuf message, in file order (protobuf encoding specification). Bytes
 * are views, not copies. The caller reads nested messages where the schema has them, so the depth
 * is that of the schema, never that of the file.
 *
 * @throws ModelInputError BACKBONE if the bytes are truncated or not protobuf.
 */
export function* readFields(bytes: Uint8Array): Generator<Field> {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const key = Number(readVarint(cursor));
    if (key < 8 || key > 0xffffffff) throw unreadable('a field in it has no valid number');
    yield { number: Math.floor(key / 8), value: readValue(cursor, key % 8) };
  }
}

/** Returns the bytes of a field that has to hold bytes, a text or a message. */
export function asBytes({ number, value }: Field): Uint8Array {
  if (typeof value === 'bigint') throw unreadable(`field ${number} holds a number, not bytes`);
  return value;
}

/** Returns the text of a field. Anything but UTF-8 is refused. */
export function asText(field: Field): string {
  const bytes = asBytes(field);
  try {
    return text.decode(bytes);
  } catch {
    throw unreadable(`field ${field.number} is no UTF-8 text`);
  }
}

/**
 * Returns the integer of a field. Beyond ±2^53 it is the nearest safe integer: ONNX uses the
 * largest 64-bit integer for "to the end", and the nearest safe integer means the same.
 */
export function asInteger({ number, value }: Field): number {
  if (typeof value !== 'bigint') throw unreadable(`field ${number} holds bytes, not a number`);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, Number(value)));
}

/** Returns the 32-bit float of a field. */
export function asFloat(field: Field): number {
  const bytes = asBytes(field);
  if (bytes.length !== 4) throw unreadable(`field ${field.number} is no 32-bit float`);
  return new DataView(bytes.buffer, bytes.byteOffset, 4).getFloat32(0, true);
}

/** Yields the integers of a repeated field, packed or not. */
export function* asIntegers({ value }: Field): Generator<bigint> {
  if (typeof value === 'bigint') yield value;
  else {
    const cursor = { bytes: value, at: 0 };
    while (cursor.at < value.length) yield readVarint(cursor);
  }
}

/** Yields the 32-bit floats of a repeated field, packed or not. */
export function* asFloats(field: Field): Generator<number> {
  const bytes = asBytes(field);
  if (bytes.length % 4 !== 0) throw unreadable(`field ${field.number} is no list of floats`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < bytes.length; at += 4) yield view.getFloat32(at, true);
}
