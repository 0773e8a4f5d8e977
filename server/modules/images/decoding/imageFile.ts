import { readFile, stat, writeFile } from 'node:fs/promises';
import sharp, { type Metadata, type Sharp } from 'sharp';
import { RefusalReason } from '../../../../shared/enums';
import { limits } from '../../../../shared/limits';
import { structureOf, isComplete } from './fileStructure';
import { foreignFormatOf, formatOf, type ImageFormat } from './imageFormat';
import { headerOf, type ImageHeader } from './imageHeader';
import { RefusedFileError } from '../refusedFile';
import type { Reserve } from '../../../processes/serveTasks';
import { firstFrameOf, strippedWebp } from './webpPixels';

// Everything else that libvips can open (SVG, PDF, TIFF, …) would only add attack surface.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'],
});
// One thread per image, because several processes keep the cores busy.
sharp.concurrency(1);
sharp.cache(false);

const thumbnailSide = 320;
const mediaTypes: Record<ImageFormat, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

export interface PreparedImage {
  /** Whether the file itself holds only pixels and can be stored as it is. */
  unchanged: boolean;
  /** WebP. */
  thumbnail: Buffer;
  mediaType: string;
  width: number;
  height: number;
}

export interface PrepareOrder {
  /** The file to check. */
  path: string;
  /** Where to write the image, upright and without metadata, unless the file is stored unchanged. */
  renditionPath: string;
  /** Bytes that decoding may hold at once. */
  decodeBytes: number;
}

/** Checks a file to its last byte and creates the stored versions. @throws RefusedFileError */
export async function prepareImage(order: PrepareOrder, reserve: Reserve): Promise<PreparedImage> {
  const { source, header, onlyPixels, stripped } = await examine(order);
  try {
    const metadata = await open(source).metadata();
    const rendition = renditionOf(metadata, onlyPixels, stripped);
    const held = (stripped?.length ?? 0) + (typeof source === 'string' ? 0 : source.length);
    const needed =
      held + header.decodeBytes + (rendition === 'encoded' ? encodeBytes(metadata) : 0);
    checkMemory(needed, order.decodeBytes);
    await reserve(needed / 2 ** 20);
    const { width, height } = metadata;
    const image = { thumbnail: await thumbnailOf(source), mediaType: mediaTypes[header.format] };
    if (rendition === 'same') return { ...image, unchanged: true, width, height };
    if (rendition === 'encoded')
      return { ...image, unchanged: false, ...(await encode(source, metadata, order)) };
    await writeFile(order.renditionPath, rendition);
    return { ...image, unchanged: false, width, height };
  } catch (error) {
    throw refusalOf(error as Error);
  }
}

/** How the stored image comes about: the file itself, its bytes without metadata, or encoded. */
function renditionOf(
  metadata: Metadata,
  onlyPixels: boolean,
  stripped: Buffer | undefined,
): 'same' | 'encoded' | Buffer {
  if (!isUpright(metadata) || metadata.icc) return 'encoded';
  if (onlyPixels && isPlain(metadata)) return 'same';
  return stripped ?? 'encoded';
}

const thumbnailOf = (source: string | Buffer): Promise<Buffer> =>
  open(source)
    .autoOrient()
    .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
    .webp({ quality: 80, effort: 1 })
    .toBuffer();

/** Reads the bytes without decoding them. They are released before the image is decoded. */
async function examine(order: PrepareOrder) {
  const { size } = await stat(order.path);
  if (size === 0) throw new RefusedFileError(RefusalReason.EMPTY, 'The file is empty.');
  if (size > limits.maxFileBytes)
    throw new RefusedFileError(
      RefusalReason.TOO_LARGE,
      `The file has ${size} bytes; the limit is ${limits.maxFileBytes}.`,
    );
  const bytes = await readFile(order.path);
  if (!formatOf(bytes)) throw unsupported(foreignFormatOf(bytes));
  const header = headerOf(bytes);
  if (!header) throw damaged();
  checkSize(header);
  checkMemory(header.decodeBytes, order.decodeBytes);
  if (!isComplete(bytes)) throw damaged();
  const firstFrame = header.format === 'webp' ? firstFrameOf(bytes) : undefined;
  if (firstFrame) return { source: firstFrame, header, onlyPixels: false };
  const { onlyPixels } = await structureOf(bytes);
  const stripped = header.format === 'webp' && !onlyPixels ? strippedWebp(bytes) : undefined;
  return { source: order.path, header, onlyPixels, stripped };
}

