import { randomUUID } from 'node:crypto';
import sharp from 'sharp';
import { parseGlobalId, toGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import { createDataset, upload, type TestDataset, type UploadSpec } from '../../testing/factories';
import { startRun, waitForRun } from '../../testing/runs';
import { sendLabel } from '../../testing/labelling';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { waitUntil } from '../../testing/waitUntil';

interface Seen {
  counts: { embedded: number };
  retrainRuns: { nodes: { status: string; failure: string | null; labelCount: number }[] };
  currentRun: { calibration: { temperature: number; accuracy: number | null } | null } | null;
  queue: { nodes: { image: { id: string } }[] };
  images: { nodes: { prediction: { confidence: number; top: { confidence: number }[] } | null }[] };
}

let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  scene = await startScene({ people: ['Ada', 'Bob'] });
  ({ server } = scene);
  [ada, bob] = scene.people as [ApiClient, ApiClient];
});
afterAll(() => scene.close());

const rawId = (id: string) => parseGlobalId(id)?.id ?? '';

async function look({ id }: TestDataset): Promise<Seen> {
  const { dataset } = await ada.request<{ dataset: Seen }>(
    `query ($id: ID!) { dataset(id: $id) { counts { embedded }
       retrainRuns(first: 1) { nodes { status failure labelCount } }
       currentRun { calibration { temperature accuracy } }
       queue(first: 100) { nodes { image { id } } }
       images(first: 100) { nodes { prediction { confidence top { confidence } } } } } }`,
    { id },
  );
  return dataset;
}

async function project(files: UploadSpec[], classNames: string[] = colourNames) {
  const dataset = await createDataset(ada, randomUUID(), classNames);
  const results = await upload(ada, dataset.id, files);
  await waitUntil(async () => (await look(dataset)).counts.embedded === files.length);
  return { dataset, images: results.map(({ image }) => image?.id ?? '') };
}

const label = (client: ApiClient, imageId = '', classId = '') =>
  sendLabel(client, { imageId, classId });

async function run(dataset: TestDataset): Promise<Seen> {
  const { run: started } = await startRun(ada, dataset.id);
  if (started) await waitForRun(ada, started.id);
  return look(dataset);
}

/** Checks that every number that people see is a valid number. */
function expectSound({ retrainRuns, currentRun, images }: Seen, predicted: number): void {
  expect(retrainRuns.nodes[0]).toMatchObject({ status: 'PUBLISHED', failure: null });
  const predictions = images.nodes.flatMap(({ prediction }) => prediction ?? []);
  expect(predictions).toHaveLength(predicted);
  for (const { confidence, top } of predictions)
    for (const value of [confidence, ...top.map((one) => one.confidence)]) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(1);
    }
  if (currentRun?.calibration) expect(currentRun.calibration.temperature).toBeGreaterThan(0);
}

test('three images are enough for a run', async () => {
  const { dataset, images } = await project(await colourPhotos(1));
  await label(ada, images[0], dataset.classes[0]?.id);
  await label(ada, images[1], dataset.classes[1]?.id);
  const seen = await run(dataset);
  expectSound(seen, 3);
  expect(seen.queue.nodes.map(({ image }) => image.id)).toEqual([images[2]]);
});

test('images that all look the same are predicted and ordered', async () => {
  const grey = { width: 16, height: 16, channels: 3 as const, background: '#777' };
  const files = [10, 20, 30, 40, 50, 60, 70, 80].map(async (quality) => ({
    fileName: `${quality}.jpg`,
    bytes: await sharp({ create: grey }).jpeg({ quality }).toBuffer(),
  }));
  const { dataset, images } = await project(await Promise.all(files));
  for (const [index, image] of images.slice(0, 6).entries())
    await label(ada, image, dataset.classes[index % 2]?.id);
  const seen = await run(dataset);
  expectSound(seen, 8);
  expect(seen.queue.nodes).toHaveLength(2);
});

test('a run works with a class that has one label and a class that has none', async () => {
  const { dataset, images } = await project(await colourPhotos(6));
  for (const image of images.slice(0, 5)) await label(ada, image, dataset.classes[0]?.id);
  await label(ada, images[6], dataset.classes[1]?.id);
  expectSound(await run(dataset), 18);
});

test('a thousand classes with a label each', async () => {
  const names = Array.from({ length: 1_000 }, (_, index) => `class ${index}`);
  const { dataset, images } = await project(await colourPhotos(4), names);
  for (const [index, image] of images.slice(0, 10).entries())
    await label(ada, image, dataset.classes[index * 100]?.id);
  expectSound(await run(dataset), 12);
});

test('an image without an embedding is not trained on and not lost', async () => {
  const { dataset, images } = await project(await colourPhotos(4));
  const [copy]: { id: string }[] = await server.container.dataSource.query(
    `INSERT INTO image SELECT (json_populate_record(image, json_build_object('id', gen_random_uuid(),
       'ordinal', 99, 'sha256', '\\x00'))).* FROM image WHERE id = $1 RETURNING id`,
    [rawId(images[0] ?? '')],
  );
  for (const [index, image] of images.slice(0, 9).entries())
    await label(ada, image, dataset.classes[Math.floor(index / 4)]?.id);
  const global = toGlobalId('Image', copy?.id ?? '');
  await label(ada, global, dataset.classes[0]?.id);
  const seen = await run(dataset);
  expectSound(seen, 12);
  expect(seen.images.nodes).toHaveLength(13);
});

test('a run works when people disagree on every image, and no answer is lost', async () => {
  const { dataset, images } = await project(await colourPhotos(4));
  const [red, green] = dataset.classes;
  for (const [index, image] of images.slice(0, 8).entries()) {
    await label(ada, image, (index % 2 ? red : green)?.id);
    await label(bob, image, (index % 2 ? green : red)?.id);
  }
  expectSound(await run(dataset), 12);
  const [count]: { count: number }[] = await server.container.dataSource.query(
    'SELECT count(*)::int FROM label WHERE dataset_id = $1 AND in_force',
    [rawId(dataset.id)],
  );
  expect(count?.count).toBe(16);
});

test('labels that change during a run count for the next one', async () => {
  const { dataset, images } = await project(await colourPhotos(10));
  const [red, green] = dataset.classes;
  for (const image of images.slice(0, 5)) await label(ada, image, red?.id);
  for (const image of images.slice(10, 15)) await label(ada, image, green?.id);
  const running = run(dataset);
  for (const image of images.slice(5, 10)) await label(bob, image, red?.id);
  for (const image of images.slice(0, 5)) await label(bob, image, red?.id);
  expectSound(await running, 30);
  const again = await run(dataset);
  expectSound(again, 30);
  expect(again.retrainRuns.nodes[0]?.labelCount).toBe(15);
});
