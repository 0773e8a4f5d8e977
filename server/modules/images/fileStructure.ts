/** Facts about the bytes of an image file that decoders do not report. */
export interface FileStructure {
  /** Whether the file reaches its own end mark. */
  complete: boolean;
  /**
   * Whether the file holds only pixels: no comment, date, maker's note, or data after the image.
   */
  onlyPixels: boolean;
}

type Format = 'jpeg' | 'png' | 'webp';

const startsWith = (bytes: Buffer, hex: string, offset = 0) =>
  bytes.subarray(offset, offset + hex.length / 2).toString('hex') === hex;

/** Detects the format by the first bytes. Undefined for other formats. */
export function formatOf(bytes: Buffer): Format | undefined {
  if (startsWith(bytes, 'ffd8ff')) return 'jpeg';
  if (startsWith(bytes, '89504e470d0a1a0a')) return 'png';
  if (startsWith(bytes, '52494646') && startsWith(bytes, '57454250', 8)) return 'webp';
  return undefined;
}

/** Names a common image format that is not supported. */
export function foreignFormatOf(bytes: Buffer): string | undefined {
  const text = bytes.subarray(0, 512).toString('latin1');
  if (text.startsWith('GIF8')) return 'GIF';
  if (/^(II\*\0|MM\0\*)/.test(text)) return 'TIFF';
  if (/^.{4}ftypavi[fs]/s.test(text)) return 'AVIF';
  if (/^.{4}ftyp(hei|hev|mif1|msf1)/s.test(text)) return 'HEIC';
  if (/^BM.{4}\0{4}/s.test(text)) return 'BMP';
  if (/^\s*(<\?xml[^>]*>|<!--.*?-->|<!doctype[^>]*>|\s)*<svg/is.test(text.replace(/^ï»¿/, '')))
    return 'SVG';
  return text.startsWith('%PDF') ? 'PDF' : undefined;
}

export function structureOf(bytes: Buffer): FileStructure {
  switch (formatOf(bytes)) {
    case 'jpeg':
      return jpegStructure(bytes);
    case 'png':
      return pngStructure(bytes);
    case 'webp':
      return webpStructure(bytes);
    default:
      return { complete: false, onlyPixels: false };
  }
}

const startOfScan = 0xda;
const applicationSegments = [0xe0, 0xef] as const;
const comment = 0xfe;
/** APP0 is JFIF's, APP14 contains the colour transform. */
const neededToDecode = [0xe0, 0xee];

function jpegStructure(bytes: Buffer): FileStructure {
  const [first, last] = applicationSegments;
  let onlyPixels = true;
  let at = 2;
  while (at + 4 <= bytes.length && bytes[at] === 0xff && bytes[at + 1] !== startOfScan) {
    const marker = bytes[at + 1] ?? 0;
    const carriesMore = marker === comment || (marker >= first && marker <= last);
    if (carriesMore && !neededToDecode.includes(marker)) onlyPixels = false;
    at += marker === 0xff ? 1 : 2 + bytes.readUInt16BE(at + 2);
  }
  const end = bytes.indexOf('ffd9', at, 'hex');
  return { complete: end >= 0, onlyPixels: onlyPixels && end === bytes.length - 2 };
}

const pixelChunks = new Set(
  'IHDR PLTE IDAT IEND tRNS gAMA cHRM sRGB sBIT bKGD hIST pHYs sPLT cICP acTL fcTL fdAT'.split(' '),
);

function pngStructure(bytes: Buffer): FileStructure {
  let onlyPixels = true;
  for (let at = 8; at + 12 <= bytes.length;) {
    const type = bytes.toString('latin1', at + 4, at + 8);
    if (!pixelChunks.has(type)) onlyPixels = false;
    at += 12 + bytes.readUInt32BE(at);
    if (type === 'IEND')
      return { complete: at <= bytes.length, onlyPixels: onlyPixels && at === bytes.length };
  }
  return { complete: false, onlyPixels };
}

const webpPixelChunks = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);

function webpStructure(bytes: Buffer): FileStructure {
  const end = 8 + bytes.readUInt32LE(4);
  let onlyPixels = end === bytes.length;
  for (let at = 12; at + 8 <= Math.min(end, bytes.length);) {
    if (!webpPixelChunks.has(bytes.toString('latin1', at, at + 4))) onlyPixels = false;
    const size = bytes.readUInt32LE(at + 4);
    at += 8 + size + (size % 2);
  }
  return { complete: end <= bytes.length, onlyPixels };
}
