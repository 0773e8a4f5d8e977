import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { RefusalReason } from '../../../../shared/enums';
import { animatedPng, animatedWebp, blankPng, twoColours } from '../../../testing/imageFiles';
import { waitUntil } from '../../../testing/waitUntil';
import { ImageDecoder, type ImageDecoderOptions } from './imageDecoder';

jest.setTimeout(120_000);
let folder: string;
const decoders: ImageDecoder[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labelloop-decoder-'));
});
afterAll(async () => {
  for (const decoder of decoders) decoder.close();
  await rm(folder, { recursive: true });
});

function decoderOf(options: Partial<ImageDecoderOptions> = {}): ImageDecoder {
  const { processes = 1 } = options;
  const decoder = new ImageDecoder({
    processes,
    perPerson: Math.max(1, processes - 1),
    deadlineMs: 120_000,
    memoryMiB: 220,
    ...options,
  });
  decoders.push(decoder);
  return decoder;
}

let files = 0;
async function prepare(decoder: ImageDecoder, bytes: Buffer, owner = 'ada') {
  const path = join(folder, String(files++));
  const renditionPath = `${path}.rendition`;
  await writeFile(path, bytes);
  const prepared = await decoder.prepare(owner, { path, renditionPath });
  return { ...prepared, rendition: prepared.unchanged ? bytes : await readFile(renditionPath) };
}

const reasonOf = (prepared: Promise<unknown>) =>
  prepared.then(
    () => 'taken',
    (error: { reason?: RefusalReason }) => error.reason,
  );

test('sides decide before anything is decoded, and so does the area', async () => {
  const decoder = decoderOf();
  const begun = performance.now();
  const reasons: [Buffer, RefusalReason][] = [
    [blankPng(1, 48_900_000), RefusalReason.SIDE_TOO_LONG],
    [blankPng(65_536, 1), RefusalReason.SIDE_TOO_LONG],
    [blankPng(10_000, 5_001), RefusalReason.TOO_MANY_PIXELS],
  ];
  for (const [bytes, reason] of reasons)
    expect(await reasonOf(prepare(decoder, bytes))).toBe(reason);
  // It takes a few milliseconds, and the start of the process.
  expect(performance.now() - begun).toBeLessThan(20_000);
});

test('a long and narrow image is taken', async () => {
  const decoder = decoderOf();
  for (const [width, height] of [
    [30_000, 3],
    [3, 30_000],
    [65_535, 2],
  ] as const) {
    const { thumbnail, unchanged } = await prepare(decoder, blankPng(width, height));
    expect(unchanged).toBe(true);
    const shown = await sharp(thumbnail).metadata();
    expect(Math.max(shown.width, shown.height)).toBe(320);
  }
});

const redOf = async (bytes: Buffer) => (await sharp(bytes).raw().toBuffer()).subarray(0, 3);

test('only the first frame of an animation is used', async () => {
  const decoder = decoderOf();
  const still = await twoColours(64, 64).webp({ lossless: true }).toBuffer();
  const begun = performance.now();
  const image = await prepare(decoder, animatedWebp(still, 64, 20_000));
  // This took 35 seconds.
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(image).toMatchObject({ width: 64, height: 64, mediaType: 'image/webp' });
  const { pages, width } = await sharp(image.rendition).metadata();
  expect({ pages, width }).toEqual({ pages: undefined, width: 64 });
  expect((await redOf(image.rendition))[0]).toBeGreaterThan(200);
});

test('an animated PNG becomes a still one', async () => {
  const png = await twoColours(64, 64).png().toBuffer();
  const image = await prepare(decoderOf(), animatedPng(png, 20_000));
  expect(image).toMatchObject({ unchanged: false, width: 64, mediaType: 'image/png' });
  expect(image.rendition.includes('fdAT')).toBe(false);
  expect(image.rendition.length).toBeLessThan(5_000);
});

test('a WebP with a comment loses the comment and not a pixel', async () => {
  const image = twoColours(64, 64).withExif({ IFD0: { Copyright: 'a secret' } });
  for (const lossless of [false, true]) {
    const bytes = await image.clone().webp({ lossless }).toBuffer();
    const { rendition, unchanged } = await prepare(decoderOf(), bytes);
    expect([unchanged, rendition.includes('a secret')]).toEqual([false, false]);
    const pixels = (file: Buffer) => sharp(file).raw().toBuffer();
    expect((await pixels(rendition)).equals(await pixels(bytes))).toBe(true);
  }
});

test('an image that needs more memory than there is is refused, and a baseline JPEG is not', async () => {
  const decoder = decoderOf({ memoryMiB: 130 });
  const large = () => twoColours(6_000, 5_000);
  const reasons = await Promise.all(
    [
      large().jpeg({ progressive: true, chromaSubsampling: '4:4:4' }),
      large().png({ progressive: true, compressionLevel: 1 }),
      large().jpeg(),
    ].map(async (image) => reasonOf(prepare(decoder, await image.toBuffer()))),
  );
  expect(reasons).toEqual([RefusalReason.TOO_MUCH_MEMORY, RefusalReason.TOO_MUCH_MEMORY, 'taken']);
});

test('a file that takes too long is refused, and the next one is not affected', async () => {
  const decoder = decoderOf({ deadlineMs: 300 });
  const slow = await twoColours(8_000, 6_000).png({ compressionLevel: 1 }).toBuffer();
  const small = await twoColours(20, 20).png().toBuffer();
  const reasons = [
    reasonOf(prepare(decoder, slow, 'eve')),
    reasonOf(prepare(decoder, small, 'ada')),
  ];
  expect(await Promise.all(reasons)).toEqual([RefusalReason.TOO_SLOW, 'taken']);
});

test('a file whose decoder dies is refused, and the next one is not affected', async () => {
  const decoder = decoderOf();
  const small = await twoColours(20, 20).png().toBuffer();
  await prepare(decoder, small);
  const slow = await twoColours(8_000, 6_000).png({ compressionLevel: 1 }).toBuffer();
  const refused = reasonOf(prepare(decoder, slow));
  await waitUntil(() => decoder.busy === 1);
  for (const pid of decoder.processIds) process.kill(pid, 'SIGKILL');
  expect(await refused).toBe(RefusalReason.DECODER_ENDED);
  expect(await reasonOf(prepare(decoder, small))).toBe('taken');
});
