import { createHash, randomUUID } from 'node:crypto';
import { text, buffer } from 'node:stream/consumers';
import { fromBufferPromise } from 'yauzl';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface ExportPayload {
  export: {
    id: string;
    url: string;
    imageCount: number;
    minConfidence: number | null;
    createdBy: { name: string };
  } | null;
  error: { __typename: string; message: string; field?: string } | null;
}
interface Manifest {
  counts: Record<string, number>;
  run: { number: number } | null;
  files: {
    path: string;
    sha256: string;
    uploadSha256: string;
    how: string;
    who: string | null;
    confidence: number | null;
  }[];
}

const idOf = (globalId: string) => parseGlobalId(globalId)?.id ?? '';

async function exportDataset(client: ApiClient, input: object): Promise<ExportPayload> {
  const { exportDataset: payload } = await client.request<{ exportDataset: ExportPayload }>(
    `mutation ($input: ExportDatasetInput!) { exportDataset(input: $input) {
       export { id url imageCount minConfidence createdBy { name } }
       error { __typename message ... on InvalidInput { field } } } }`,
    { input },
  );
  return payload;
}

async function download(client: ApiClient, url: string) {
  const response = await client.get(url);
  expect(response.status).toBe(200);
  const zip = await fromBufferPromise(Buffer.from(await response.arrayBuffer()));
  const images = new Map<string, string>();
  let manifest: Manifest = { counts: {}, run: null, files: [] };
  let csv = '';
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    if (entry.fileName === 'manifest.json') manifest = JSON.parse(await text(stream)) as Manifest;
    else if (entry.fileName === 'labels.csv') csv = await text(stream);
    else
      images.set(
        entry.fileName,
        createHash('sha256')
          .update(await buffer(stream))
          .digest('hex'),
      );
  }
  return { images, manifest, csv, disposition: response.headers.get('content-disposition') };
}

/** Publishes a run that predicts each of the images with this confidence. */
async function predict(
  { container }: TestServer,
  dataset: TestDataset,
  classId: string,
  confidences: [imageId: string, confidence: number][],
): Promise<void> {
  const { dataSource } = container;
  const run = randomUUID();
  await dataSource.query(
    `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, published_at)
     VALUES ($1, $2, 7, 'PUBLISHED', 'HEAD', 'MANUAL', now())`,
    [run, idOf(dataset.id)],
  );
  await dataSource.query(
    `CREATE TABLE prediction_of_test PARTITION OF prediction FOR VALUES IN ('${run}')`,
  );
  for (const [imageId, confidence] of confidences)
    await dataSource.query(
      `INSERT INTO prediction (run_id, image_id, class_id, confidence, margin, entropy, top_class_ids, top_confidences)
       VALUES ($1, $2, $3, $4, 0, 0, '{}', '{}')`,
      [run, idOf(imageId), idOf(classId), confidence],
    );
  await dataSource.query('UPDATE dataset SET current_run_id = $1 WHERE id = $2', [
    run,
    idOf(dataset.id),
  ]);
}

