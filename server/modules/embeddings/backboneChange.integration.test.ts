import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { meanColour, smallConvNet } from '../../../models/testing';
import { parseGlobalId } from '../../graphql/globalId';
import { take, type ApiClient } from '../../testing/apiClient';
import { colourNames, colourPhotos } from '../../testing/colourPhotos';
import { createDataset, upload, type TestDataset } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';
import type { TestServer } from '../../testing/testServer';
import { startTestWorker, type TestWorker } from '../../testing/testWorker';
import { waitUntil } from '../../testing/waitUntil';

const perColour = 8;

let scene: Scene;
let server: TestServer;
let ada: ApiClient;
let dataset: TestDataset;
let images: { id: string; fileName: string }[];
let worker: TestWorker | undefined;

beforeAll(async () => {
  scene = await startScene({
    worker: false,
    backbones: {
      'first.onnx': meanColour(),
      'second.onnx': smallConvNet('channels first'),
      'third.onnx': meanColour(3, 4),
    },
  });
  ({ server } = scene);
  [ada] = scene.people as [ApiClient];
});
afterEach(() => stopWorker());
afterAll(() => scene.close());

async function workOn() {
  worker = await startTestWorker(server);
}
async function stopWorker() {
  await worker?.close();
  worker = undefined;
}

interface State {
  backbone: string | null;
  backbones: { id: string }[];
  backboneChange: {
    backboneId: string;
    embedded: number;
    total: number;
    failed: number;
    imagesPerSecond: number | null;
    backbone: { embeddingSize: number } | null;
    run: { id: string; status: string } | null;
  } | null;
  counts: { images: number; embedded: number; predicted: number };
  currentRun: { id: string; number: number; backbone: string } | null;
  retrainRuns: { nodes: { trigger: string; status: string; backbone: string }[] };
}
const state = async () =>
  (
    await ada.request<{ dataset: State }>(
      `query ($id: ID!) { dataset(id: $id) { backbone backbones { id }
         backboneChange { backboneId embedded total failed imagesPerSecond
           backbone { embeddingSize } run { id status } }
         counts { images embedded predicted } currentRun { id number backbone }
         retrainRuns { nodes { trigger status backbone } } } }`,
      { id: dataset.id },
    )
  ).dataset;
const choose = async (backboneId: string, client = ada) =>
  (
    await client.request<{
      setDatasetBackbone: {
        dataset: { backbone: string } | null;
        error: { __typename: string; message: string; field?: string } | null;
      };
    }>(
      `mutation ($input: SetDatasetBackboneInput!) { setDatasetBackbone(input: $input) {
         dataset { backbone } error { __typename message ... on InvalidInput { field } } } }`,
      { input: { datasetId: dataset.id, backboneId } },
    )
  ).setDatasetBackbone;
const predictions = async () =>
  (
    await ada.request<{
      dataset: {
        images: { nodes: { fileName: string; prediction: { class: { name: string } } | null }[] };
      };
    }>(
      `query ($id: ID!) { dataset(id: $id) {
         images(first: 200) { nodes { fileName prediction { class { name } } } } } }`,
      { id: dataset.id },
    )
  ).dataset.images.nodes;
const colourOf = (fileName: string) => fileName.split('/')[0] ?? '';
const uploadPhotos = async (from: number, to: number) => {
  const photos = await colourPhotos(to);
  const wanted = photos.filter((_, index) => index % to >= from);
  const results = await upload(ada, dataset.id, wanted);
  return results.map(({ image, fileName }) => ({ id: image?.id ?? '', fileName }));
};
const label = ({ id, fileName }: { id: string; fileName: string }) =>
  ada.request(
    'mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }',
    {
      input: {
        imageId: id,
        classId: dataset.classes.find(({ name }) => name === colourOf(fileName))?.id,
        clientMutationId: randomUUID(),
      },
    },
  );
const startRun = () =>
  ada.request('mutation ($id: ID!) { startRetrainRun(input: { datasetId: $id }) { run { id } } }', {
    id: dataset.id,
  });
const pending = async (backboneId: string) =>
  server.container.dataSource.query<{ image_id: string }[]>(
    'SELECT image_id FROM embedding_pending WHERE dataset_id = $1 AND backbone_id = $2',
    [parseGlobalId(dataset.id)?.id, backboneId],
  );
const isOn = (backboneId: string) =>
  waitUntil(async () => {
    const { backbone, backboneChange } = await state();
    return backbone === backboneId && backboneChange === null;
  });

async function newDataset() {
  dataset = await createDataset(ada, randomUUID(), colourNames);
  images = await uploadPhotos(0, perColour);
}
/**
 * Creates a dataset on the backbone `first`: embedded, trained and predicted, with its worker
 * stopped.
 */
