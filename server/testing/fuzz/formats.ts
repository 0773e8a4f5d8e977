import { crc32 } from 'node:zlib';
import type { Random } from '../../../models/numeric';
import { oneOf, writeBoundary, type Mutation } from './mutate';

/** Mutations that know a format, so that the input still gets past the first check of its reader. */

function placesOf(bytes: Buffer, pattern: string): number[] {
  const places: number[] = [];
  for (let at = bytes.indexOf(pattern, 0, 'latin1'); at >= 0 && places.length < 1_000;) {
    places.push(at);
    at = bytes.indexOf(pattern, at + 1, 'latin1');
  }
  return places;
}

/** Offsets of the numbers in the records of a zip: size, count, length, place and flags. */
const zipRecords: Record<string, readonly [offset: number, bytes: 2 | 4][]> = {
  'PK\x03\x04': [
    [6, 2],
    [8, 2],
    [14, 4],
    [18, 4],
    [22, 4],
    [26, 2],
    [28, 2],
  ],
  'PK\x01\x02': [
    [8, 2],
    [10, 2],
    [16, 4],
    [20, 4],
    [24, 4],
    [28, 2],
    [30, 2],
    [32, 2],
    [42, 4],
  ],
  'PK\x05\x06': [
    [4, 2],
    [6, 2],
    [8, 2],
    [10, 2],
    [12, 4],
    [16, 4],
    [20, 2],
  ],
};

const zipNumber: Mutation = (input, random) => {
  const copy = Buffer.from(input);
  const [signature, numbers] = oneOf(Object.entries(zipRecords), random);
  const places = placesOf(copy, signature);
  if (places.length === 0) return copy;
  const [offset, bytes] = oneOf(numbers, random);
  writeBoundary(copy, oneOf(places, random) + offset, bytes, random);
  return copy;
};

/** Makes two entries of the directory the same, so that they overlap. */
const zipOverlap: Mutation = (input, random) => {
  const copy = Buffer.from(input);
  const entries = placesOf(copy, 'PK\x01\x02');
  if (entries.length < 2) return copy;
  const [from, to] = [oneOf(entries, random), oneOf(entries, random)];
  if (to + 46 <= copy.length && from + 46 <= copy.length)
    copy.copy(copy, to + 42, from + 42, from + 46);
  return copy;
};

export const zipMutations: readonly Mutation[] = [zipNumber, zipNumber, zipOverlap];

interface Chunk {
  start: number;
  end: number;
}

function pngChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 8; at + 12 <= bytes.length;) {
    const end = at + 12 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    chunks.push({ start: at, end });
    at = end;
  }
  return chunks;
}

function webpChunks(bytes: Buffer): Chunk[] {
  const chunks: Chunk[] = [];
  for (let at = 12; at + 8 <= bytes.length;) {
    const size = bytes.readUInt32LE(at + 4);
    const end = at + 8 + size + (size % 2);
    if (end > bytes.length) break;
    chunks.push({ start: at, end });
    at = end;
  }
  return chunks;
}

function jpegSegments(bytes: Buffer): Chunk[] {
  const segments: Chunk[] = [];
  for (let at = 2; at + 4 <= bytes.length && bytes[at] === 0xff;) {
    const end = at + 2 + bytes.readUInt16BE(at + 2);
    if (end > bytes.length) break;
    segments.push({ start: at, end });
    at = end;
  }
  return segments;
}

/** Repeats, moves or removes a part of the file. */
const rearrange =
  (partsOf: (bytes: Buffer) => Chunk[]): Mutation =>
  (input, random) => {
    const parts = partsOf(input);
    if (parts.length < 2) return input;
    const list = parts.map(({ start, end }) => input.subarray(start, end));
    const part = oneOf(list, random);
    const at = random.below(list.length + 1);
    const action = random.below(3);
    if (action === 0)
      list.splice(at, 0, ...Array.from({ length: 1 + random.below(30) }, () => part));
    else if (action === 1) list.splice(Math.min(at, list.length - 1), 1);
    else list.splice(at, 0, ...list.splice(list.indexOf(part), 1));
    return Buffer.concat([
      input.subarray(0, parts[0]?.start),
      ...list,
      input.subarray(parts.at(-1)?.end),
    ]);
  };

/** Changes a byte or number of a PNG chunk's data and corrects the checksum. */
const pngData: Mutation = (input, random) => {
  const copy = Buffer.from(input);
  const chunks = pngChunks(copy).filter(({ start, end }) => end - start > 12);
  if (chunks.length === 0) return copy;
  const { start, end } = oneOf(chunks, random);
  const at = start + 8 + random.below(end - start - 12);
  if (random.next() < 0.5) copy[at] = random.below(256);
  else if (at + 4 <= end - 4) writeBoundary(copy, at, 4, random);
  copy.writeUInt32BE(crc32(copy.subarray(start + 4, end - 4)), end - 4);
  return copy;
};

const lengthOf =
  (partsOf: (bytes: Buffer) => Chunk[], offset: number, bytes: 2 | 4): Mutation =>
  (input, random) => {
    const copy = Buffer.from(input);
    const parts = partsOf(copy);
    if (parts.length > 0) writeBoundary(copy, oneOf(parts, random).start + offset, bytes, random);
    return copy;
  };

export const imageMutations: readonly Mutation[] = [
  pngData,
  pngData,
  rearrange(pngChunks),
  rearrange(webpChunks),
  rearrange(jpegSegments),
  lengthOf(pngChunks, 0, 4),
  lengthOf(webpChunks, 4, 4),
  lengthOf(jpegSegments, 2, 2),
];

/** Replaces one byte of a protobuf message by a number of up to ten bytes. */
const protobufNumber: Mutation = (input, random) => {
  const at = random.below(input.length + 1);
  const big = Array.from({ length: 1 + random.below(9) }, () => 0x80 | random.below(128));
  const number = Buffer.from(
    random.next() < 0.5 ? [...big, random.below(128)] : [random.below(256)],
  );
  return Buffer.concat([input.subarray(0, at), number, input.subarray(at + 1)]);
};

export const protobufMutations: readonly Mutation[] = [protobufNumber];

/** Texts that are numbers, dates or separators for some parser. */
const words = [
  '1e-999',
  '1e999',
  '-0',
  'NaN',
  'Infinity',
  '9007199254740993',
  '18446744073709551616',
  '9223372036854775808',
  '2026-02-31',
  '24:00:00',
  '+99:99',
  '0000',
  '99999-01-01',
  '\0',
  '\ufeff',
  '"',
  '""',
  ',',
  '\r\n',
  '=1+1',
  '[',
  ']',
  '{',
  'null',
  ':',
  '\ud800',
  '\u0301',
];

export const textMutations: readonly Mutation[] = [
  (input, random: Random) => {
    const at = random.below(input.length + 1);
    const gap = random.below(4);
    return Buffer.concat([
      input.subarray(0, at),
      Buffer.from(oneOf(words, random)),
      input.subarray(at + gap),
    ]);
  },
];
