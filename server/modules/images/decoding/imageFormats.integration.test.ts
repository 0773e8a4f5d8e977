import sharp from 'sharp';
import { RefusalReason } from '../../../../shared/enums';
import type { ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../../testing/factories';
import {
  blankPng,
  cameraPhoto,
  gif,
  svg,
  twoColours,
  withJpegSegment,
  withPngChunk,
} from '../../../testing/imageFiles';
import { startTestServer, type TestServer } from '../../../testing/testServer';
import { thumbnailUrl } from '../imageUrls';

let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  dataset = await createDataset(ada, 'formats');
});
afterAll(() => server.close());

const uploadOne = async (fileName: string, bytes: Buffer) => {
  const [result] = await upload(ada, dataset.id, [{ fileName, bytes }]);
  return result;
};
const bytesAt = async (url: string) => Buffer.from(await (await ada.get(url)).arrayBuffer());

/** Uploads a file and downloads the served version. */
async function served(fileName: string, bytes: Buffer) {
  const result = await uploadOne(fileName, bytes);
  const { url = '', width, height } = result?.image ?? {};
  const response = await ada.get(url);
  return {
    width,
    height,
    type: response.headers.get('content-type'),
    bytes: Buffer.from(await response.arrayBuffer()),
    thumbnail: await bytesAt(thumbnailUrl(url.split('/').at(-1) ?? '')),
  };
}

test.each([
  ['JPEG', 'image/jpeg', () => twoColours(40, 20).jpeg().toBuffer()],
  [
    'progressive JPEG',
    'image/jpeg',
    () => twoColours(42, 20).jpeg({ progressive: true }).toBuffer(),
  ],
  ['PNG', 'image/png', () => twoColours(40, 20).png().toBuffer()],
  ['PNG with a palette', 'image/png', () => twoColours(44, 20).png({ palette: true }).toBuffer()],
  ['WebP', 'image/webp', () => twoColours(40, 20).webp().toBuffer()],
  ['lossless WebP', 'image/webp', () => twoColours(42, 20).webp({ lossless: true }).toBuffer()],
])('a plain %s is taken and served byte for byte', async (_name, type, make) => {
  const bytes = await make();
  const image = await served('plain', bytes);
  expect(image.type).toBe(type);
  expect(image.bytes.equals(bytes)).toBe(true);
});

test('a photo is stored upright, without place, camera and colour profile', async () => {
  const bytes = await cameraPhoto(60, 40);
  expect(await sharp(bytes).metadata()).toMatchObject({ orientation: 6, width: 60, height: 40 });
  const image = await served('photo.jpg', bytes);
  expect(image).toMatchObject({ width: 40, height: 60, type: 'image/jpeg' });
  const metadata = await sharp(image.bytes).metadata();
  expect(metadata).toMatchObject({ width: 40, height: 60 });
  for (const trace of ['exif', 'icc', 'xmp', 'iptc', 'orientation'] as const)
    expect(metadata[trace]).toBeUndefined();
  expect(image.bytes.includes('Secret Camera')).toBe(false);
  const { data, info } = await sharp(image.bytes).raw().toBuffer({ resolveWithObject: true });
  const redOf = (x: number, y: number) => data[(y * info.width + x) * info.channels] ?? 0;
  // After a quarter turn clockwise, the left side is on top.
  expect(redOf(20, 5)).toBeGreaterThan(180);
  expect(redOf(20, 55)).toBeLessThan(80);
});

