import { constants, deflateRawSync } from 'node:zlib';
import type { Random } from '../../../models/numeric';

export function randomBytes(random: Random, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = random.below(256);
  return bytes;
}

/** Writes 16-bit numbers, little-endian. */
export function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  values.forEach((value, index) => bytes.writeUInt16LE(value & 0xffff, index * 2));
  return bytes;
}

/** Writes 32-bit numbers, little-endian. */
export function longs(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value >>> 0, index * 4));
  return bytes;
}

const unit = 2 ** 20;
let unitOfZeros: Buffer | undefined;

/** Deflates zeros at the format's best ratio, 1,032 to 1. It holds at most 1 MiB of them. */
export function deflatedZeros(length: number): Buffer {
  unitOfZeros ??= deflateRawSync(Buffer.alloc(unit), {
    level: 9,
    finishFlush: constants.Z_FULL_FLUSH,
  });
  const rest = deflateRawSync(Buffer.alloc(length % unit), { level: 9 });
  const whole = Array.from({ length: Math.floor(length / unit) }, () => unitOfZeros!);
  return Buffer.concat([...whole, rest]);
}

/** Like `deflatedZeros`, as a zlib stream with its checksum, as PNG uses it. */
export function zlibZeros(length: number): Buffer {
  const check = Buffer.alloc(4);
  // Adler-32 of zeros: the first sum stays 1, and the second one counts the bytes.
  check.writeUInt32BE((((length % 65_521) << 16) | 1) >>> 0);
  return Buffer.concat([Buffer.from([0x78, 0x9c]), deflatedZeros(length), check]);
}

/** Overwrites a few bytes with random ones. */
export function corrupted(random: Random, bytes: Buffer, count: number, from = 0): Buffer {
  const changed = Buffer.from(bytes);
  for (let change = 0; change < count; change++)
    changed[from + random.below(Math.max(1, bytes.length - from))] = random.below(256);
  return changed;
}
