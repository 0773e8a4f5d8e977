// cspell:ignore ftyphei, ftyphev
export type ImageFormat = 'jpeg' | 'png' | 'webp';

/** Whether these bytes stand at this place. Each character of `text` is one byte. */
export const hasBytes = (bytes: Buffer, at: number, text: string): boolean =>
  bytes.toString('latin1', at, at + text.length) === text;

/** Detects the format by the first bytes. Undefined for other formats. */
export function formatOf(bytes: Buffer): ImageFormat | undefined {
  if (hasBytes(bytes, 0, '\xff\xd8\xff')) return 'jpeg';
  if (hasBytes(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (hasBytes(bytes, 0, 'RIFF') && hasBytes(bytes, 8, 'WEBP')) return 'webp';
  return undefined;
}

const heifBrands: Record<string, string> = {
  avif: 'AVIF',
  avis: 'AVIF',
  mif1: 'HEIC',
  msf1: 'HEIC',
};

/** Names a common image format that is not supported. It reads 512 bytes, each of them once. */
export function foreignFormatOf(bytes: Buffer): string | undefined {
  const has = (text: string, at = 0) => hasBytes(bytes, at, text);
  if (has('GIF8')) return 'GIF';
  if (has('II*\0') || has('MM\0*')) return 'TIFF';
  if (has('ftyphei', 4) || has('ftyphev', 4)) return 'HEIC';
  if (has('ftyp', 4)) return heifBrands[bytes.toString('latin1', 8, 12)];
  if (has('BM') && has('\0\0\0\0', 6)) return 'BMP';
  if (has('%PDF')) return 'PDF';
  return isSvg(bytes.toString('latin1', 0, 512).toLowerCase()) ? 'SVG' : undefined;
}

const byteOrderMark = '\xef\xbb\xbf';
/** What may stand before the root element: how it begins, and how it ends. */
const prologue: [string, string][] = [
  ['<!--', '-->'],
  ['<?xml', '>'],
  ['<!doctype', '>'],
];

function isSvg(text: string): boolean {
  let at = text.startsWith(byteOrderMark) ? byteOrderMark.length : 0;
  for (;;) {
    while (' \t\r\n'.includes(text[at] ?? '-')) at++;
    const part = prologue.find(([start]) => text.startsWith(start, at));
    if (!part) return text.startsWith('<svg', at);
    const end = text.indexOf(part[1], at + part[0].length);
    if (end < 0) return false;
    at = end + part[1].length;
  }
}
