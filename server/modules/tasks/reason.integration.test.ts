import { randomUUID } from 'node:crypto';
import { Lane, OverlapMode, QueueReason } from '../../../shared/enums';
import { parseGlobalId } from '../../graphql/globalId';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos, type TestDataset } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Task {
  reason: QueueReason | null;
  image: { id: string };
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
const { COVER, UNCERTAIN, RANDOM } = QueueReason;

async function reasonsIn(client: ApiClient, dataset: TestDataset, lane: Lane) {
  const { leaseTasks } = await client.request<{ leaseTasks: { tasks: Task[] } }>(
    'mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) { tasks { reason image { id } } } }',
    { input: { datasetId: dataset.id, lane, count: 50 } },
  );
  return Object.fromEntries(leaseTasks.tasks.map(({ image, reason }) => [image.id, reason]));
}

const settle = (dataset: TestDataset, input: object) =>
  ada.request(
    'mutation ($input: UpdateDatasetInput!) { updateDataset(input: $input) { error { message } } }',
    { input: { id: dataset.id, ...input } },
  );

async function order(dataset: TestDataset, reasons: Record<string, QueueReason>) {
  const { queue, dataSource } = server.container;
  const entries = Object.entries(reasons).map(([id, reason]) => ({ imageId: rawId(id), reason }));
  const ordering = await queue.stage(rawId(dataset.id), null, entries);
  await queue.activate(dataSource.manager, rawId(dataset.id), ordering, entries.length);
}

async function datasetWith(count: number) {
  const dataset = await createDataset(ada, randomUUID());
  return { dataset, images: await uploadPhotos(ada, dataset.id, count) };
}

test('a task has the reason of its queue entry; an image without an entry is random', async () => {
  const { dataset, images } = await datasetWith(4);
  const [first = '', second = '', third = '', fourth = ''] = images;
  await order(dataset, { [third]: COVER, [first]: UNCERTAIN, [second]: RANDOM });
  expect(await reasonsIn(ada, dataset, Lane.HARD)).toEqual({
    [third]: COVER,
    [first]: UNCERTAIN,
    [second]: RANDOM,
    [fourth]: RANDOM,
  });
});

test('a blind task has no reason, because it would reveal the prediction', async () => {
  const { dataset, images } = await datasetWith(2);
  const [audited = '', blind = ''] = images;
  await order(dataset, { [audited]: UNCERTAIN, [blind]: UNCERTAIN });
  const { lanes, dataSource } = server.container;
  const entry = { imageId: rawId(audited), reason: {} };
  await lanes.put(dataSource.manager, rawId(dataset.id), Lane.AUDIT, [entry]);
  await settle(dataset, { blindShare: 1 });
  expect(await reasonsIn(ada, dataset, Lane.AUDIT)).toEqual({ [audited]: null });
  expect(await reasonsIn(ada, dataset, Lane.HARD)).toEqual({ [blind]: null });
});

test('a second opinion cannot be recognised by its reason, which comes from another queue entry', async () => {
  const { dataset, images } = await datasetWith(2);
  await settle(dataset, { overlapMode: OverlapMode.SHARE, overlap: 2, overlapShare: 1 });
  const [answered = '', open = ''] = images;
  await order(dataset, { [open]: COVER });
  await ada.request(
    'mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }',
    {
      input: {
        imageId: answered,
        classId: dataset.classes[0]?.id,
        clientMutationId: randomUUID(),
      },
    },
  );
  expect(await reasonsIn(bob, dataset, Lane.HARD)).toEqual({ [open]: COVER, [answered]: COVER });
});
