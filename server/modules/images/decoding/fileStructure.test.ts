// cspell:ignore ffda, ftypavif, ftypheic, ftypmif
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { photo } from '../../../testing/factories';
import {
  animatedPng,
  animatedWebp,
  pngChunk,
  withJpegSegment,
  withPngChunk,
} from '../../../testing/imageFiles';
import { foreignFormatOf, structureOf } from './fileStructure';

const text = Buffer.from('the address of a person');

/** Inserts bytes at a place. */
const inserted = (file: Buffer, at: number, bytes: Buffer) =>
  Buffer.concat([file.subarray(0, at), bytes, file.subarray(at)]);

const jfif = 'JFIF\0\x01\x01\0\0\x01\0\x01\0\0';
const adobe = 'Adobe\0d\0\0\0\0\x01';

/** Colours and edges that need long codes. */
const noise = (width = 75, height = 53, channels: 1 | 3 | 4 = 3) => {
  const pixels = Buffer.alloc(width * height * channels, 0);
  let state = 1;
  for (let at = 0; at < pixels.length; at++) {
    state = (state * 48_271) % 2_147_483_647;
    pixels[at] = (at % width) * 2 + (state % 90);
  }
  return sharp(pixels, { raw: { width, height, channels } });
};

describe('a picture that a program wrote holds only pixels', () => {
  test.each([
    ['JPEG', () => noise().jpeg({ quality: 90 }).toBuffer()],
    ['JPEG of quality 100', () => noise().jpeg({ quality: 100 }).toBuffer()],
    ['JPEG of quality 5', () => noise().jpeg({ quality: 5 }).toBuffer()],
    ['JPEG with full colour', () => noise().jpeg({ chromaSubsampling: '4:4:4' }).toBuffer()],
    ['JPEG with own tables', () => noise().jpeg({ optimiseCoding: true }).toBuffer()],
    ['JPEG with common tables', () => noise().jpeg({ optimiseCoding: false }).toBuffer()],
    ['JPEG with a JFIF header', () => withJfif()],
    ['JPEG with an Adobe header', async () => withJpegSegment(await jpeg(), 0xee, adobe)],
    ['grey JPEG', () => noise(75, 53, 1).greyscale().jpeg().toBuffer()],
    ['CMYK JPEG', () => noise().toColourspace('cmyk').jpeg().toBuffer()],
    ['JPEG of one block', () => noise(8, 8).jpeg().toBuffer()],
    ['progressive JPEG', () => noise().jpeg({ progressive: true }).toBuffer()],
    [
      'progressive JPEG with full colour',
      () => noise(61, 90).jpeg({ progressive: true, chromaSubsampling: '4:4:4' }).toBuffer(),
    ],
    [
      'progressive JPEG with chosen scans',
      () => noise(200, 190).jpeg({ mozjpeg: true, quality: 70 }).toBuffer(),
    ],
    ['large progressive JPEG', () => noise(700, 500).jpeg({ progressive: true }).toBuffer()],
    ['PNG', () => noise().png().toBuffer()],
    ['interlaced PNG', () => noise(33, 21).png({ progressive: true }).toBuffer()],
    ['tiny interlaced PNG', () => noise(3, 2).png({ progressive: true }).toBuffer()],
    ['PNG with a palette', () => noise().png({ palette: true, colours: 5 }).toBuffer()],
    ['PNG with transparency', () => noise(20, 20, 4).png().toBuffer()],
    ['grey PNG', () => noise(75, 53, 1).greyscale().png().toBuffer()],
    ['16-bit PNG', () => noise().toColourspace('rgb16').png().toBuffer()],
    ['WebP', () => noise().webp().toBuffer()],
    ['lossless WebP', () => noise().webp({ lossless: true }).toBuffer()],
    ['WebP with transparency', () => noise(20, 20, 4).webp().toBuffer()],
  ])('%s', async (_what, make) => {
    expect(await structureOf(await make())).toEqual({ complete: true, onlyPixels: true });
  });
});

const jpeg = () => noise().jpeg().toBuffer();
const withJfif = async () => withJpegSegment(await jpeg(), 0xe0, jfif);
const progressive = () => noise().jpeg({ progressive: true }).toBuffer();
const png = () => noise().png().toBuffer();
const webp = () => noise().webp().toBuffer();

/** Where each scan of a JPEG ends. */
function scanEnds(file: Buffer): number[] {
  const ends: number[] = [];
  for (let at = file.indexOf('ffda', 0, 'hex'); at >= 0; at = file.indexOf('ffda', at, 'hex')) {
    at += 2 + file.readUInt16BE(at + 2);
    while (file[at] !== 0xff || file[at + 1] === 0) at++;
    ends.push(at);
  }
  return ends;
}

/** Puts the text into a table with this marker and head, padded to its size. */
const table = (head: number[], size: number) =>
  Buffer.concat([Buffer.from(head), Buffer.alloc(size - text.length), text]).toString('latin1');

