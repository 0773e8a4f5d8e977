import { randomUUID } from 'node:crypto';
import type { ApiClient } from '../../testing/apiClient';
import { createDataset, uploadPhotos } from '../../testing/factories';
import { startTestServer, type TestServer } from '../../testing/testServer';

interface Leased {
  tasks: { leaseToken: string; leaseExpiresAt: string }[] | null;
  error: { __typename: string; message: string } | null;
}

let server: TestServer;
let ada: ApiClient;
let bob: ApiClient;
let datasetId: string;

beforeAll(async () => {
  server = await startTestServer({ env: { LABELLOOP_LEASES_PER_PERSON: '4' } });
  ada = await server.person('Ada');
  bob = await server.person('Bob');
});
afterAll(() => server.close());
beforeEach(async () => {
  ({ id: datasetId } = await createDataset(ada, randomUUID()));
  await uploadPhotos(ada, datasetId, 20);
});

const lease = async (client: ApiClient, count: number) =>
  (
    await client.request<{ leaseTasks: Leased }>(
      `mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) {
         tasks { leaseToken leaseExpiresAt } error { __typename message } } }`,
      { input: { datasetId, count } },
    )
  ).leaseTasks;
const tokensOf = ({ tasks }: Leased) => tasks?.map(({ leaseToken }) => leaseToken) ?? [];
const renew = async (client: ApiClient, leaseTokens: string[]) =>
  (
    await client.request<{ renewLeases: Leased }>(
      `mutation ($t: [String!]!) { renewLeases(input: { leaseTokens: $t }) {
         tasks { leaseToken leaseExpiresAt } } }`,
      { t: leaseTokens },
    )
  ).renewLeases;

test('who holds enough tasks gets no more until some are returned, and others still get theirs', async () => {
  expect(tokensOf(await lease(ada, 3))).toHaveLength(3);
  const second = tokensOf(await lease(ada, 3));
  expect(second).toHaveLength(3);
  const { tasks, error } = await lease(ada, 10);
  expect(tasks).toBeNull();
  expect(error?.__typename).toBe('LimitExceeded');
  expect(error?.message).toContain('releaseTasks');
  expect(tokensOf(await lease(bob, 10))).toHaveLength(10);
  await ada.request(
    'mutation ($t: [String!]!) { releaseTasks(input: { leaseTokens: $t }) { released } }',
    { t: second },
  );
  expect(tokensOf(await lease(ada, 1))).toHaveLength(1);
});

test('the limit is per dataset', async () => {
  await lease(ada, 4);
  expect((await lease(ada, 1)).error?.__typename).toBe('LimitExceeded');
  ({ id: datasetId } = await createDataset(ada, randomUUID()));
  await uploadPhotos(ada, datasetId, 2);
  expect(tokensOf(await lease(ada, 2))).toHaveLength(2);
});

test('calls at once do not exceed it together', async () => {
  const answers = await Promise.all(Array.from({ length: 8 }, () => lease(ada, 2)));
  expect(answers.flatMap(tokensOf)).toHaveLength(4);
});

test('an empty queue is not an error for a person who may hold more', async () => {
  await lease(bob, 20);
  expect(await lease(ada, 2)).toEqual({ tasks: [], error: null });
});

describe('a lease', () => {
  const age = (minutes: number) =>
    server.container.dataSource.query(
      `UPDATE lease SET taken_at = clock_timestamp() - make_interval(mins => $1)`,
      [minutes],
    );

  test('is renewed within an hour, and not beyond it', async () => {
    const tokens = tokensOf(await lease(ada, 2));
    expect(tokensOf(await renew(ada, tokens))).toHaveLength(2);
    await age(59);
    const { tasks } = await renew(ada, tokens);
    expect(tasks).toHaveLength(2);
    const left = new Date(tasks?.[0]?.leaseExpiresAt ?? '').getTime() - Date.now();
    expect(left).toBeLessThan(65_000);
    await age(61);
    expect(tokensOf(await renew(ada, tokens))).toEqual([]);
  });

  test('that ended goes to the next person, and its life begins again', async () => {
    await lease(ada, 20);
    await age(61);
    await server.container.dataSource.query('UPDATE lease SET expires_at = clock_timestamp()');
    const tokens = tokensOf(await lease(bob, 20));
    expect(tokens).toHaveLength(20);
    expect(tokensOf(await renew(bob, tokens))).toHaveLength(20);
  });
});