describe('exporting a dataset', () => {
  let server: TestServer;
  let ada: ApiClient;
  let dataset: TestDataset;
  let imageIds: string[];

  beforeAll(async () => {
    server = await startTestServer();
    ada = await server.person('Ada');
    dataset = await createDataset(ada, 'Pets: "small" ones', ['cat', 'dog/wolf']);
    const bytes = await Promise.all(Array.from({ length: 6 }, (_, index) => photo(index)));
    const files = [
      { fileName: 'a/1.jpg', className: 'cat' },
      { fileName: 'b/1.jpg', className: 'cat' },
      { fileName: 'c/=2.jpg' },
      { fileName: 'sure.jpg', heldOut: true },
      { fileName: 'unsure.jpg' },
      { fileName: 'unseen.jpg' },
    ].map((file, index) => ({ ...file, bytes: bytes[index] ?? Buffer.alloc(0) }));
    imageIds = (await upload(ada, dataset.id, files)).map((result) => result.image?.id ?? '');
    const [cat, dog] = dataset.classes;
    const bob = await server.person('Bob');
    const { recordLabel } = await bob.request<{ recordLabel: { error: object | null } }>(
      'mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }',
      { input: { imageId: imageIds[2], classId: dog?.id, clientMutationId: 'one' } },
    );
    expect(recordLabel.error).toBeNull();
    await predict(server, dataset, cat?.id ?? '', [
      [imageIds[2] ?? '', 0.99],
      [imageIds[3] ?? '', 0.9],
      [imageIds[4] ?? '', 0.89],
    ]);
  });
  afterAll(() => server.close());

  it('puts every labelled image into the folder of its class, and nothing else', async () => {
    const { export: made } = await exportDataset(ada, { datasetId: dataset.id });
    expect(made).toMatchObject({ imageCount: 3, minConfidence: null, createdBy: { name: 'Ada' } });
    const { images, manifest, csv } = await download(ada, made?.url ?? '');
    expect([...images.keys()].sort()).toEqual(['cat/1 (2).jpg', 'cat/1.jpg', 'dog_wolf/=2.jpg']);
    for (const file of manifest.files) expect(images.get(file.path)).toBe(file.sha256);
    expect(manifest.files.map(({ how, who }) => [how, who])).toEqual([
      ['imported', 'Ada'],
      ['imported', 'Ada'],
      ['by hand', 'Bob'],
    ]);
    expect(manifest.counts).toMatchObject({ images: 3, imported: 2, byHand: 1, predicted: 0 });
    expect(csv.trim().split('\n')).toHaveLength(4);
  });

  it('adds predictions of unlabelled images from the given confidence on', async () => {
    const { export: made } = await exportDataset(ada, {
      datasetId: dataset.id,
      include: 'LABELS_AND_PREDICTIONS',
    });
    expect(made).toMatchObject({ imageCount: 4, minConfidence: expect.closeTo(0.9) as number });
    const { images, manifest } = await download(ada, made?.url ?? '');
    expect(images.has('cat/sure.jpg')).toBe(true);
    expect(manifest.run).toMatchObject({ number: 7 });
    expect(manifest.files.at(-1)).toMatchObject({ how: 'predicted', who: null });
    expect(manifest.files.at(-1)?.confidence).toBeCloseTo(0.9);
  });

  it('reads page by page without losing or repeating an image', async () => {
    const { export: made } = await exportDataset(ada, {
      datasetId: dataset.id,
      include: 'LABELS_AND_PREDICTIONS',
      minConfidence: 0,
    });
    const { manifest } = await download(ada, made?.url ?? '');
    expect(new Set(manifest.files.map((file) => file.uploadSha256)).size).toBe(5);
    expect(made?.imageCount).toBe(5);
  });

  it('lists exports newest first', async () => {
    const { export: latest } = await exportDataset(ada, { datasetId: dataset.id });
    const found = await ada.request<{ dataset: { exports: { id: string }[] } }>(
      'query ($id: ID!) { dataset(id: $id) { exports { id } } }',
      { id: dataset.id },
    );
    expect(found.dataset.exports[0]?.id).toBe(latest?.id);
    const { node } = await ada.request<{ node: { url: string } }>(
      'query ($id: ID!) { node(id: $id) { ... on Export { url } } }',
      { id: latest?.id },
    );
    expect(node.url).toBe(latest?.url);
  });

  it('names the file after the dataset, in a header that every browser reads', async () => {
    const { export: made } = await exportDataset(ada, { datasetId: dataset.id });
    const { disposition } = await download(ada, made?.url ?? '');
    expect(disposition).toMatch(/^attachment; filename="Pets_ _small_ ones \d{4}-\d\d-\d\d\.zip"/);
  });

  it.each([
    [{ minConfidence: 0.5 }, 'InvalidInput', 'minConfidence'],
    [{ include: 'LABELS_AND_PREDICTIONS', minConfidence: 1.5 }, 'InvalidInput', 'minConfidence'],
    [{ include: 'LABELS_AND_PREDICTIONS', minConfidence: -0.1 }, 'InvalidInput', 'minConfidence'],
    [{ datasetId: 'nonsense' }, 'NotFound', undefined],
  ])('refuses %j and writes nothing', async (input, typename, field) => {
    const count = () => server.container.dataSource.query('SELECT count(*) FROM export');
    const before: unknown = await count();
    const payload = await exportDataset(ada, { datasetId: dataset.id, ...input });
    expect(payload).toMatchObject({ export: null, error: { __typename: typename } });
    expect(payload.error?.field).toBe(field);
    expect(await count()).toEqual(before);
  });

  it('gives the zip only to people who signed in, and only for an id that is one', async () => {
    const { export: made } = await exportDataset(ada, { datasetId: dataset.id });
    expect((await fetch(server.url + (made?.url ?? ''))).status).toBe(401);
    expect((await ada.get(`/files/exports/${randomUUID()}`)).status).toBe(404);
    expect((await ada.get('/files/exports/nonsense')).status).toBe(404);
  });

  it('leaves no transaction open', async () => {
    const rows: unknown = await server.container.dataSource.query(
      `SELECT query FROM pg_stat_activity WHERE state = 'idle in transaction' AND datname = current_database()`,
    );
    expect(rows).toEqual([]);
  });
});
