import { randomUUID } from 'node:crypto';
import { Lane } from '../../../shared/enums';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Task {
  leaseToken: string;
  blind: boolean;
  lane: Lane;
  image: { id: string };
}
interface Answer {
  label: { id: string; lane: Lane | null; blind: boolean };
}

let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
  bob = await server.person('Bob');
});
afterAll(() => server.close());

const rawId = (id: string) => parseGlobalId(id)?.id ?? '';

async function lease(client: ApiClient, datasetId: string, lane: Lane): Promise<Task[]> {
  const { leaseTasks } = await client.request<{ leaseTasks: { tasks: Task[] } }>(
    `mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) {
       tasks { leaseToken blind lane image { id } } } }`,
    { input: { datasetId, lane, count: 50 } },
  );
  return leaseTasks.tasks;
}
const imagesOf = (tasks: Task[]) => tasks.map(({ image }) => image.id);

async function record(client: ApiClient, imageId: string, classId = '', leaseToken?: string) {
  const { recordLabel } = await client.request<{ recordLabel: Answer }>(
    'mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { label { id lane blind } } }',
    { input: { imageId, classId, leaseToken, clientMutationId: randomUUID() } },
  );
  return recordLabel.label;
}

async function waiting(datasetId: string): Promise<Record<string, number>> {
  const { dataset } = await ada.request<{ dataset: { lanes: { lane: Lane; waiting: number }[] } }>(
    'query ($id: ID!) { dataset(id: $id) { lanes { lane waiting } } }',
    { id: datasetId },
  );
  return Object.fromEntries(dataset.lanes.map((one) => [one.lane, one.waiting]));
}

/** Creates a dataset whose first images wait in a lane, last one first. */
async function withLane(lane: Lane.AUDIT | Lane.REVIEW, count: number) {
  const dataset = await createDataset(ada, randomUUID());
  const images = await uploadPhotos(ada, dataset.id, 6);
  const entries = images.slice(0, count).map((id) => ({ imageId: rawId(id), reason: {} }));
  const { lanes, dataSource } = server.container;
  await lanes.put(dataSource.manager, rawId(dataset.id), lane, entries.reverse());
  return { dataset, images, classId: dataset.classes[0]?.id };
}

test('what an audit waits for is asked in its lane, blind, and nowhere else', async () => {
  const { dataset, images, classId } = await withLane(Lane.AUDIT, 2);
  expect(await waiting(dataset.id)).toEqual({ AUDIT: 2, REVIEW: 0 });
  expect(new Set(imagesOf(await lease(bob, dataset.id, Lane.HARD)))).toEqual(
    new Set(images.slice(2)),
  );
  const [first, second] = await lease(ada, dataset.id, Lane.AUDIT);
  expect([first, second].map((task) => [task?.image.id, task?.blind])).toEqual([
    [images[1], true],
    [images[0], true],
  ]);
  expect(await lease(bob, dataset.id, Lane.AUDIT)).toEqual([]);
  const label = await record(ada, images[1] ?? '', classId, first?.leaseToken);
  expect(label).toMatchObject({ lane: 'AUDIT', blind: true });
  expect(await waiting(dataset.id)).toEqual({ AUDIT: 1, REVIEW: 0 });
});

test('an answer without the lane’s lease settles the entry too, but does not count as blind', async () => {
  const { dataset, images, classId } = await withLane(Lane.AUDIT, 1);
  expect(await record(bob, images[0] ?? '', classId)).toMatchObject({ lane: null, blind: false });
  expect(await waiting(dataset.id)).toEqual({ AUDIT: 0, REVIEW: 0 });
});

test('a labelled image is reviewed, and waits again when the answer is undone', async () => {
  const dataset = await createDataset(ada, randomUUID());
  const [image = ''] = await uploadPhotos(ada, dataset.id, 2);
  const [cat, dog] = dataset.classes.map(({ id }) => id);
  await record(ada, image, cat);
  const { lanes, dataSource } = server.container;
  const entry = { imageId: rawId(image), reason: { kind: 'test' } };
  await lanes.put(dataSource.manager, rawId(dataset.id), Lane.REVIEW, [entry]);
  await lanes.put(dataSource.manager, rawId(dataset.id), Lane.REVIEW, [entry]);
  const [task] = await lease(bob, dataset.id, Lane.REVIEW);
  expect(task).toMatchObject({ blind: false, image: { id: image } });
  const label = await record(bob, image, dog, task?.leaseToken);
  expect(label).toMatchObject({ lane: 'REVIEW', blind: false });
  expect((await waiting(dataset.id))['REVIEW']).toBe(0);
  await bob.request(
    'mutation ($input: UndoLabelInput!) { undoLabel(input: $input) { label { id } } }',
    { input: { labelId: label.id, clientMutationId: randomUUID() } },
  );
  expect((await waiting(dataset.id))['REVIEW']).toBe(1);
});

test('what is withdrawn is asked nowhere but in the queue; what was answered stays on record', async () => {
  const { dataset, images, classId } = await withLane(Lane.AUDIT, 2);
  await record(ada, images[0] ?? '', classId);
  const { lanes, dataSource } = server.container;
  const ids = images.slice(0, 2).map(rawId);
  await lanes.withdraw(dataSource.manager, rawId(dataset.id), Lane.AUDIT, ids);
  expect(await lease(ada, dataset.id, Lane.AUDIT)).toEqual([]);
  expect(imagesOf(await lease(ada, dataset.id, Lane.HARD))).toContain(images[1]);
  const kept: unknown[] = await dataSource.query(
    'SELECT 1 FROM lane_entry WHERE dataset_id = $1 AND answered_at IS NOT NULL',
    [rawId(dataset.id)],
  );
  expect(kept).toHaveLength(1);
});
