import sharp from 'sharp';
import { crc32, deflateSync } from 'node:zlib';

/** Image files as cameras, tools and attackers make them. */

/** Creates an image whose left half is red and right half blue. */
export function twoColours(width: number, height: number) {
  const half = { create: { width: width / 2, height, channels: 3 as const, background: '#f00' } };
  return sharp({ create: { width, height, channels: 3, background: '#00f' } }).composite([
    { input: half, left: 0, top: 0 },
  ]);
}

/**
 * Creates a JPEG to be rotated a quarter turn clockwise, with a place, a camera and a colour
 * profile.
 */
export function cameraPhoto(width: number, height: number): Promise<Buffer> {
  return twoColours(width, height)
    .withIccProfile('p3')
    .withExif({
      IFD0: { Make: 'Secret Camera', Copyright: 'somebody' },
      IFD3: { GPSLatitude: '52/1 30/1 0/1', GPSLatitudeRef: 'N' },
    })
    .withMetadata({ orientation: 6 })
    .jpeg({ quality: 95 })
    .toBuffer();
}

/** Inserts a segment right after the start of a JPEG. 0xfe is a comment. */
export function withJpegSegment(jpeg: Buffer, marker: number, text: string): Buffer {
  const head = Buffer.from([0xff, marker, 0, text.length + 2]);
  return Buffer.concat([jpeg.subarray(0, 2), head, Buffer.from(text), jpeg.subarray(2)]);
}

/** Creates a chunk of a PNG with its length and checksum. */
export function pngChunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type), data]);
  const length = Buffer.alloc(4);
  const check = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  check.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, check]);
}

/** Inserts a chunk before the end of a PNG. */
export const withPngChunk = (png: Buffer, type: string, data: Buffer): Buffer =>
  Buffer.concat([png.subarray(0, -12), pngChunk(type, data), png.subarray(-12)]);

/** Creates a small file of one bit per pixel that is huge when decoded. */
export function blankPng(width: number, height: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header[8] = 1;
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height));
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    pngChunk('IHDR', header),
    pngChunk('IDAT', rows),
    pngChunk('IEND', Buffer.alloc(0)),
  ]);
}

export const gif = () =>
  Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');
export const svg = () =>
  Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"/>');

/** Creates a PNG with many further frames, which only programs for animations show. */
export function animatedPng(png: Buffer, frames: number): Buffer {
  const [start, end] = [png.subarray(0, 33), png.subarray(-12)];
  const control = pngChunk('acTL', Buffer.concat([uint32(frames), uint32(0)]));
  const extra = Array.from({ length: frames }, (_, index) =>
    pngChunk('fdAT', Buffer.concat([uint32(index), Buffer.from('a frame')])),
  );
  return Buffer.concat([start, control, png.subarray(33, -12), ...extra, end]);
}

const uint32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

function riffChunk(type: string, data: Buffer): Buffer {
  const size = Buffer.alloc(4);
  size.writeUInt32LE(data.length);
  return Buffer.concat([Buffer.from(type), size, data, Buffer.alloc(data.length % 2)]);
}

/** Creates an animation that shows a still WebP of this size again and again. */
export function animatedWebp(still: Buffer, side: number, frames: number): Buffer {
  const extended = Buffer.alloc(10);
  extended[0] = 2;
  extended.writeUIntLE(side - 1, 4, 3);
  extended.writeUIntLE(side - 1, 7, 3);
  const frame = Buffer.alloc(16);
  frame.writeUIntLE(side - 1, 6, 3);
  frame.writeUIntLE(side - 1, 9, 3);
  const shown = riffChunk('ANMF', Buffer.concat([frame, still.subarray(12)]));
  const chunks = [riffChunk('VP8X', extended), riffChunk('ANIM', Buffer.alloc(6))];
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    ...chunks,
    ...Array<Buffer>(frames).fill(shown),
  ]);
  return riffChunk('RIFF', body);
}
