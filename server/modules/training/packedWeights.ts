/** Tensors as one file: how many, the length of each (uint32), then their values (float32), little-endian. */
export function packWeights(weights: readonly Float32Array[]): Buffer {
  const head = new Uint32Array([weights.length, ...weights.map(({ length }) => length)]);
  return Buffer.concat([bytesOf(head), ...weights.map(bytesOf)]);
}

/** @throws Error for a file that is cut short */
export function unpackWeights(packed: Buffer): Float32Array[] {
  // Copied, because a Buffer may start at any address.
  const { buffer } = new Uint8Array(packed);
  const count = packed.length >= 4 ? (new Uint32Array(buffer, 0, 1)[0] ?? 0) : 0;
  const lengths = packed.length >= 4 * (count + 1) ? [...new Uint32Array(buffer, 4, count)] : [];
  const total = lengths.reduce((sum, length) => sum + length, 0);
  if (lengths.length !== count || packed.length !== 4 * (1 + count + total))
    throw new Error('The file of weights is cut short.');
  let at = 4 * (1 + count);
  return lengths.map((length) => {
    const values = new Float32Array(buffer, at, length);
    at += 4 * length;
    return values;
  });
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array | Uint32Array) =>
  Buffer.from(buffer, byteOffset, byteLength);
