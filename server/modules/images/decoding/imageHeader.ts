import { formatOf, hasBytes, type ImageFormat } from './imageFormat';
import { isFrame, jpegSegments, startOfScan } from './jpegSegments';

/** What the header of an image says, read without decoding anything. */
export interface ImageHeader {
  format: ImageFormat;
  width: number;
  height: number;
  /**
   * Bytes that a decoder holds at once for this kind of file. Zero if it can be decoded row by row.
   */
  decodeBytes: number;
}

/** Undefined if there is no header of a supported format, or it is cut off. */
export function headerOf(bytes: Buffer): ImageHeader | undefined {
  const format = formatOf(bytes);
  if (format === 'jpeg') return jpegHeader(bytes);
  if (format === 'png') return pngHeader(bytes);
  if (format === 'webp') return webpHeader(bytes);
  return undefined;
}

const baselineFrames = [0xc0, 0xc1];

/**
 * A JPEG with several scans is decoded when all scans are read, and until then each sample is a
 * coefficient of two bytes.
 */
function jpegHeader(bytes: Buffer): ImageHeader | undefined {
  let frame: (ImageHeader & { components: number; baseline: boolean }) | undefined;
  for (const { marker, start, end } of jpegSegments(bytes)) {
    if (end > bytes.length) return undefined;
    if (isFrame(marker) && end - start >= 6) {
      const components = bytes[start + 5] ?? 0;
      const [height, width] = [bytes.readUInt16BE(start + 1), bytes.readUInt16BE(start + 3)];
      const decodeBytes = 2 * samplesOf(bytes.subarray(start + 6, end), width * height);
      const baseline = baselineFrames.includes(marker);
      frame = { format: 'jpeg', width, height, decodeBytes, components, baseline };
    }
    if (marker === startOfScan && frame?.baseline && bytes[start] === frame.components)
      frame.decodeBytes = 0;
  }
  return frame;
}

/** @param table of the components, three bytes each: id, sampling factors, quantisation table */
function samplesOf(table: Buffer, pixels: number): number {
  const factors: number[] = [];
  for (let at = 1; at < table.length; at += 3) {
    const both = table[at] ?? 0;
    factors.push((both >> 4) * (both & 15));
  }
  const largest = Math.max(1, ...factors);
  return factors.reduce((sum, factor) => sum + (pixels * factor) / largest, 0);
}

const pngChannels: Record<number, number> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** An interlaced PNG is decoded as a whole. */
function pngHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 33 || !hasBytes(bytes, 12, 'IHDR')) return undefined;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const bits = bytes[24] ?? 8;
  const channels = pngChannels[bytes[25] ?? 0] ?? 4;
  const interlaced = bytes[28] !== 0;
  // A palette becomes three or four channels.
  const pixelBytes = bytes[25] === 3 ? 4 : channels * Math.ceil(bits / 8);
  return {
    format: 'png',
    width,
    height,
    decodeBytes: interlaced ? width * height * pixelBytes : 0,
  };
}

/**
 * A lossless WebP is decoded as a whole, and so is the transparency of any other. The rest is
 * decoded in strips.
 */
function webpHeader(bytes: Buffer): ImageHeader | undefined {
  if (bytes.length < 30) return undefined;
  const type = bytes.toString('latin1', 12, 16);
  const of = (width: number, height: number, pixelBytes: number): ImageHeader => ({
    format: 'webp',
    width,
    height,
    decodeBytes: width * height * pixelBytes,
  });
  if (type === 'VP8X') {
    const pixelBytes = hasLossless(bytes) ? losslessBytes : 2;
    return of(bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1, pixelBytes);
  }
  if (type === 'VP8 ')
    return of(bytes.readUInt16LE(26) & 0x3fff, bytes.readUInt16LE(28) & 0x3fff, 1);
  if (type !== 'VP8L') return undefined;
  const sizes = bytes.readUInt32LE(21);
  return of((sizes & 0x3fff) + 1, ((sizes >>> 14) & 0x3fff) + 1, losslessBytes);
}

const losslessBytes = 5;

/** The frames of an animation count too, so the bytes are searched and not only the chunks. */
const hasLossless = (bytes: Buffer): boolean => bytes.includes('VP8L') || bytes.includes('ALPH');
