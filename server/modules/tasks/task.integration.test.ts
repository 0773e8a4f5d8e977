import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, upload, uploadPhotos, photo } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Task {
  leaseToken: string;
  leaseExpiresAt: string;
  image: { id: string; leasedBy: { name: string }[] };
}
interface LeasePayload {
  tasks: Task[] | null;
  error: { __typename: string } | null;
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

const lease = async (client: ApiClient, input: object) =>
  (
    await client.request<{ leaseTasks: LeasePayload }>(
      `mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) {
         tasks { leaseToken leaseExpiresAt image { id leasedBy { name } } } error { __typename } } }`,
      { input },
    )
  ).leaseTasks;
const idsOf = ({ tasks }: LeasePayload) => tasks?.map((task) => task.image.id) ?? [];
const record = (client: ApiClient, imageId: string, classId = '', leaseToken?: string) =>
  client.request(
    `mutation ($input: RecordLabelInput!) { recordLabel(input: $input) { error { message } } }`,
    { input: { imageId, classId, leaseToken, clientMutationId: randomUUID() } },
  );

async function datasetWith(count: number) {
  const dataset = await createDataset(ada, randomUUID());
  return { ...dataset, datasetId: dataset.id, images: await uploadPhotos(ada, dataset.id, count) };
}

test('eight people who ask at once never get the same image, and together get every one', async () => {
  const { datasetId, images } = await datasetWith(40);
  const people = await Promise.all(
    Array.from({ length: 8 }, (_, index) => server.person(`P${index}`)),
  );
  const leased: string[] = [];
  for (let round = 0; round < 3; round++) {
    const answers = await Promise.all(people.map((one) => lease(one, { datasetId, count: 2 })));
    leased.push(...answers.flatMap(idsOf));
  }
  expect(new Set(leased).size).toBe(leased.length);
  expect(new Set(leased)).toEqual(new Set(images));
  expect(idsOf(await lease(ada, { datasetId, count: 5 }))).toEqual([]);
});

test('an image is free again when its lease has run out, and only then', async () => {
  const { datasetId } = await datasetWith(1);
  const [first] = idsOf(await lease(ada, { datasetId }));
  expect(idsOf(await lease(bob, { datasetId }))).toEqual([]);
  await server.container.dataSource.query(`UPDATE lease SET expires_at = clock_timestamp()`);
  expect(idsOf(await lease(bob, { datasetId }))).toEqual([first]);
});

test('released tasks go to the next person; foreign leases cannot be released', async () => {
  const { datasetId } = await datasetWith(1);
  const release = async (client: ApiClient, leaseTokens: string[]) =>
    (
      await client.request<{ releaseTasks: { released: number } }>(
        'mutation ($t: [String!]!) { releaseTasks(input: { leaseTokens: $t }) { released } }',
        { t: leaseTokens },
      )
    ).releaseTasks.released;
  const { tasks } = await lease(ada, { datasetId });
  const tokens = tasks?.map((task) => task.leaseToken) ?? [];
  expect(await release(bob, tokens)).toBe(0);
  expect(idsOf(await lease(bob, { datasetId }))).toEqual([]);
  expect(await release(ada, tokens)).toBe(1);
  expect(idsOf(await lease(bob, { datasetId }))).toHaveLength(1);
});

test('a renewed lease lasts longer; one that was taken over cannot be renewed', async () => {
  const { datasetId } = await datasetWith(1);
  const renew = async (leaseTokens: string[]) =>
    (
      await ada.request<{ renewLeases: { tasks: Task[] } }>(
        'mutation ($t: [String!]!) { renewLeases(input: { leaseTokens: $t }) { tasks { leaseExpiresAt } } }',
        { t: leaseTokens },
      )
    ).renewLeases.tasks;
  const { tasks } = await lease(ada, { datasetId });
  const [task] = tasks ?? [];
  const [renewed] = await renew([task?.leaseToken ?? '']);
  expect(Date.parse(renewed?.leaseExpiresAt ?? '')).toBeGreaterThan(
    Date.parse(task?.leaseExpiresAt ?? ''),
  );
  await server.container.dataSource.query(`UPDATE lease SET expires_at = clock_timestamp()`);
  await lease(bob, { datasetId });
  expect(await renew([task?.leaseToken ?? ''])).toEqual([]);
});

test('a skipped image is not asked of that person again, but of others', async () => {
  const { datasetId } = await datasetWith(1);
  const { tasks } = await lease(ada, { datasetId });
  const skip = async (leaseToken = '') =>
    (
      await ada.request<{ skipTask: { error: { __typename: string } | null } }>(
        'mutation ($t: String!) { skipTask(input: { leaseToken: $t }) { error { __typename } } }',
        { t: leaseToken },
      )
    ).skipTask.error?.__typename;
  expect(await skip(tasks?.[0]?.leaseToken)).toBeUndefined();
  expect(idsOf(await lease(ada, { datasetId }))).toEqual([]);
  expect(idsOf(await lease(bob, { datasetId }))).toHaveLength(1);
  expect(await skip(tasks?.[0]?.leaseToken)).toBe('InvalidState');
  expect(await skip('nonsense')).toBe('InvalidInput');
});

test('labelled and held-out images are never asked about', async () => {
  const { datasetId, images, classes } = await datasetWith(2);
  await upload(ada, datasetId, [
    { fileName: 'held.jpg', bytes: await photo('held'), heldOut: true },
  ]);
  await record(ada, images[0] ?? '', classes[0]?.id);
  expect(idsOf(await lease(bob, { datasetId, count: 10 }))).toEqual([images[1]]);
});

test('an answer ends the lease, and the queue shows who holds what', async () => {
  const { datasetId, classes } = await datasetWith(3);
  const { tasks } = await lease(ada, { datasetId, count: 2 });
  expect(tasks?.[0]?.image.leasedBy).toEqual([{ name: 'Ada' }]);
  await record(ada, tasks?.[0]?.image.id ?? '', classes[0]?.id, tasks?.[0]?.leaseToken);
  const { dataset } = await ada.request<{
    dataset: {
      counts: { leased: number };
      queue: { nodes: { image: { leasedBy: { name: string }[] } }[] };
    };
  }>(
    `query ($id: ID!) { dataset(id: $id) { counts { leased } queue { nodes { image { leasedBy { name } } } } } }`,
    { id: datasetId },
  );
  expect(dataset.counts.leased).toBe(1);
  expect(dataset.queue.nodes).toHaveLength(2);
  expect(dataset.queue.nodes.flatMap((node) => node.image.leasedBy)).toEqual([{ name: 'Ada' }]);
});

test('the confirm lane is empty before there is a model', async () => {
  const { datasetId, classes } = await datasetWith(1);
  const answer = await lease(ada, { datasetId, lane: 'CONFIRM', classId: classes[0]?.id });
  expect(answer).toEqual({ tasks: [], error: null });
});

test('refuses senseless counts and unknown datasets', async () => {
  const { datasetId } = await datasetWith(0);
  const kind = async (input: object) => (await lease(ada, input)).error?.__typename;
  expect(await kind({ datasetId, count: 0 })).toBe('InvalidInput');
  expect(await kind({ datasetId, count: 101 })).toBe('LimitExceeded');
  expect(await kind({ datasetId: 'RGF0YXNldDox' })).toBe('NotFound');
});
