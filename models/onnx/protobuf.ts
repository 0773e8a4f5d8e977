type Bytes = Uint8Array;

const text = new TextEncoder();

/** Joins byte strings. */
export function concatBytes(parts: readonly Bytes[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}

/**
 * Encodes a base-128 varint of a non-negative safe integer (protobuf encoding, "Base 128 Varints").
 */
export function varint(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError(`A varint is a non-negative integer, not ${value}`);
  const bytes: number[] = [];
  let rest = value;
  while (rest >= 128) {
    bytes.push((rest % 128) | 128);
    rest = Math.floor(rest / 128);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/**
 * Encodes a signed 64-bit field value as protobuf's int64: two's complement, ten bytes if negative.
 */
function signedVarint(value: number): Uint8Array {
  if (value >= 0) return varint(value);
  const bytes = new Uint8Array(10);
  let rest = BigInt.asUintN(64, BigInt(value));
  for (let i = 0; i < 9; i++) {
    bytes[i] = Number(rest & 127n) | 128;
    rest >>= 7n;
  }
  bytes[9] = Number(rest);
  return bytes;
}

/** Encodes field `number` with an integer (wire type 0). */
export const integerField = (number: number, value: number): Uint8Array =>
  concatBytes([varint(number * 8), signedVarint(value)]);

/** Encodes field `number` with bytes, a text or a nested message (wire type 2). */
export function bytesField(number: number, value: Bytes | string): Uint8Array {
  const bytes = typeof value === 'string' ? text.encode(value) : value;
  return concatBytes([varint(number * 8 + 2), varint(bytes.length), bytes]);
}

/** Encodes field `number` with a 32-bit float (wire type 5). */
export function floatField(number: number, value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value, true);
  return concatBytes([varint(number * 8 + 5), bytes]);
}
