import { deflateSync } from 'node:zlib';
import type { Random } from '../../../models/numeric';
import { pngChunk } from '../imageFiles';
import { randomBytes, zlibZeros } from './bytes';
import { between, pick, upTo, type FileFamily, type HostileFile } from './family';

interface PngHeader {
  width: number;
  height: number;
  /** Bits per sample. */
  depth?: number;
  /** 0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha. */
  colour?: number;
  interlaced?: boolean;
}

const signature = Buffer.from('89504e470d0a1a0a', 'hex');
const end = pngChunk('IEND', Buffer.alloc(0));
const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };
/** Start and step of the columns and rows of each pass of Adam7. */
const passes = [
  [0, 8, 0, 8],
  [4, 8, 0, 8],
  [0, 4, 4, 8],
  [2, 4, 0, 4],
  [0, 2, 2, 4],
  [1, 2, 0, 2],
  [0, 1, 1, 2],
] as const;

function header({ width, height, depth = 8, colour = 0, interlaced = false }: PngHeader): Buffer {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(width, 0);
  data.writeUInt32BE(height, 4);
  data.set([depth, colour, 0, 0, interlaced ? 1 : 0], 8);
  return pngChunk('IHDR', data);
}

/** The unpacked length of the pixels, with one filter byte per row. */
function scanBytes({ width, height, depth = 8, colour = 0, interlaced }: PngHeader): number {
  const bits = (channels[colour] ?? 1) * depth;
  const size = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? (Math.ceil((columns * bits) / 8) + 1) * rows : 0;
  if (!interlaced) return size(width, height);
  return passes.reduce((sum, [left, across, top, down]) => {
    const columns = Math.ceil((width - left) / across);
    return sum + size(columns, Math.ceil((height - top) / down));
  }, 0);
}

/** A sound black PNG of any size, in a thousandth of its unpacked bytes. */
function blackPng(options: PngHeader, between: readonly Buffer[] = []): Buffer {
  const pixels = pngChunk('IDAT', zlibZeros(scanBytes(options)));
  return Buffer.concat([signature, header(options), ...between, pixels, end]);
}

const image = (fileName: string, bytes: Buffer): HostileFile => ({
  fileName,
  bytes,
  kind: 'IMAGE',
});

/** The area is just below the limit of 50 million pixels. */
const nearLimit = (random: Random) => between(random, 40_000_000, 49_900_000);

function narrow(random: Random): HostileFile {
  const long = nearLimit(random);
  const sides = pick(random, [
    { width: 1, height: long },
    { width: long, height: 1 },
    { width: 2, height: Math.floor(long / 2) },
  ]);
  return image('narrow.png', blackPng({ ...sides, depth: pick(random, [1, 8]) }));
}

function largest(random: Random, interlaced: boolean): HostileFile {
  const width = between(random, 5_000, 9_000);
  const height = Math.floor(nearLimit(random) / width);
  const [colour, depth] = pick(random, [[6, 16] as const, [2, 16] as const, [6, 8] as const]);
  return image('large.png', blackPng({ width, height, colour, depth, interlaced }));
}

function hugeSides(random: Random): HostileFile {
  const side = () => pick(random, [0x7fff_ffff, 0xffff_ffff, 1_000_000, 65_536, 0]);
  const sides = { width: side(), height: side(), depth: pick(random, [1, 8, 16]) };
  const pixels = pngChunk('IDAT', zlibZeros(upTo(random, 1_000_000)));
  return image('sides.png', Buffer.concat([signature, header(sides), pixels, end]));
}

/** A small picture with a text or a profile that inflates to up to a gigabyte. */
function inflatingText(random: Random): HostileFile {
  const bomb = zlibZeros(between(random, 2 ** 26, 2 ** 30));
  const [type, head] = pick(random, [
    ['zTXt', 'Comment\0\0'] as const,
    ['iCCP', 'profile\0\0'] as const,
    ['iTXt', 'Comment\0\x01\0en\0\0'] as const,
  ]);
  const chunk = pngChunk(type, Buffer.concat([Buffer.from(head, 'latin1'), bomb]));
  const repeated = Array.from({ length: pick(random, [1, 1, 2]) }, () => chunk);
  return image('text.png', blackPng({ width: 40, height: 30, colour: 2 }, repeated));
}

function manyChunks(random: Random): HostileFile {
  const type = pick(random, ['tEXt', 'tIME', 'gAMA', 'sPLT', 'eXIf', 'vpAg', 'IDAT', 'PLTE']);
  const chunk = pngChunk(type, randomBytes(random, random.below(8)));
  const count = between(random, 10_000, 40_000);
  return image('chunks.png', blackPng({ width: 9, height: 9 }, Array<Buffer>(count).fill(chunk)));
}

/** Picks wrong values for what the header and the chunks state about themselves. */
function wrongNumbers(random: Random): HostileFile {
  const bytes = blackPng({
    width: upTo(random, 5_000),
    height: upTo(random, 5_000),
    depth: pick(random, [0, 3, 5, 16, 32, 255]),
    colour: pick(random, [0, 1, 2, 3, 5, 6, 7]),
    interlaced: random.next() < 0.5,
  });
  const change = pick(random, [8, 33, bytes.length - 12]);
  bytes.writeUInt32BE(pick(random, [0xffff_ffff, 0x8000_0000, 0, 0x7fff_fff4]), change);
  return image('numbers.png', bytes);
}

/** Real pixels in 16 bits, with a palette, or with transparency. */
function unusualPixels(random: Random): HostileFile {
  const [colour, depth] = pick(random, [
    [0, 16],
    [2, 16],
    [4, 16],
    [0, 1],
    [0, 2],
  ] as const);
  const options = {
    width: between(random, 1, 300),
    height: between(random, 1, 300),
    colour,
    depth,
  };
  const row = scanBytes({ ...options, height: 1 });
  const rows = Array.from({ length: options.height }, () =>
    Buffer.concat([Buffer.from([random.below(5)]), randomBytes(random, row - 1)]),
  );
  const pixels = pngChunk('IDAT', deflateSync(Buffer.concat(rows)));
  const half = random.next() < 0.3 ? pixels.subarray(0, pixels.length >> 1) : pixels;
  return image('unusual.png', Buffer.concat([signature, header(options), half, end]));
}

export const pngFamilies: readonly FileFamily[] = [
  { name: 'png-narrow', make: narrow },
  { name: 'png-largest', make: (random) => largest(random, false) },
  { name: 'png-interlaced', make: (random) => largest(random, true) },
  { name: 'png-huge-sides', make: hugeSides },
  { name: 'png-inflating-text', make: inflatingText },
  { name: 'png-many-chunks', make: manyChunks },
  { name: 'png-wrong-numbers', make: wrongNumbers },
  { name: 'png-unusual-pixels', make: unusualPixels },
];
