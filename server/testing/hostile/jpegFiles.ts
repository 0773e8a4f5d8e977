import sharp from 'sharp';
import type { Random } from '../../../models/numeric';
import { corrupted, randomBytes } from './bytes';
import { between, pick, upTo, type FileFamily, type HostileFile } from './family';

const start = Buffer.from('ffd8', 'hex');
const end = Buffer.from('ffd9', 'hex');
const image = (fileName: string, ...parts: readonly Buffer[]): HostileFile => ({
  fileName,
  bytes: Buffer.concat(parts),
  kind: 'IMAGE',
});

/** A segment with its marker and its length, unless another length is given. */
function segment(marker: number, data: Buffer, length = data.length + 2): Buffer {
  const head = Buffer.from([0xff, marker, 0, 0]);
  head.writeUInt16BE(length & 0xffff, 2);
  return Buffer.concat([head, data]);
}

/** A small photo of noise. */
function noise(random: Random, progressive = false, side = 64): Promise<Buffer> {
  const pixels = randomBytes(random, side * side * 3);
  const raw = { width: side, height: side, channels: 3 } as const;
  return sharp(pixels, { raw }).jpeg({ quality: 90, progressive }).toBuffer();
}

/** Offsets of the segments of a sound JPEG, up to the pixels. */
export function segmentOffsets(jpeg: Buffer): number[] {
  const offsets: number[] = [];
  for (
    let at = 2;
    at + 4 <= jpeg.length && jpeg[at] === 0xff;
    at += 2 + jpeg.readUInt16BE(at + 2)
  ) {
    offsets.push(at);
    if (jpeg[at + 1] === 0xda) break;
  }
  return offsets;
}

function insertAt(jpeg: Buffer, at: number, ...parts: readonly Buffer[]): Buffer {
  return Buffer.concat([jpeg.subarray(0, at), ...parts, jpeg.subarray(at)]);
}

function greyFrame(marker: number, width: number, height: number): Buffer {
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return segment(marker, frame);
}

/** A quantisation table of ones. */
const quantisation = segment(0xdb, Buffer.from([0, ...Array<number>(64).fill(1)]));

/** A Huffman table with one code of one bit, a zero, for this symbol. */
const oneCode = (table: number, symbol: number) =>
  segment(0xc4, Buffer.from([table, 1, ...Array<number>(15).fill(0), symbol]));

/** A scan: component 1 with these coefficients. */
const scan = (first: number, last: number, data: Buffer) =>
  Buffer.concat([segment(0xda, Buffer.from([1, 1, 0, first, last, 0])), data]);

/**
 * A progressive JPEG of many scans. Each says in a few bytes that all blocks are empty, and makes
 * the decoder visit each of them again.
 */
function manyScans(random: Random): HostileFile {
  const side = pick(random, [1_000, 3_000, 6_500]);
  const blocks = Math.ceil(side / 8) ** 2;
  const zeros = Buffer.alloc(Math.ceil(blocks / 8) + 1);
  // Symbol 0xe0 starts a run of 2^14 empty blocks.
  const runs = Buffer.alloc(Math.ceil((Math.ceil(blocks / 2 ** 14) * 15) / 8) + 1);
  const empty = scan(1, 63, runs);
  const head = [quantisation, greyFrame(0xc2, side, side)];
  const tables = [oneCode(0x00, 0), oneCode(0x10, 0xe0)];
  const scans = Array.from({ length: between(random, 200, 1_500) }, () => empty);
  return image('scans.jpg', start, ...head, ...tables, scan(0, 0, zeros), ...scans, end);
}

async function restartIntervals(random: Random): Promise<HostileFile> {
  const jpeg = await noise(random);
  const interval = Buffer.alloc(2);
  interval.writeUInt16BE(pick(random, [1, 2, 7, 65_535]));
  const scanAt = segmentOffsets(jpeg).at(-1) ?? 2;
  const marked = insertAt(jpeg, scanAt, segment(0xdd, interval));
  for (let mark = 0; mark < 20; mark++) {
    const at = scanAt + 20 + random.below(marked.length - scanAt - 24);
    marked.set([0xff, 0xd0 + random.below(8)], at);
  }
  return image('restart.jpg', marked);
}

