import { formatOf, hasBytes } from './imageFormat';
import { isOnlyPixelsJpeg } from './jpegPixels';
import { jpegSegments } from './jpegSegments';
import { isOnlyPixelsPng } from './pngPixels';
import { isOnlyPixelsWebp } from './webpPixels';

export { foreignFormatOf, formatOf } from './imageFormat';

/** Facts about the bytes of an image file that decoders do not report. */
export interface FileStructure {
  /** Whether the file reaches its own end mark. */
  complete: boolean;
  /**
   * Whether every byte of the file is proven to be needed for its pixels: no comment, date, maker's
   * note, no data after, between or inside the parts of the image. If in doubt, false.
   */
  onlyPixels: boolean;
}

/** Reads every byte a fixed number of times. It never throws. */
export async function structureOf(bytes: Buffer): Promise<FileStructure> {
  const complete = isComplete(bytes);
  return { complete, onlyPixels: complete && (await isOnlyPixels(bytes)) };
}

/** Whether the file reaches its own end mark. */
export function isComplete(bytes: Buffer): boolean {
  switch (formatOf(bytes)) {
    case 'jpeg':
      return isCompleteJpeg(bytes);
    case 'png':
      return isCompletePng(bytes);
    case 'webp':
      return bytes.length >= 12 && 8 + bytes.readUInt32LE(4) <= bytes.length;
    default:
      return false;
  }
}

async function isOnlyPixels(bytes: Buffer): Promise<boolean> {
  try {
    switch (formatOf(bytes)) {
      case 'jpeg':
        return isOnlyPixelsJpeg(bytes);
      case 'png':
        return await isOnlyPixelsPng(bytes);
      case 'webp':
        return isOnlyPixelsWebp(bytes);
      default:
        return false;
    }
  } catch {
    // Reading beyond the end, for example: nothing is proven.
    return false;
  }
}

function isCompleteJpeg(bytes: Buffer): boolean {
  let at = 2;
  for (const { end } of jpegSegments(bytes)) at = end;
  return bytes.indexOf('ffd9', at, 'hex') >= 0;
}

function isCompletePng(bytes: Buffer): boolean {
  for (let at = 8; at + 12 <= bytes.length;) {
    const next = at + 12 + bytes.readUInt32BE(at);
    if (hasBytes(bytes, at + 4, 'IEND')) return next <= bytes.length;
    at = next;
  }
  return false;
}
