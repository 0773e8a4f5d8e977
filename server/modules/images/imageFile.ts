import sharp, { type Metadata } from 'sharp';
import { RefusalReason } from '../../../shared/enums';
import { limits } from '../../../shared/limits';
import { foreignFormatOf, formatOf, structureOf } from './fileStructure';

// Everything else that libvips can open (SVG, PDF, TIFF, …) would only add attack surface.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'],
});
// One thread per image and several images at once keep the cores busy with small images.
sharp.concurrency(1);
sharp.cache(false);

const thumbnailSide = 320;
const mediaTypes: Record<string, string> = {
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
};

/** A file that is refused, with the reason. */
export class RefusedFileError extends Error {
  constructor(
    readonly reason: RefusalReason,
    message: string,
  ) {
    super(message);
  }
}

export interface PreparedImage {
  /** The image, upright and without metadata. */
  bytes: Buffer;
  /** WebP. */
  thumbnail: Buffer;
  mediaType: string;
  width: number;
  height: number;
}

const open = (bytes: Buffer) =>
  sharp(bytes, { limitInputPixels: limits.maxPixels, failOn: 'error' });

/** Checks a file to its last byte and creates the stored versions. @throws RefusedFileError */
export async function prepareImage(bytes: Buffer): Promise<PreparedImage> {
  if (bytes.length === 0) throw new RefusedFileError(RefusalReason.EMPTY, 'The file is empty.');
  if (bytes.length > limits.maxFileBytes)
    throw new RefusedFileError(
      RefusalReason.TOO_LARGE,
      `The file has ${bytes.length} bytes; the limit is ${limits.maxFileBytes}.`,
    );
  const metadata = await readMetadata(bytes);
  const { complete, onlyPixels } = structureOf(bytes);
  if (!complete) throw damaged();
  try {
    const thumbnail = await open(bytes)
      .rotate()
      .resize(thumbnailSide, thumbnailSide, { fit: 'inside', withoutEnlargement: true })
      .webp({ quality: 80, effort: 1 })
      .toBuffer();
    const mediaType = mediaTypes[metadata.format] ?? '';
    if (onlyPixels && isPlain(metadata))
      return { bytes, thumbnail, mediaType, width: metadata.width, height: metadata.height };
    const { data, info } = await reencode(bytes, metadata.format);
    return { bytes: data, thumbnail, mediaType, width: info.width, height: info.height };
  } catch (error) {
    const refusal = refusalOf(error as Error, bytes);
    // The header was read, so it is an image. libvips keeps one error text for all threads: a sound
    // file can clear the text of a broken one beside it, and only "Unknown error" is left.
    throw refusal.reason === RefusalReason.NOT_AN_IMAGE ? damaged() : refusal;
  }
}

async function readMetadata(bytes: Buffer): Promise<Metadata> {
  const metadata = await open(bytes)
    .metadata()
    .catch((error: Error) => {
      throw refusalOf(error, bytes);
    });
  if (!mediaTypes[metadata.format]) throw unsupported(metadata.format);
  if (metadata.width * metadata.height > limits.maxPixels) throw tooManyPixels();
  return metadata;
}

/**
 * Whether a file can be stored unchanged: no rotation to apply, and no metadata about place, time
 * or camera.
 */
function isPlain({ orientation, exif, xmp, iptc, icc, comments }: Metadata): boolean {
  return (orientation ?? 1) === 1 && !exif && !xmp && !iptc && !icc && !comments?.length;
}

/** Without keepMetadata sharp drops all metadata, after converting colours to sRGB. */
function reencode(bytes: Buffer, format: string) {
  const upright = open(bytes).rotate();
  if (format === 'png') return upright.png().toBuffer({ resolveWithObject: true });
  if (format === 'webp') return upright.webp({ quality: 95 }).toBuffer({ resolveWithObject: true });
  return upright
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer({ resolveWithObject: true });
}

const tooManyPixels = () =>
  new RefusedFileError(
    RefusalReason.TOO_MANY_PIXELS,
    `The image has more than ${limits.maxPixels / 1e6} million pixels. Make it smaller first.`,
  );

const unsupported = (format: string) =>
  new RefusedFileError(
    RefusalReason.UNSUPPORTED_FORMAT,
    `${format} files are not supported. Convert it to JPEG, PNG or WebP first.`,
  );

const damaged = () =>
  new RefusedFileError(RefusalReason.TRUNCATED, 'The file is incomplete or damaged.');

function refusalOf(error: Error, bytes: Buffer): RefusedFileError {
  if (error instanceof RefusedFileError) return error;
  const text = error.message.toLowerCase();
  if (text.includes('pixel limit')) return tooManyPixels();
  if (
    /premature|truncated|end of (file|stream|image)|not enough data|unexpected end|bad read|libspng read error|idat/.test(
      text,
    )
  )
    return damaged();
  if (formatOf(bytes) && !structureOf(bytes).complete) return damaged();
  const foreign = foreignFormatOf(bytes);
  if (foreign) return unsupported(foreign);
  return new RefusedFileError(
    RefusalReason.NOT_AN_IMAGE,
    'This is not a readable image. JPEG, PNG and WebP are supported.',
  );
}
