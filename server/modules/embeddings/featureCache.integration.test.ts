import { open, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pino from 'pino';
import { fromGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';
import { waitUntil } from '../../testing/waitUntil';
import type { FeatureMatrix } from './embedding.ports';
import { EmbeddingRows } from './embeddingRows';
import { FeatureCache } from './featureCache';

const imageCount = 40;
const backboneId = 'mean_colour';

let scene: Scene;
let datasetId: string;
let folder: string;
/** What the database holds. */
let vectors: Buffer[];
let dimensions: number;
let all: Int32Array;

beforeAll(async () => {
  scene = await startScene();
  const [ada] = scene.people as [ApiClient];
  const dataset = await createDataset(ada, 'features');
  datasetId = fromGlobalId('Dataset', dataset.id);
  await uploadPhotos(ada, dataset.id, imageCount);
  await waitUntil(async () => (await stored()).length === imageCount);
  vectors = await stored();
  dimensions = vectors[0]!.length / 2;
  all = Int32Array.from(vectors.keys());
  folder = join(scene.server.container.config.dataFolder, 'damaged');
});
afterAll(() => scene.close());
afterEach(() => rm(folder, { recursive: true, force: true }));

const stored = async () =>
  (
    await scene.server.container.dataSource.query<{ vector: Buffer }[]>(
      'SELECT vector FROM embedding WHERE dataset_id = $1 ORDER BY ordinal',
      [datasetId],
    )
  ).map(({ vector }) => vector);

/** Opens the matrix as a process that has just started. @returns also its warnings */
async function opened(): Promise<{ matrix: FeatureMatrix; warnings: object[] }> {
  const warnings: object[] = [];
  const write = (line: string) => warnings.push(JSON.parse(line) as object);
  const rows = new EmbeddingRows(scene.server.container.dataSource);
  const cache = new FeatureCache(folder, rows, pino({ level: 'warn' }, { write }));
  return { matrix: await cache.open(datasetId, backboneId, dimensions), warnings };
}

/** Reads all rows as a new process does. @returns them as bytes, and the warnings */
async function readAll(): Promise<{ rows: Buffer; warnings: object[] }> {
  const { matrix, warnings } = await opened();
  const rows = toBytes(await matrix.halves(all));
  await matrix.close();
  return { rows, warnings };
}

const toBytes = (rows: Uint16Array) => Buffer.from(rows.buffer, 0, rows.byteLength);

async function fileNamed(end: string): Promise<string> {
  const name = (await readdir(folder)).find((one) => one.endsWith(end));
  return join(folder, name ?? '');
}

async function swapRows(file: string, a: number, b: number): Promise<void> {
  const bytes = await readFile(file);
  const rowOf = (row: number) => bytes.subarray(row * dimensions * 2, (row + 1) * dimensions * 2);
  const first = Buffer.from(rowOf(a));
  rowOf(b).copy(bytes, a * dimensions * 2);
  first.copy(bytes, b * dimensions * 2);
  await writeFile(file, bytes);
}

const damages: [string, (file: string) => Promise<void>, number][] = [
  [
    'filled with zeros',
    async (file) => writeFile(file, Buffer.alloc((await readFile(file)).length)),
    imageCount,
  ],
  [
    'cut in the middle of a row',
    (file) => truncate(file, 10 * dimensions * 2 + 1),
    imageCount - 10,
  ],
  ['cut to nothing', (file) => truncate(file, 0), imageCount],
  ['with two rows in each other’s place', (file) => swapRows(file, 3, 30), 2],
];

test.each(damages)('a matrix %s is repaired from the database', async (_, damage, count) => {
  const { matrix, warnings } = await opened();
  const file = await fileNamed('.f16');
  await damage(file);
  expect(toBytes(await matrix.halves(all)).equals(Buffer.concat(vectors))).toBe(true);
  expect(warnings).toMatchObject([{ count }]);
  expect((await readFile(file)).equals(Buffer.concat(vectors))).toBe(true);
  // Nothing is left to repair.
  await matrix.rows(all);
  expect(warnings).toHaveLength(1);
  await matrix.close();
});

test('a matrix that was damaged while no process had it open is repaired too', async () => {
  await readAll();
  const file = await fileNamed('.f16');
  await writeFile(file, Buffer.alloc((await readFile(file)).length));
  expect((await readAll()).rows.equals(Buffer.concat(vectors))).toBe(true);
});

test('a removed matrix is built again', async () => {
  await readAll();
  await rm(await fileNamed('.f16'));
  const { rows } = await readAll();
  expect(rows.equals(Buffer.concat(vectors))).toBe(true);
});

test.each([
  ['with a changed byte', async (file: string) => flipByte(file, -1)],
  ['that is cut', (file: string) => truncate(file, 60)],
  ['of an older version', (file: string) => writeFile(file, '{"horizon":"1","dimensions":3}\n111')],
])('a state file %s is not believed', async (_, damage) => {
  await readAll();
  await damage(await fileNamed('.rows'));
  const { rows, warnings } = await readAll();
  expect(rows.equals(Buffer.concat(vectors))).toBe(true);
  expect(warnings).toEqual([]);
});

async function flipByte(file: string, at: number): Promise<void> {
  const bytes = await readFile(file);
  bytes[bytes.length + at]! ^= 1;
  await writeFile(file, bytes);
}

test('an image without an embedding is refused', async () => {
  const { matrix } = await opened();
  await expect(matrix.halves(Int32Array.of(0, imageCount))).rejects.toThrow(
    `The image ${imageCount} is not embedded`,
  );
  await matrix.close();
});

test('rows that cannot be replaced are an error, and nothing wrong is returned', async () => {
  const { matrix } = await opened();
  const file = await open(await fileNamed('.f16'), 'r+');
  await file.truncate(0);
  await file.close();
  const rows = new EmbeddingRows(scene.server.container.dataSource);
  jest.spyOn(EmbeddingRows.prototype, 'read').mockResolvedValue([]);
  await expect(matrix.halves(all)).rejects.toThrow('could not be replaced');
  jest.restoreAllMocks();
  expect(await rows.read(datasetId, backboneId, [0])).toHaveLength(1);
  await matrix.close();
});
