import { closeSync, openSync, readSync } from 'node:fs';
import sharp from 'sharp';
import { ModelInputError } from '../errors';

/** Images with more pixels are refused before they are decoded. */
export const pixelLimit = 50_000_000;

const hasBytes = (data: Buffer, at: number, bytes: string): boolean =>
  data.toString('latin1', at, at + bytes.length) === bytes;

/**
 * Reads the first bytes of a file. The read is synchronous, because twelve bytes cost less than a
 * turn of the event loop.
 */
function firstBytes(file: string): Buffer {
  const head = Buffer.alloc(12);
  const handle = openSync(file, 'r');
  try {
    return head.subarray(0, readSync(handle, head, 0, head.length, 0));
  } finally {
    closeSync(handle);
  }
}

/** Whether the first bytes are those of JPEG, PNG or WebP. */
const isReadable = (data: Buffer): boolean =>
  hasBytes(data, 0, '\xff\xd8\xff') ||
  hasBytes(data, 0, '\x89PNG\r\n\x1a\n') ||
  (hasBytes(data, 0, 'RIFF') && hasBytes(data, 8, 'WEBP'));

// One thread per image, because the pipeline decodes several images at a time.
sharp.concurrency(1);
sharp.cache(false);

function imageError(error: unknown): ModelInputError {
  const reason = error instanceof Error ? error.message.trim() : String(error);
  return new ModelInputError('IMAGE', `The image cannot be decoded: ${reason}`);
}

/**
 * Decodes a JPEG, PNG or WebP image to size × size × 3 bytes of sRGB, row-major. The image is
 * turned upright by its EXIF orientation and stretched to the square. Transparency is drawn over
 * white, and grey becomes three equal channels.
 *
 * @param image encoded bytes, or the path of a file
 * @param size edge in pixels
 * @throws ModelInputError `IMAGE` for anything that is not a complete image of these formats, or
 *   that has more than 50 million pixels
 */
export async function decodePixels(image: Buffer | string, size: number): Promise<Uint8Array> {
  try {
    const head = typeof image === 'string' ? firstBytes(image) : image;
    if (!isReadable(head)) throw new Error('it is not a JPEG, PNG or WebP file');
    const { data } = await sharp(image, { limitInputPixels: pixelLimit, failOn: 'truncated' })
      .autoOrient()
      .resize(size, size, { fit: 'fill' })
      .flatten({ background: '#ffffff' })
      .toColourspace('srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    if (data.length !== size * size * 3)
      throw new Error(`${data.length} bytes do not make ${size} × ${size} × 3`);
    return data;
  } catch (error) {
    throw imageError(error);
  }
}