async function tables(random: Random): Promise<HostileFile> {
  const jpeg = await noise(random, random.next() < 0.5);
  const kinds = [0xc4, 0xdb, 0xc0, 0xc2, 0xda];
  const places = segmentOffsets(jpeg).filter((at) => kinds.includes(jpeg[at + 1]!));
  const at = pick(random, places);
  const length = jpeg.readUInt16BE(at + 2);
  const changed = Buffer.from(jpeg);
  for (let change = 0; change < 6; change++)
    changed[at + 4 + random.below(length - 2)] = random.below(256);
  return image('tables.jpg', changed);
}

async function truncated(random: Random): Promise<HostileFile> {
  const jpeg = await noise(random, random.next() < 0.5);
  const places = [...segmentOffsets(jpeg), between(random, jpeg.length >> 1, jpeg.length - 1)];
  const cut = jpeg.subarray(0, pick(random, places) + pick(random, [0, 1, 2, 3, 4, 9]));
  return image('cut.jpg', cut, random.next() < 0.5 ? end : Buffer.alloc(0));
}

/** Thousands of segments with texts, profiles, or nothing. */
async function manySegments(random: Random): Promise<HostileFile> {
  const jpeg = await noise(random);
  const marker = pick(random, [0xe1, 0xe2, 0xed, 0xfe]);
  const head = { 0xe1: 'Exif\0\0', 0xe2: 'ICC_PROFILE\0', 0xed: 'Photoshop 3.0\0', 0xfe: '' }[
    marker
  ];
  const one = segment(marker, Buffer.concat([Buffer.from(head ?? ''), randomBytes(random, 12)]));
  return image(
    'segments.jpg',
    insertAt(jpeg, 2, ...Array<Buffer>(between(random, 5_000, 30_000)).fill(one)),
  );
}

/** Lengths of 0 and 1, filling bytes, and segments past the end of the file. */
async function wrongLengths(random: Random): Promise<HostileFile> {
  const jpeg = await noise(random);
  const part = pick(random, [
    segment(0xe0, Buffer.alloc(0), 0),
    segment(0xfe, Buffer.alloc(0), 1),
    segment(0xe1, randomBytes(random, 30), 65_535),
    Buffer.alloc(upTo(random, 1_000_000), 0xff),
  ]);
  return image('lengths.jpg', insertAt(jpeg, 2, part));
}

function hugeSides(random: Random): HostileFile {
  const marker = pick(random, [0xc0, 0xc1, 0xc2, 0xc3, 0xc9]);
  const side = () => pick(random, [65_535, 65_500, 1, 0]);
  const head = [quantisation, greyFrame(marker, side(), side())];
  return image(
    'sides.jpg',
    start,
    ...head,
    oneCode(0, 0),
    scan(0, 63, randomBytes(random, 99)),
    end,
  );
}

/** Pixels in the colours of a printer, a broken profile, or a wrong orientation. */
async function colours(random: Random): Promise<HostileFile> {
  const side = between(random, 8, 400);
  const raw = { width: side, height: side, channels: 3 } as const;
  const picture = sharp(randomBytes(random, side * side * 3), { raw });
  const jpeg = await (random.next() < 0.6 ? picture.toColourspace('cmyk') : picture)
    .jpeg()
    .toBuffer();
  const exif = Buffer.concat([
    Buffer.from('Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03', 'latin1'),
    randomBytes(random, 12),
  ]);
  return image('colours.jpg', insertAt(jpeg, 2, segment(0xe1, exif)));
}

export const jpegFamilies: readonly FileFamily[] = [
  { name: 'jpeg-many-scans', make: manyScans },
  { name: 'jpeg-restart-intervals', make: restartIntervals },
  { name: 'jpeg-tables', make: tables },
  { name: 'jpeg-truncated', make: truncated },
  { name: 'jpeg-many-segments', make: manySegments },
  { name: 'jpeg-wrong-lengths', make: wrongLengths },
  { name: 'jpeg-huge-sides', make: hugeSides },
  { name: 'jpeg-colours', make: colours },
  {
    name: 'jpeg-random-changes',
    make: async (random) =>
      image('changed.jpg', corrupted(random, await noise(random, true), upTo(random, 200), 2)),
  },
];