function checkSize({ width, height }: ImageHeader): void {
  const longest = Math.max(width, height);
  if (longest > limits.maxSide)
    throw new RefusedFileError(
      RefusalReason.SIDE_TOO_LONG,
      `The image is ${width} × ${height} pixels; a side may have ${limits.maxSide}. Cut it into parts first.`,
    );
  if (width * height > limits.maxPixels) throw tooManyPixels();
}

function checkMemory(needed: number, limit: number): void {
  if (needed > limit)
    throw new RefusedFileError(
      RefusalReason.TOO_MUCH_MEMORY,
      `Reading this image needs ${inMiB(needed)} MiB of memory; the limit is ${inMiB(limit)}. ` +
        'Save it as a baseline JPEG or as a PNG without interlacing, or make it smaller.',
    );
}

const inMiB = (bytes: number) => Math.ceil(bytes / 2 ** 20);

/** Rows are read from top to bottom, which needs little memory. */
const open = (source: string | Buffer): Sharp =>
  sharp(source, { limitInputPixels: limits.maxPixels, failOn: 'error', sequentialRead: true });

const isUpright = ({ orientation }: Metadata): boolean => (orientation ?? 1) === 1;

/**
 * Whether a file can be stored unchanged: no rotation to apply, and no metadata about place, time
 * or camera.
 */
function isPlain(metadata: Metadata): boolean {
  const { exif, xmp, iptc, icc, comments } = metadata;
  return isUpright(metadata) && !exif && !xmp && !iptc && !icc && !comments?.length;
}

/** WebP is encoded from the whole image in several forms. */
const webpEncodeBytes = 16;

/** Bytes that an encoder holds at once. A rotated image is held as a whole. */
function encodeBytes(metadata: Metadata): number {
  const { width, height, channels, depth, format } = metadata;
  const pixels = width * height;
  if (format === 'webp') return pixels * webpEncodeBytes;
  return isUpright(metadata) ? 0 : pixels * channels * (depth === 'ushort' ? 2 : 1);
}

/** A large PNG is packed less well, so that it is packed in time. */
const largePixels = 12_000_000;

/** Without keepMetadata sharp drops all metadata, after converting colours to sRGB. */
async function encode(source: string | Buffer, metadata: Metadata, order: PrepareOrder) {
  const { width, height } = await encoder(open(source).autoOrient(), metadata).toFile(
    order.renditionPath,
  );
  return { width, height };
}

function encoder(image: Sharp, { format, width, height }: Metadata): Sharp {
  if (format === 'png')
    return image.png({ compressionLevel: width * height > largePixels ? 3 : 6 });
  if (format === 'webp') return image.webp({ quality: 95, effort: 2 });
  // Tables for this image alone would need all its coefficients at once.
  return image.jpeg({ quality: 95, chromaSubsampling: '4:4:4', optimiseCoding: false });
}

const tooManyPixels = () =>
  new RefusedFileError(
    RefusalReason.TOO_MANY_PIXELS,
    `The image has more than ${limits.maxPixels / 1e6} million pixels. Make it smaller first.`,
  );

const unsupported = (format: string | undefined) =>
  format
    ? new RefusedFileError(
        RefusalReason.UNSUPPORTED_FORMAT,
        `${format} files are not supported. Convert it to JPEG, PNG or WebP first.`,
      )
    : new RefusedFileError(
        RefusalReason.NOT_AN_IMAGE,
        'This is not a readable image. JPEG, PNG and WebP are supported.',
      );

const damaged = () =>
  new RefusedFileError(RefusalReason.TRUNCATED, 'The file is incomplete or damaged.');

/** The header is readable, so the file is an image. An error of libvips means that it is damaged. */
function refusalOf(error: Error): RefusedFileError {
  if (error instanceof RefusedFileError) return error;
  return error.message.toLowerCase().includes('pixel limit') ? tooManyPixels() : damaged();
}
