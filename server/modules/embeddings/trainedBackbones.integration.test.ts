import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pino from 'pino';
import { v4 as uuid } from 'uuid';
import { ContractCache } from '../../../models/backbones';
import { meanColour } from '../../../models/testing';
import { fromGlobalId } from '../../graphql/globalId';
import { LocalImageStore } from '../../storage/localImageStore';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, type TestDataset } from '../../testing/factories';
import { startScene, type Scene } from '../../testing/scene';
import { BackboneRegistry } from './backboneRegistry';
import { TrainedBackboneRepository } from './trainedBackbone.repository';
import { TrainedBackbones } from './trainedBackbones';

let scene: Scene;
let ada: ApiClient;
let folder: string;
let onnxFile: string;
let store: LocalImageStore;

beforeAll(async () => {
  scene = await startScene({ worker: false });
  [ada] = scene.people as [ApiClient];
});
afterAll(() => scene.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'labelloop-trained-'));
  onnxFile = join(folder, 'network.onnx');
  await writeFile(onnxFile, meanColour());
  store = new LocalImageStore(join(folder, 'store'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const query = <T>(sql: string, values: unknown[] = []) =>
  scene.server.container.dataSource.query<T[]>(sql, values);
const plainId = ({ id }: TestDataset) => fromGlobalId('Dataset', id);

/** The networks on one of several machines that share the database and the store. */
const onMachine = (name: string) =>
  new TrainedBackbones(
    new TrainedBackboneRepository(scene.server.container.dataSource),
    store,
    join(folder, name),
    new ContractCache(join(folder, name, 'contracts')),
    pino({ level: 'silent' }),
  );

/** Adds a network to a dataset, as the worker does at the end of a run. */
async function addNetwork(dataset: TestDataset): Promise<string> {
  const [id, runId, datasetId] = [`${uuid().slice(0, 8)}-round-1`, uuid(), plainId(dataset)];
  await query(
    `INSERT INTO retrain_run (id, dataset_id, number, status, recipe, trigger)
     VALUES ($1, $2, 1, 'PUBLISHED', 'FINETUNE', 'MANUAL')`,
    [runId, datasetId],
  );
  await onMachine('worker').add({ id, datasetId, runId, name: 'Fine-tuned', onnxFile });
  return id;
}

const backbonesOf = async ({ id }: TestDataset) =>
  (
    await ada.request<{ dataset: { backbones: { id: string; name: string }[] } }>(
      'query ($id: ID!) { dataset(id: $id) { backbones { id name embeddingSize } } }',
      { id },
    )
  ).dataset.backbones;

test('a network is listed, with its name and size, by a machine that does not have its file', async () => {
  const [dataset, other] = [await createDataset(ada, uuid()), await createDataset(ada, uuid())];
  const id = await addNetwork(dataset);
  // The server of the scene has another store, so it never gets the file.
  expect((await backbonesOf(dataset))[0]).toMatchObject({ id, name: 'Fine-tuned' });
  expect((await backbonesOf(other)).map((backbone) => backbone.id)).not.toContain(id);
});

test('a page does not wait for a store that does not answer', async () => {
  const dataset = await createDataset(ada, uuid());
  const id = await addNetwork(dataset);
  const machine = onMachine('api');
  const registry = await BackboneRegistry.open(
    [scene.backboneFolder],
    new ContractCache(join(folder, 'contracts')),
    machine,
    pino({ level: 'silent' }),
  );
  const next = await addNetwork(await createDataset(ada, uuid()));
  store.read = () => new Promise(() => {});
  const own = async () =>
    (await registry.ofDataset(plainId(dataset))).map((backbone) => backbone.id);
  expect(await own()).toEqual([id, 'mean_colour']);
  expect(await registry.byIds([next])).toMatchObject(new Map([[next, { name: 'Fine-tuned' }]]));
});

test('a damaged copy is downloaded again', async () => {
  const id = await addNetwork(await createDataset(ada, uuid()));
  const first = onMachine('api');
  await first.refresh();
  expect(first.all.map((backbone) => backbone.id)).toContain(id);
  await writeFile(join(folder, 'api', `${id}.onnx`), 'damaged');
  const restarted = onMachine('api');
  await restarted.refresh();
  expect(restarted.all.map((backbone) => backbone.id)).toContain(id);
});

test('a network of an older version gets its contract when a machine reads its file', async () => {
  const dataset = await createDataset(ada, uuid());
  const id = await addNetwork(dataset);
  await query('UPDATE trained_backbone SET contract = NULL, bytes = NULL WHERE id = $1', [id]);
  const machine = onMachine('api');
  expect(await machine.ofDataset(plainId(dataset))).toEqual([]);
  await machine.refresh();
  expect(await onMachine('another').ofDataset(plainId(dataset))).toMatchObject([
    { id, name: 'Fine-tuned', hasFeatureMap: expect.any(Boolean) as boolean },
  ]);
});
