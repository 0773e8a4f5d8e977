import { once } from 'node:events';
import { crc32, createInflate } from 'node:zlib';

/** Sizes of the chunks that change how pixels look. Every other chunk is more than pixels. */
const fixedSizes: Record<string, number[]> = {
  IHDR: [13],
  gAMA: [4],
  cHRM: [32],
  sRGB: [1],
  sBIT: [1, 2, 3, 4],
  pHYs: [9],
  cICP: [4],
  IEND: [0],
};

interface PngImage {
  width: number;
  height: number;
  bitsPerPixel: number;
  hasPalette: boolean;
  interlaced: boolean;
}

/**
 * Whether a PNG holds only pixels: known chunks of their exact size, each once, with correct check
 * sums, and compressed data that ends with the last pixel.
 */
export async function isOnlyPixelsPng(bytes: Buffer): Promise<boolean> {
  const data: Buffer[] = [];
  const seen = new Set<string>();
  let image: PngImage | undefined;
  let last = '';
  for (let at = 8; at < bytes.length;) {
    const size = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const content = bytes.subarray(at + 8, at + 8 + size);
    if (crc32(bytes.subarray(at + 4, at + 8 + size)) !== bytes.readUInt32BE(at + 8 + size))
      return false;
    if (at === 8) image = type === 'IHDR' && size === 13 ? imageOf(content) : undefined;
    if (!image || last === 'IEND' || (seen.has(type) && !(type === 'IDAT' && last === 'IDAT')))
      return false;
    if (type === 'IDAT') data.push(content);
    else if (!isPixelChunk(type, size, image)) return false;
    seen.add(type);
    last = type;
    at += 12 + size;
  }
  return last === 'IEND' && image !== undefined && (await endsWithLastPixel(data, image));
}

const channels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

function imageOf(header: Buffer): PngImage {
  const colour = header[9] ?? 0;
  return {
    width: header.readUInt32BE(0),
    height: header.readUInt32BE(4),
    bitsPerPixel: (header[8] ?? 0) * (channels[colour] ?? 0),
    hasPalette: colour === 3,
    interlaced: header[12] === 1,
  };
}

function isPixelChunk(type: string, size: number, image: PngImage): boolean {
  const colours = 2 ** image.bitsPerPixel;
  if (type === 'PLTE') return image.hasPalette && size % 3 === 0 && size / 3 <= colours;
  if (type === 'tRNS') return image.hasPalette ? size <= colours : size === 2 || size === 6;
  if (type === 'bKGD') return size === 1 || size === 2 || size === 6;
  return fixedSizes[type]?.includes(size) ?? false;
}

/** First pixel and step of each pass of an interlaced image: x, y, x step, y step. */
const passes = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/** Bytes of the unpacked image: each row has a filter byte and its pixels. */
function unpackedSize({ width, height, bitsPerPixel, interlaced }: PngImage): number {
  const sizeOf = (columns: number, rows: number) =>
    columns > 0 && rows > 0 ? rows * (1 + Math.ceil((columns * bitsPerPixel) / 8)) : 0;
  if (!interlaced) return sizeOf(width, height);
  return passes.reduce(
    (sum, [x, y, stepX, stepY]) =>
      sum + sizeOf(Math.ceil((width - x) / stepX), Math.ceil((height - y) / stepY)),
    0,
  );
}

async function endsWithLastPixel(data: readonly Buffer[], image: PngImage): Promise<boolean> {
  const inflate = createInflate({ chunkSize: 256 * 1024 });
  const expected = unpackedSize(image);
  const packed = data.reduce((sum, { length }) => sum + length, 0);
  let unpacked = 0;
  inflate.on('data', (chunk: Buffer) => {
    unpacked += chunk.length;
    if (unpacked > expected) inflate.destroy();
  });
  const ended = once(inflate, 'close');
  inflate.on('error', () => {});
  for (const part of data) inflate.write(part);
  inflate.end();
  await ended;
  // What stands behind the end of the compressed data is not read.
  return unpacked === expected && inflate.bytesWritten === packed;
}
