// cspell:ignore ffda, ftypavif, ftypheic, ftypmif
import sharp from 'sharp';
import type { ApiClient } from '../../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../../testing/factories';
import { blankPng, twoColours, withPngChunk } from '../../../testing/imageFiles';
import { startTestServer, type TestServer } from '../../../testing/testServer';

let server: TestServer;
let ada: ApiClient;
let eve: ApiClient;
let dataset: TestDataset;

beforeAll(async () => {
  server = await startTestServer();
  [ada, eve] = [await server.person('Ada'), await server.person('Eve')];
  dataset = await createDataset(ada, 'hostile images');
});
afterAll(() => server.close());

const named = (bytes: Buffer[]) =>
  bytes.map((one, index) => ({ fileName: `${index}.png`, bytes: one }));

test('a 210-byte file of comments and five files with one long side are refused at once', async () => {
  const comments = Buffer.from('<!---->'.repeat(30));
  const long = blankPng(1, 48_900_000);
  const files = named([comments, ...Array<Buffer>(5).fill(long)]);
  const begun = performance.now();
  const results = await upload(ada, dataset.id, files);
  expect(performance.now() - begun).toBeLessThan(20_000);
  expect(results.map(({ refusal }) => refusal?.reason)).toEqual([
    'NOT_AN_IMAGE',
    ...Array<string>(5).fill('SIDE_TOO_LONG'),
  ]);
});

test('files are served, and another person’s are checked, while somebody’s are slow', async () => {
  const [stored] = await upload(ada, dataset.id, named([await photo('served')]));
  const text = Buffer.from('a\0text');
  const slow = await Promise.all(
    [6_000, 6_001, 6_002, 6_003].map(async (side) =>
      withPngChunk(
        await twoColours(6_000, side).png({ compressionLevel: 1 }).toBuffer(),
        'tEXt',
        text,
      ),
    ),
  );
  let slowEnded = false;
  const slowOnes = upload(eve, dataset.id, named(slow)).then((results) => {
    slowEnded = true;
    return results;
  });
  const [quick] = await upload(ada, dataset.id, named([await photo('quick')]));
  expect(quick?.image).not.toBeNull();
  const served = await ada.get(stored?.image?.url ?? '');
  expect((await served.arrayBuffer()).byteLength).toBeGreaterThan(0);
  expect(slowEnded).toBe(false);
  for (const { image, refusal } of await slowOnes)
    expect([image?.width, refusal]).toEqual([6_000, null]);
}, 120_000);

test('text in a file is gone from what is served, wherever it stood', async () => {
  const jpeg = await photo('text in scans', 64);
  const progressive = await sharp(jpeg).jpeg({ progressive: true }).toBuffer();
  const secret = Buffer.from('the address of a person');
  const before = (file: Buffer, at: number) =>
    Buffer.concat([file.subarray(0, at), secret, file.subarray(at)]);
  const secondScan = progressive.indexOf('ffc4', progressive.indexOf('ffda', 0, 'hex'), 'hex');
  const png = await twoColours(40, 40).png().toBuffer();
  const files = [
    before(jpeg, -2),
    before(progressive, secondScan),
    withPngChunk(png, 'IDAT', secret),
  ];
  for (const { image, refusal } of await upload(ada, dataset.id, named(files))) {
    expect(refusal).toBeNull();
    const bytes = Buffer.from(await (await ada.get(image?.url ?? '')).arrayBuffer());
    expect(bytes.length).toBeGreaterThan(100);
    expect(bytes.includes(secret)).toBe(false);
  }
});