async function servedDataset() {
  await newDataset();
  for (const image of images.filter((_, index) => index % perColour < 3)) await label(image);
  await workOn();
  await waitUntil(async () => (await state()).counts.embedded === images.length);
  await startRun();
  await waitUntil(async () => (await state()).counts.predicted === images.length);
  await stopWorker();
}
/** Lets another worker hold some images of the next backbone. It lives until its row is deleted. */
async function holdBack(backboneId: string, count: number): Promise<string> {
  const { dataSource } = server.container;
  const id = randomUUID();
  await dataSource.query(
    `INSERT INTO worker (id, host, seen_at) VALUES ($1, 'elsewhere', now() + interval '1 hour')`,
    [id],
  );
  await dataSource.query(
    `UPDATE embedding_pending SET claimed_by = $1 WHERE backbone_id = $2 AND image_id IN
       (SELECT image_id FROM embedding_pending WHERE dataset_id = $3 AND backbone_id = $2 LIMIT $4)`,
    [id, backboneId, parseGlobalId(dataset.id)?.id, count],
  );
  return id;
}
async function dies(workerId: string) {
  await server.container.dataSource.query('DELETE FROM worker WHERE id = $1', [workerId]);
  await worker?.container.jobs.send('embed', {
    datasetId: parseGlobalId(dataset.id)?.id ?? '',
  });
}

test('the old backbone serves until a run on the new one is published, then all is new at once', async () => {
  await servedDataset();
  const before = await state();
  expect(before).toMatchObject({ backbone: 'first', backboneChange: null });
  expect(before.backbones.map(({ id }) => id).slice(0, 3)).toEqual(['first', 'second', 'third']);
  expect((await choose('second')).error).toBeNull();
  const other = await holdBack('second', 5);
  await workOn();
  await waitUntil(async () => (await state()).backboneChange?.embedded === images.length - 5);
  const midway = await state();
  expect(midway.backboneChange).toMatchObject({
    backboneId: 'second',
    total: images.length,
    failed: 0,
    backbone: { embeddingSize: 8 },
    run: null,
  });
  expect(midway.backboneChange?.imagesPerSecond).toBeGreaterThan(0);
  expect(midway).toMatchObject({
    backbone: 'first',
    counts: before.counts,
    currentRun: before.currentRun,
  });
  await dies(other);
  await isOn('second');
  const after = await state();
  expect(after.currentRun).toMatchObject({ number: 2, backbone: 'second' });
  expect(after.retrainRuns.nodes[0]).toMatchObject({
    trigger: 'BACKBONE_CHANGED',
    status: 'PUBLISHED',
  });
  expect(after.counts).toEqual({ images: 24, embedded: 24, predicted: 24 });
  for (const { fileName, prediction } of await predictions())
    expect(prediction?.class.name).toBe(colourOf(fileName));
});

test('going back needs no embedding: the old ones were kept', async () => {
  expect((await choose('first')).error).toBeNull();
  expect(await pending('first')).toHaveLength(0);
  await workOn();
  await isOn('first');
  expect((await state()).currentRun).toMatchObject({ number: 3, backbone: 'first' });
});

test('images uploaded meanwhile are embedded with both, and predicted before and after', async () => {
  await servedDataset();
  await choose('second');
  const other = await holdBack('second', 5);
  await workOn();
  const more = await uploadPhotos(perColour, perColour + 2);
  await waitUntil(async () => (await state()).counts.predicted === images.length + more.length);
  expect(await state()).toMatchObject({ backbone: 'first', currentRun: { number: 1 } });
  expect((await state()).backboneChange?.total).toBe(images.length + more.length);
  await dies(other);
  await isOn('second');
  await waitUntil(async () => (await state()).counts.predicted === images.length + more.length);
  expect((await state()).counts.embedded).toBe(images.length + more.length);
  for (const { fileName, prediction } of await predictions())
    expect(prediction?.class.name).toBe(colourOf(fileName));
});

test('a change is taken back midway; nothing of it stays queued', async () => {
  await servedDataset();
  const before = await state();
  await choose('second');
  await holdBack('second', 5);
  await workOn();
  await waitUntil(async () => (await state()).backboneChange?.embedded === images.length - 5);
  expect((await choose('first')).error).toBeNull();
  expect(await state()).toEqual(before);
  expect(await pending('second')).toHaveLength(0);
  await worker?.container.backboneChanges.advanceAll();
  expect(await state()).toEqual(before);
});

test('a change is replaced midway by another', async () => {
  await servedDataset();
  await choose('second');
  await holdBack('second', 5);
  await workOn();
  expect((await choose('third')).error).toBeNull();
  expect(await pending('second')).toHaveLength(0);
  await isOn('third');
  expect((await state()).currentRun?.backbone).toBe('third');
});

test('a run on a backbone that is wanted no more publishes nothing', async () => {
  await servedDataset();
  const before = await state();
  await choose('second');
  const { dataSource, automaticRuns } = server.container;
  const id = parseGlobalId(dataset.id)?.id ?? '';
  // The state in which every image is embedded and the run is about to be claimed.
  await dataSource.query('DELETE FROM embedding_pending WHERE dataset_id = $1', [id]);
  await automaticRuns.startForBackbone(id);
  expect((await state()).backboneChange?.run?.status).toBe('QUEUED');
  await choose('first');
  await workOn();
  const after = await state();
  expect(after.retrainRuns.nodes[0]).toMatchObject({ status: 'CANCELLED', backbone: 'second' });
  expect(after).toMatchObject({ backbone: 'first', currentRun: before.currentRun });
});