test.each([
  ['a JPEG’s comment', async () => withJpegSegment(await photo('comment'), 0xfe, 'a secret')],
  ['a JPEG’s maker note', async () => withJpegSegment(await photo('maker'), 0xe9, 'a secret')],
  [
    'data behind a JPEG',
    async () => Buffer.concat([await photo('behind'), Buffer.from('a secret')]),
  ],
  [
    'a PNG’s text',
    async () =>
      withPngChunk(await twoColours(20, 20).png().toBuffer(), 'tEXt', Buffer.from('a\0a secret')),
  ],
  [
    'a PNG’s own chunk',
    async () =>
      withPngChunk(await twoColours(22, 20).png().toBuffer(), 'prVt', Buffer.from('a secret')),
  ],
  [
    'a WebP’s EXIF',
    () =>
      twoColours(20, 20)
        .withExif({ IFD0: { Copyright: 'a secret' } })
        .webp()
        .toBuffer(),
  ],
])('%s is gone from what is served', async (_what, make) => {
  const bytes = await make();
  expect(bytes.includes('a secret')).toBe(true);
  const image = await served('secret', bytes);
  expect(image.bytes.length).toBeGreaterThan(0);
  expect(image.bytes.includes('a secret')).toBe(false);
});

test('a thumbnail is WebP, upright, at most 320 pixels a side, and never enlarged', async () => {
  const large = await served('large.jpg', await cameraPhoto(800, 400));
  expect(await sharp(large.thumbnail).metadata()).toMatchObject({
    format: 'webp',
    width: 160,
    height: 320,
  });
  const small = await served('small.png', await twoColours(30, 10).png().toBuffer());
  expect(await sharp(small.thumbnail).metadata()).toMatchObject({ width: 30, height: 10 });
});

test('each bad file is refused by name with its reason, and the others go on', async () => {
  const jpeg = await photo('truncated', 64);
  const png = await twoColours(64, 64).png().toBuffer();
  const webp = await twoColours(64, 64).webp().toBuffer();
  const broken = Buffer.from(png);
  broken.fill(0, broken.length - 40, broken.length - 20);
  const bad: [string, Buffer, RefusalReason][] = [
    ['half.jpg', jpeg.subarray(0, jpeg.length / 2), RefusalReason.TRUNCATED],
    ['almost.jpg', jpeg.subarray(0, -2), RefusalReason.TRUNCATED],
    ['half.png', png.subarray(0, png.length / 2), RefusalReason.TRUNCATED],
    ['almost.png', png.subarray(0, -4), RefusalReason.TRUNCATED],
    ['broken.png', broken, RefusalReason.TRUNCATED],
    ['half.webp', webp.subarray(0, webp.length / 2), RefusalReason.TRUNCATED],
    ['text.jpg', Buffer.from('these are words'), RefusalReason.NOT_AN_IMAGE],
    ['start.jpg', Buffer.from('ffd8ff', 'hex'), RefusalReason.TRUNCATED],
    ['animation.gif', gif(), RefusalReason.UNSUPPORTED_FORMAT],
    ['drawing.svg', svg(), RefusalReason.UNSUPPORTED_FORMAT],
    ['disguised.png', svg(), RefusalReason.UNSUPPORTED_FORMAT],
    ['scan.tif', await twoColours(8, 8).tiff().toBuffer(), RefusalReason.UNSUPPORTED_FORMAT],
    ['huge.png', blankPng(10_000, 5_001), RefusalReason.TOO_MANY_PIXELS],
    ['empty.jpg', Buffer.alloc(0), RefusalReason.EMPTY],
  ];
  const good = { fileName: 'good.jpg', bytes: await photo('good among bad') };
  const files = bad.map(([fileName, bytes]) => ({ fileName, bytes }));
  const results = await upload(ada, dataset.id, [...files, good]);
  const reasons = results.map(({ fileName, refusal }) => [fileName, refusal?.reason]);
  expect(reasons).toEqual([
    ...bad.map(([fileName, , reason]) => [fileName, reason]),
    ['good.jpg', undefined],
  ]);
  for (const { refusal } of results.slice(0, -1)) expect(refusal?.message).toMatch(/^[A-Z].+\.$/);
  expect(results.at(-1)?.image).not.toBeNull();
  expect(results.slice(0, -1).every((result) => result.image === null)).toBe(true);
});

test('as many pixels as are allowed are taken', async () => {
  const result = await uploadOne('large.png', blankPng(10_000, 5_000));
  expect(result).toMatchObject({ refusal: null, image: { width: 10_000, height: 5_000 } });
});
