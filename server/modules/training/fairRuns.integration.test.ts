import { randomUUID } from 'node:crypto';
import { meanColour } from '../../../models/testing';
import { parseGlobalId, toGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, photo, upload } from '../../testing/factories';
import { startRun } from '../../testing/runs';
import { startScene, type Scene } from '../../testing/scene';
import { startTestWorker } from '../../testing/testWorker';
import { waitUntil } from '../../testing/waitUntil';

let scene: Scene;
let ada: ApiClient;
let bob: ApiClient;
let cleo: ApiClient;
const idOf = (globalId: string) => parseGlobalId(globalId)?.id ?? '';
const query = <T>(sql: string, values: unknown[] = []): Promise<T[]> =>
  scene.server.container.dataSource.query(sql, values);

beforeAll(async () => {
  scene = await startScene({
    people: ['Ada', 'Bob', 'Cleo'],
    worker: false,
    backbones: { 'first.onnx': meanColour(), 'second.onnx': meanColour(3, 4) },
  });
  [ada, bob, cleo] = scene.people as [ApiClient, ApiClient, ApiClient];
});
afterAll(() => scene.close());

/** A dataset with labels of two classes. */
async function labelled(owner: ApiClient): Promise<string> {
  const { id } = await createDataset(owner, randomUUID());
  const files = ['cat', 'dog'].map(async (className) => ({
    fileName: `${className}.jpg`,
    bytes: await photo(randomUUID()),
    className,
  }));
  await upload(owner, id, await Promise.all(files));
  return id;
}
const personOf = async (client: ApiClient) =>
  idOf((await client.request<{ viewer: { id: string } }>('{ viewer { id } }')).viewer.id);

/** A queued run, as if it was started some minutes ago. */
async function queued(
  datasetId: string,
  { by, minutesAgo = 1 }: { by: ApiClient | null; minutesAgo?: number },
) {
  const id = randomUUID();
  await query(
    `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger, started_by, queued_at)
     VALUES ($1, $2, 1, 'QUEUED', 'HEAD', $3, $4, now() - make_interval(mins => $5))`,
    [id, idOf(datasetId), by ? 'MANUAL' : 'AUTOMATIC', by && (await personOf(by)), minutesAgo],
  );
  return id;
}

describe('cancelling', () => {
  const cancel = async (client: ApiClient, runId: string) =>
    (
      await client.request<{
        cancelRetrainRun: { run: { status: string } | null; error: { __typename: string } | null };
      }>(
        `mutation ($id: ID!) { cancelRetrainRun(input: { id: $id }) { run { status } error { __typename } } }`,
        { id: toGlobalId('RetrainRun', runId) },
      )
    ).cancelRetrainRun;
  let datasetId: string;

  beforeEach(async () => {
    ({ id: datasetId } = await createDataset(ada, randomUUID()));
  });

  test('a run is up to the person who started it and to the owner', async () => {
    const own = await queued(datasetId, { by: bob });
    expect(await cancel(cleo, own)).toEqual({ run: null, error: { __typename: 'Forbidden' } });
    expect((await cancel(bob, own)).run?.status).toBe('CANCELLED');
    await query('DELETE FROM retrain_run WHERE id = $1', [own]);
    const other = await queued(datasetId, { by: bob });
    expect((await cancel(ada, other)).run?.status).toBe('CANCELLED');
  });

  test('an automatic run is up to the owner', async () => {
    const run = await queued(datasetId, { by: null });
    expect((await cancel(bob, run)).error?.__typename).toBe('Forbidden');
    expect((await cancel(ada, run)).run?.status).toBe('CANCELLED');
  });

  test('a change of the backbone is up to the person who started it and to the owner', async () => {
    const choose = async (client: ApiClient, backboneId: string) =>
      (
        await client.request<{
          setDatasetBackbone: {
            dataset: { backboneChange: { backboneId: string } | null } | null;
            error: { __typename: string } | null;
          };
        }>(
          `mutation ($input: SetDatasetBackboneInput!) { setDatasetBackbone(input: $input) {
             dataset { backboneChange { backboneId } } error { __typename } } }`,
          { input: { datasetId, backboneId } },
        )
      ).setDatasetBackbone;
    const { dataset } = await ada.request<{
      dataset: { backbone: string; backbones: { id: string }[] };
    }>('query ($id: ID!) { dataset(id: $id) { backbone backbones { id } } }', { id: datasetId });
    const present = dataset.backbone;
    const next = dataset.backbones.find(({ id }) => id !== present)?.id ?? '';
    const change = { dataset: { backboneChange: { backboneId: next } }, error: null };
    const none = { dataset: { backboneChange: null }, error: null };
    expect(await choose(bob, next)).toEqual(change);
    expect((await choose(cleo, present)).error?.__typename).toBe('Forbidden');
    expect(await choose(bob, present)).toEqual(none);
    expect(await choose(bob, next)).toEqual(change);
    expect(await choose(ada, present)).toEqual(none);
  });
});

test('a person has one network run at a time in all datasets, and heads do not count', async () => {
  const [first, second] = [await labelled(ada), await labelled(ada)];
  const deep = { recipe: 'SCRATCH' };
  expect((await startRun(ada, first, deep)).error).toBeNull();
  const { run, error } = await startRun(ada, second, deep);
  expect(run).toBeNull();
  expect(error?.__typename).toBe('LimitExceeded');
  expect(error?.message).toContain('cancel it');
  const other = await startRun(bob, second, deep);
  expect(other.error).toBeNull();
  await query(`UPDATE retrain_run SET status = 'CANCELLED' WHERE status = 'QUEUED'`);
  expect((await startRun(ada, second, deep)).error).toBeNull();
  await query(`UPDATE retrain_run SET status = 'CANCELLED' WHERE status = 'QUEUED'`);
});

test('starts at once do not exceed it together', async () => {
  const datasets = [await labelled(ada), await labelled(ada), await labelled(ada)];
  const answers = await Promise.all(datasets.map((id) => startRun(ada, id, { recipe: 'SCRATCH' })));
  expect(answers.filter(({ run }) => run)).toHaveLength(1);
  await query(`UPDATE retrain_run SET status = 'CANCELLED' WHERE status = 'QUEUED'`);
});

test('people take turns: who asked for many runs does not hold up who asked for one', async () => {
  const names = new Map<string, string>();
  const add = async (name: string, owner: ApiClient, by: ApiClient | null, minutesAgo: number) => {
    const { id } = await createDataset(owner, randomUUID());
    names.set(await queued(id, { by, minutesAgo }), name);
  };
  for (const [index, minutesAgo] of [9, 8, 7, 6].entries())
    await add(`ada ${index}`, ada, ada, minutesAgo);
  await add('bob', bob, bob, 5);
  // Nobody started it, so it is its owner's.
  await add('cleo, automatic', cleo, null, 4);
  const worker = await startTestWorker(scene.server);
  const ids = [...names.keys()];
  const started = () =>
    query<{ id: string }>(
      `SELECT id FROM retrain_run WHERE id = ANY($1::uuid[]) AND finished_at IS NOT NULL ORDER BY started_at`,
      [ids],
    );
  await waitUntil(async () => (await started()).length === ids.length);
  expect((await started()).map(({ id }) => names.get(id))).toEqual([
    'ada 0',
    'bob',
    'cleo, automatic',
    'ada 1',
    'ada 2',
    'ada 3',
  ]);
  await worker.close();
}, 60_000);
