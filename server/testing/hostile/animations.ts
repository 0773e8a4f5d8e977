import sharp from 'sharp';
import type { Random } from '../../../models/numeric';
import { pngChunk } from '../imageFiles';
import { deflateSync } from 'node:zlib';
import { corrupted, longs, randomBytes, words } from './bytes';
import { between, pick, upTo, type FileFamily, type HostileFile } from './family';

/** Animations of tens of thousands of frames, and WebP files that contradict themselves. */

const image = (fileName: string, bytes: Buffer): HostileFile => ({
  fileName,
  bytes,
  kind: 'IMAGE',
});
const frameCount = (random: Random) => between(random, 5_000, 20_000);

/** Writes a number in three bytes, as WebP does for sizes less one. */
const three = (value: number) => longs(value).subarray(0, 3);

function riffChunk(type: string, data: Buffer, size = data.length): Buffer {
  return Buffer.concat([Buffer.from(type), longs(size), data, Buffer.alloc(data.length % 2)]);
}

function webpFile(...chunks: readonly Buffer[]): Buffer {
  const body = Buffer.concat([Buffer.from('WEBP'), ...chunks]);
  return Buffer.concat([Buffer.from('RIFF'), longs(body.length), body]);
}

/** The chunk with the pixels of a small lossless WebP. */
async function webpPixels(random: Random, side: number): Promise<Buffer> {
  const raw = { width: side, height: side, channels: 3 } as const;
  const file = await sharp(randomBytes(random, side * side * 3), { raw })
    .webp({ lossless: true })
    .toBuffer();
  return file.subarray(12);
}

/** The chunk that announces features (2: animation) and the size of the canvas. */
const canvas = (width: number, height: number, features = 2) =>
  riffChunk('VP8X', Buffer.concat([longs(features), three(width - 1), three(height - 1)]));
const loops = riffChunk('ANIM', Buffer.alloc(6));

async function animatedWebp(random: Random): Promise<HostileFile> {
  const side = pick(random, [1, 4, 8]);
  const pixels = await webpPixels(random, side);
  const place = [three(0), three(0), three(side - 1), three(side - 1), three(1), Buffer.from([0])];
  const frame = riffChunk('ANMF', Buffer.concat([...place, pixels]));
  const frames = Array<Buffer>(frameCount(random)).fill(frame);
  const size = pick(random, [side, 500, 7_000]);
  return image('frames.webp', webpFile(canvas(size, size), loops, ...frames));
}

async function hugeWebpCanvas(random: Random): Promise<HostileFile> {
  const side = () => pick(random, [2 ** 24, 16_384, 65_536, 1]);
  const pixels = await webpPixels(random, 4);
  return image('canvas.webp', webpFile(canvas(side(), side(), pick(random, [0, 2, 0xff])), pixels));
}

async function wrongWebp(random: Random): Promise<HostileFile> {
  const pixels = await webpPixels(random, 30);
  const size = pick(random, [0, 1, 0xffff_ffff, 0x7fff_fffe]);
  const extra = riffChunk(
    pick(random, ['ICCP', 'EXIF', 'XMP ', 'ALPH', 'junk']),
    randomBytes(random, 20),
    size,
  );
  const file = webpFile(canvas(30, 30, random.below(256)), extra, pixels);
  if (random.next() < 0.3) return image('wrong.webp', file.subarray(0, random.below(file.length)));
  return image('wrong.webp', corrupted(random, file, 3, 4));
}

/** A PNG with one picture and many further frames. */
function animatedPng(random: Random): HostileFile {
  const big = (...values: number[]) => {
    const bytes = Buffer.alloc(values.length * 4);
    values.forEach((value, index) => bytes.writeUInt32BE(value, index * 4));
    return bytes;
  };
  const pixels = deflateSync(Buffer.alloc(2));
  const count = frameCount(random);
  const frames = Array.from({ length: count }, (_, frame) => [
    pngChunk(
      'fcTL',
      Buffer.concat([big(frame * 2 + 1, 1, 1, 0, 0), Buffer.from([0, 1, 0, 9, 0, 0])]),
    ),
    pngChunk('fdAT', Buffer.concat([big(frame * 2 + 2), pixels])),
  ]).flat();
  const parts = [
    pngChunk('IHDR', Buffer.concat([big(1, 1), Buffer.from([8, 0, 0, 0, 0])])),
    pngChunk('acTL', big(count, 0)),
    pngChunk('IDAT', pixels),
    ...frames,
    pngChunk('IEND', Buffer.alloc(0)),
  ];
  return image('frames.png', Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), ...parts]));
}

/** A GIF whose frames are one pixel on a canvas of any size. */
function animatedGif(random: Random): HostileFile {
  const side = pick(random, [1, 2_000, 65_535]);
  const head = [
    Buffer.from('GIF89a'),
    words(side, side),
    Buffer.from([0x80, 0, 0, 0, 0, 0, 9, 9, 9]),
  ];
  const frame = Buffer.concat([
    Buffer.from('21f9040400000000', 'hex'),
    Buffer.from('2c', 'hex'),
    words(0, 0, 1, 1),
    Buffer.from('0002024c0100', 'hex'),
  ]);
  const frames = Array<Buffer>(frameCount(random)).fill(frame);
  return image('frames.gif', Buffer.concat([...head, ...frames, Buffer.from([0x3b])]));
}

/** A GIF whose frames were changed at random places. */
const brokenGif = (random: Random) =>
  image(
    'broken.gif',
    corrupted(random, animatedGif(random).bytes.subarray(0, 5_000), upTo(random, 300), 6),
  );

export const animationFamilies: readonly FileFamily[] = [
  { name: 'webp-frames', make: animatedWebp },
  { name: 'webp-huge-canvas', make: hugeWebpCanvas },
  { name: 'webp-wrong', make: wrongWebp },
  { name: 'apng-frames', make: animatedPng },
  { name: 'gif-frames', make: animatedGif },
  { name: 'gif-broken', make: brokenGif },
];