describe('text is found wherever it hides', () => {
  test.each<[string, () => Promise<Buffer>]>([
    [
      'behind a JFIF header',
      async () => withJpegSegment(await jpeg(), 0xe0, `${String(jfif)}${String(text)}`),
    ],
    ['in a second JFIF segment', async () => withJpegSegment(await withJfif(), 0xe0, jfif)],
    [
      'in a JFIF extension',
      async () => withJpegSegment(await jpeg(), 0xe0, `JFXX\0${String(text)}`),
    ],
    [
      'in an Adobe segment',
      async () => withJpegSegment(await jpeg(), 0xee, `${String(adobe)}${String(text)}`),
    ],
    ['in a comment', async () => withJpegSegment(await jpeg(), 0xfe, text.toString())],
    ['in a maker note', async () => withJpegSegment(await jpeg(), 0xe9, text.toString())],
    ['behind a JPEG', async () => Buffer.concat([await jpeg(), text])],
    ['between the last pixel and the end mark', async () => inserted(await jpeg(), -2, text)],
    ['in one byte before the end mark', async () => inserted(await jpeg(), -2, Buffer.from('a'))],
    [
      'between two scans',
      async () => {
        const file = await progressive();
        return inserted(file, scanEnds(file)[0] ?? 0, text);
      },
    ],
    [
      'between the last two scans',
      async () => {
        const file = await progressive();
        return inserted(file, scanEnds(file).at(-2) ?? 0, text);
      },
    ],
    [
      'in a scan that is sent twice',
      async () => {
        const file = await jpeg();
        const from = file.indexOf('ffda', 0, 'hex');
        return inserted(file, from, file.subarray(from, -2));
      },
    ],
    [
      'in an unused quantisation table',
      async () => {
        const file = await jpeg();
        const chunk = Buffer.from(`\xff\xdb\0\x43${table([3], 65)}`, 'latin1');
        return inserted(file, 2, chunk);
      },
    ],
    ['behind a PNG', async () => Buffer.concat([await png(), text])],
    ['in a PNG’s text', async () => withPngChunk(await png(), 'tEXt', text)],
    ['in a PNG’s suggested palette', async () => withPngChunk(await png(), 'sPLT', text)],
    ['in a PNG’s own chunk', async () => withPngChunk(await png(), 'prVt', text)],
    ['in another IDAT chunk', async () => withPngChunk(await png(), 'IDAT', text)],
    ['in another packed IDAT', async () => withPngChunk(await png(), 'IDAT', deflateSync(text))],
    [
      'in rows below the image',
      async () => {
        const file = await noise(10, 10).png().toBuffer();
        const rows = Buffer.concat([Buffer.alloc(10 * 31), text]);
        return Buffer.concat([
          file.subarray(0, 33),
          pngChunk('IDAT', deflateSync(rows)),
          pngChunk('IEND', Buffer.alloc(0)),
        ]);
      },
    ],
    [
      'in the palette of a PNG without one',
      async () => inserted(await png(), 33, pngChunk('PLTE', Buffer.from('abcdef'))),
    ],
    [
      'in check sums',
      async () => {
        const file = inserted(await png(), -12, pngChunk('IDAT', Buffer.alloc(0)));
        file.write('text', file.length - 16);
        return file;
      },
    ],
    ['in the frames of a PNG', async () => animatedPng(await png(), 3)],
    ['behind a WebP', async () => Buffer.concat([await webp(), text])],
    [
      'in a WebP’s own chunk',
      async () => {
        const file = Buffer.concat([await webp(), Buffer.from('prVt\x04\0\0\0text')]);
        file.writeUInt32LE(file.length - 8, 4);
        return file;
      },
    ],
    [
      'in the frames of a WebP',
      async () => animatedWebp(await noise(16, 16).webp().toBuffer(), 16, 3),
    ],
  ])('%s', async (_where, make) => {
    expect(await structureOf(await make())).toEqual({ complete: true, onlyPixels: false });
  });
});

test('a restart marker that is not announced, and a scan that is cut, are no proof', async () => {
  const file = await jpeg();
  const [end = 0] = scanEnds(file);
  const cut = Buffer.concat([file.subarray(0, end - 40), file.subarray(end)]);
  const marked = inserted(file, end - 40, Buffer.from('ffd0', 'hex'));
  for (const bytes of [cut, marked])
    expect(await structureOf(bytes)).toEqual({ complete: true, onlyPixels: false });
});

test('any change of a byte gives an answer and never an error', async () => {
  for (const file of [await photo('any', 24), await png(), await webp(), await progressive()])
    for (let at = 0; at < file.length; at += 3) {
      const changed = Buffer.from(file);
      changed[at] = (changed[at] ?? 0) ^ 0x55;
      const { onlyPixels, complete } = await structureOf(changed);
      expect(onlyPixels && !complete).toBe(false);
    }
});

test.each([
  ['GIF', 'GIF89a'],
  ['TIFF', 'II*\0'],
  ['TIFF', 'MM\0*'],
  ['AVIF', '\0\0\0\x20ftypavif'],
  ['HEIC', '\0\0\0\x20ftypheic'],
  ['HEIC', '\0\0\0\x20ftypmif1'],
  ['BMP', 'BM1234\0\0\0\0'],
  ['PDF', '%PDF-1.7'],
  ['SVG', '<svg xmlns="…">'],
  ['SVG', '\xef\xbb\xbf \n<?xml version="1.0"?><!-- a --><!-- b -->\r\n<!DOCTYPE svg><SVG>'],
  [undefined, '<html><svg>'],
  [undefined, '<!-- <svg>'],
  [undefined, 'these are words'],
  [undefined, ''],
])('a file is recognised as %s: %j', (format, start) => {
  expect(foreignFormatOf(Buffer.from(start, 'latin1'))).toBe(format);
});

test('comments without end or number cost no time', () => {
  const begun = performance.now();
  for (const start of ['', '<?xml>', '\xef\xbb\xbf'])
    for (let count = 30; count <= 100; count += 10) {
      const file = Buffer.from(start + '<!---->'.repeat(count), 'latin1');
      expect(foreignFormatOf(file)).toBeUndefined();
      expect(foreignFormatOf(Buffer.concat([file, Buffer.from('<!-- x')]))).toBeUndefined();
    }
  expect(performance.now() - begun).toBeLessThan(500);
});
