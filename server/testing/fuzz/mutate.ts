import type { Random } from '../../../models/numeric';

/** Numbers at which lengths and counts go wrong. */
const boundaries = [
  0,
  1,
  2,
  3,
  4,
  7,
  8,
  15,
  16,
  31,
  32,
  63,
  64,
  127,
  128,
  254,
  255,
  256,
  511,
  512,
  1023,
  1024,
  4095,
  4096,
  32_767,
  32_768,
  65_534,
  65_535,
  65_536,
  2 ** 24,
  2 ** 31 - 1,
  2 ** 31,
  2 ** 32 - 2,
  2 ** 32 - 1,
];

export const oneOf = <T>(items: readonly T[], random: Random): T =>
  items[random.below(items.length)]!;

/** A boundary number, or one near the length of the input. */
export const boundary = (length: number, random: Random): number =>
  random.next() < 0.3 ? Math.max(0, length + random.below(9) - 4) : oneOf(boundaries, random);

/** Changes an input somewhere. `others` are the inputs that it may take parts from. */
export type Mutation = (input: Buffer, random: Random, others: readonly Buffer[]) => Buffer;

/** Copies an input and changes the copy in place. Inputs without bytes stay as they are. */
const inPlace =
  (change: (copy: Buffer, random: Random) => void): Mutation =>
  (input, random) => {
    const copy = Buffer.from(input);
    if (copy.length > 0) change(copy, random);
    return copy;
  };

const flipBit = inPlace((copy, random) => {
  copy[random.below(copy.length)]! ^= 1 << random.below(8);
});

const setByte = inPlace((copy, random) => {
  copy[random.below(copy.length)] = oneOf(
    [0, 1, 0x7f, 0x80, 0xfe, 0xff, random.below(256)],
    random,
  );
});

/** Writes a boundary number of 2 or 4 bytes at a place, in either order of bytes. */
export function writeBoundary(copy: Buffer, at: number, bytes: 2 | 4, random: Random): void {
  if (at < 0 || at + bytes > copy.length) return;
  const value = boundary(copy.length, random) % 2 ** (8 * bytes);
  if (random.next() < 0.5) copy.writeUIntLE(value, at, bytes);
  else copy.writeUIntBE(value, at, bytes);
}

const setNumber = inPlace((copy, random) =>
  writeBoundary(copy, random.below(copy.length), random.next() < 0.5 ? 2 : 4, random),
);

function range(length: number, random: Random): [number, number] {
  const from = random.below(length + 1);
  const to = Math.min(length, from + 1 + random.below(random.next() < 0.8 ? 16 : length + 1));
  return [from, to];
}

const cut: Mutation = (input, random) => input.subarray(0, random.below(input.length + 1));

const remove: Mutation = (input, random) => {
  const [from, to] = range(input.length, random);
  return Buffer.concat([input.subarray(0, from), input.subarray(to)]);
};

const repeat: Mutation = (input, random) => {
  const [from, to] = range(input.length, random);
  const times = 1 + random.below(random.next() < 0.1 ? 200 : 4);
  const part = input.subarray(from, to);
  return Buffer.concat([
    input.subarray(0, to),
    ...Array.from({ length: times }, () => part),
    input.subarray(to),
  ]);
};

const insert: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  const bytes = Buffer.from(Array.from({ length: 1 + random.below(8) }, () => random.below(256)));
  return Buffer.concat([input.subarray(0, at), bytes, input.subarray(at)]);
};

const splice: Mutation = (input, random, others) => {
  const other = oneOf(others, random);
  const [from, to] = range(other.length, random);
  const at = random.below(input.length + 1);
  return Buffer.concat([input.subarray(0, at), other.subarray(from, to), input.subarray(at)]);
};

const general: readonly Mutation[] = [
  flipBit,
  flipBit,
  setByte,
  setNumber,
  setNumber,
  cut,
  remove,
  repeat,
  insert,
  splice,
];

const maxLength = 256 * 1024;

/** Applies one to six mutations. Those of the target's own format are as likely as all others. */
export function mutate(
  input: Buffer,
  random: Random,
  others: readonly Buffer[],
  own: readonly Mutation[] = [],
): Buffer {
  let mutated = input;
  for (let left = 1 + random.below(6); left > 0; left--) {
    const kinds = own.length > 0 && random.next() < 0.5 ? own : general;
    mutated = oneOf(kinds, random)(mutated, random, others).subarray(0, maxLength);
  }
  return mutated;
}