test('a change goes on after its worker was stopped, and after one was killed', async () => {
  await servedDataset();
  await choose('second');
  const killed = await holdBack('second', 5);
  await workOn();
  await waitUntil(async () => (await state()).backboneChange?.embedded === images.length - 5);
  await stopWorker();
  await dies(killed);
  expect(await state()).toMatchObject({ backbone: 'first', backboneChange: { embedded: 19 } });
  await workOn();
  await isOn('second');
  expect((await state()).counts.predicted).toBe(images.length);
});

test('without labels for a run it just switches, and the queue gets a new order', async () => {
  await newDataset();
  await workOn();
  await waitUntil(async () => (await state()).counts.embedded === images.length);
  await choose('second');
  await isOn('second');
  expect(await state()).toMatchObject({ currentRun: null, retrainRuns: { nodes: [] } });
  expect((await state()).counts.embedded).toBe(images.length);
});

test('an image that cannot be embedded holds nothing up', async () => {
  await servedDataset();
  await server.container.store.remove(
    `images/${parseGlobalId(dataset.id)?.id}/${parseGlobalId(images[0]?.id ?? '')?.id.slice(-2)}/${parseGlobalId(images[0]?.id ?? '')?.id}`,
  );
  await choose('second');
  await workOn();
  await isOn('second');
  expect((await state()).counts).toEqual({ images: 24, embedded: 23, predicted: 23 });
});

test('progress is told as it happens', async () => {
  await servedDataset();
  const events = ada.subscribe<{
    datasetEvents: {
      __typename: string;
      dataset?: { backbone: string; backboneChange: { embedded: number } | null };
    };
  }>(
    `subscription ($id: ID!) { datasetEvents(datasetId: $id) { __typename
       ... on BackboneProgressed { dataset { backbone backboneChange { embedded } } }
       ... on DatasetChanged { dataset { backbone backboneChange { embedded } } } } }`,
    { id: dataset.id },
  );
  const seen = take(
    events,
    3,
    ({ data }) =>
      data?.datasetEvents.__typename === 'BackboneProgressed' ||
      data?.datasetEvents.__typename === 'DatasetChanged',
  );
  await waitUntil(() => server.connections() > 0);
  await choose('third');
  await workOn();
  const kinds = (await seen).map(({ data }) => data?.datasetEvents.__typename);
  expect(kinds).toEqual(['DatasetChanged', 'BackboneProgressed', 'DatasetChanged']);
  await isOn('third');
});

describe('a backbone that is not there', () => {
  test('is refused with those that are', async () => {
    await newDataset();
    expect((await choose('../second')).error).toMatchObject({
      __typename: 'InvalidInput',
      field: 'backboneId',
      message: expect.stringContaining('first, second, third') as string,
    });
    expect((await state()).backboneChange).toBeNull();
  });

  test('can be chosen once its file has been added, without a restart', async () => {
    await newDataset();
    await writeFile(join(scene.backboneFolder, 'the_late.onnx'), meanColour(3, 5));
    expect((await choose('the_late')).error).toBeNull();
    await choose('first');
    await rm(join(scene.backboneFolder, 'the_late.onnx'));
  });

  test('is left to the worker that has it; where none has, the run says so', async () => {
    await servedDataset();
    const { dataSource } = server.container;
    const id = parseGlobalId(dataset.id)?.id;
    await dataSource.query(
      `INSERT INTO embedding (image_id, backbone_id, dataset_id, ordinal, vector)
       SELECT image_id, 'elsewhere', dataset_id, ordinal, vector FROM embedding
       JOIN dataset USING (backbone_id) WHERE dataset.id = $1 AND dataset_id = $1`,
      [id],
    );
    await dataSource.query(`UPDATE dataset SET backbone_id = 'elsewhere' WHERE id = $1`, [id]);
    const others = randomUUID();
    await dataSource.query(
      `INSERT INTO worker (id, host, seen_at, backbone_ids)
       VALUES ($1, 'gpu', now() + interval '1 hour', '{elsewhere}')`,
      [others],
    );
    await startRun();
    await workOn();
    const { jobs } = worker?.container ?? server.container;
    const newest = async () => (await state()).retrainRuns.nodes[0];
    await waitUntil(async () => {
      const done: unknown[] = await dataSource.query(
        `SELECT 1 FROM pgboss.job WHERE name = 'retrain' AND state = 'completed'
           AND data->>'runId' = (SELECT id::text FROM retrain_run WHERE dataset_id = $1 AND number = 2)`,
        [id],
      );
      return done.length > 0;
    });
    expect(await newest()).toMatchObject({ status: 'QUEUED', backbone: 'elsewhere' });
    await dataSource.query('DELETE FROM worker WHERE id = $1', [others]);
    const [run]: { id: string }[] = await dataSource.query(
      'SELECT id FROM retrain_run WHERE dataset_id = $1 AND number = 2',
      [id],
    );
    await jobs.send('retrain', { runId: run?.id ?? '' });
    await waitUntil(async () => (await newest())?.status === 'FAILED');
  });
});
