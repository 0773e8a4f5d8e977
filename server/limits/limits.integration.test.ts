import { randomUUID } from 'node:crypto';
import { ApiClient, take } from '../testing/apiClient';
import { startTestServer, type TestServer } from '../testing/testServer';
import { parseBudgets } from './budgets';
import { Limiter } from './limiter';
import { pruneRateCounters } from './rateCounter.repository';

interface Created {
  dataset: { id: string } | null;
  error: { __typename: string; message: string; limit: number; retryAfterSeconds: number } | null;
}

let server: TestServer;

beforeAll(async () => {
  server = await startTestServer({
    env: {
      LABELLOOP_LIMITS: 'datasets=4/3600 similarSearches=2/3600 newPeople=12/3600',
      LABELLOOP_SESSIONS_PER_PERSON: '3',
    },
  });
});
afterAll(() => server.close());

/** One request that asks for several datasets by aliases. */
const manyDatasets = (count: number) => {
  const names = Array.from({ length: count }, () => randomUUID());
  const fields = `dataset { id } error { __typename message ... on LimitExceeded { limit retryAfterSeconds } }`;
  return `mutation { ${names
    .map((name, at) => `d${at}: createDataset(input: { name: "${name}" }) { ${fields} }`)
    .join(' ')} }`;
};
const similar = `{ similarImages(imageIds: []) { similarity } }`;
const count = async () =>
  (
    await server.container.dataSource.query<{ count: number }[]>(
      'SELECT count(*)::int FROM dataset',
    )
  )[0]?.count;

test('each alias of a request counts, and another person is not affected', async () => {
  const ada = await server.person('Ada');
  const before = (await count()) ?? 0;
  const answers = Object.values(await ada.request<Record<string, Created>>(manyDatasets(10)));
  expect(answers.filter(({ dataset }) => dataset)).toHaveLength(4);
  expect(await count()).toBe(before + 4);
  const refused = answers.flatMap(({ error }) => error ?? []);
  expect(refused).toHaveLength(6);
  expect(refused[0]).toMatchObject({ __typename: 'LimitExceeded', limit: 4 });
  expect(refused[0]?.message).toMatch(/^The limit is 4 new datasets in 60 minutes\. Try again in /);
  expect(refused[0]?.retryAfterSeconds).toBeGreaterThan(3_000);
  const bob = await server.person('Bob');
  const others = Object.values(await bob.request<Record<string, Created>>(manyDatasets(1)));
  expect(others[0]?.error).toBeNull();
});

test('the websocket spends the same budget', async () => {
  const cleo = await server.person('Cleo');
  const ask = async (number: number) => {
    const [result] = await take(cleo.subscribe<Record<string, Created>>(manyDatasets(number)), 1);
    return Object.values(result?.data ?? {});
  };
  expect((await ask(3)).every(({ dataset }) => dataset)).toBe(true);
  expect((await ask(2)).map(({ error }) => error?.__typename)).toEqual([
    undefined,
    'LimitExceeded',
  ]);
  const [overHttp] = Object.values(await cleo.request<Record<string, Created>>(manyDatasets(1)));
  expect(overHttp?.error?.__typename).toBe('LimitExceeded');
  await cleo.close();
});

test('a query that computes is refused with RATE_LIMITED, on HTTP and websocket alike', async () => {
  const dora = await server.person('Dora');
  const codes = (errors?: readonly { extensions?: { code?: string } }[]) =>
    errors?.map(({ extensions }) => extensions?.code);
  const overHttp = await dora.raw(similar);
  expect(codes(overHttp.errors)).toEqual(['BAD_USER_INPUT']);
  const overSocket = async () => (await take(dora.subscribe(similar), 1))[0]?.errors;
  const errors = (await overSocket()) as { extensions?: { code?: string } }[] | undefined;
  expect(codes(errors)).toEqual(['BAD_USER_INPUT']);
  const refusedHttp = await dora.raw(similar);
  expect(refusedHttp.errors?.[0]?.extensions).toEqual({
    code: 'RATE_LIMITED',
    limit: 2,
    retryAfterSeconds: expect.any(Number) as number,
  });
  expect((await overSocket())?.[0]?.extensions).toMatchObject({ code: 'RATE_LIMITED', limit: 2 });
  await dora.close();
});

test('a person keeps the newest sessions, and the oldest is ended', async () => {
  const sessions: ApiClient[] = [];
  for (let index = 0; index < 4; index++) sessions.push(await server.person('Emil'));
  const names = await Promise.all(
    sessions.map(
      async (each) => (await each.request<{ viewer: object | null }>('{ viewer { id } }')).viewer,
    ),
  );
  expect(names.map((viewer) => viewer !== null)).toEqual([false, true, true, true]);
});

test('an address makes a bounded number of new people, and known people still sign in', async () => {
  const signIn = async (name: string) =>
    (
      await new ApiClient(server.url).request<{
        signIn: { token: string | null; error: { __typename: string; message: string } | null };
      }>(
        `mutation ($name: String!) { signIn(input: { name: $name }) { token error { __typename message } } }`,
        { name },
      )
    ).signIn;
  const answers: Awaited<ReturnType<typeof signIn>>[] = [];
  for (let index = 0; index < 13; index++) answers.push(await signIn(`New ${index}`));
  expect(answers[0]?.token).toBeTruthy();
  expect(answers.at(-1)?.error).toMatchObject({
    __typename: 'LimitExceeded',
    message: expect.stringContaining('new people from one address') as string,
  });
  expect((await signIn('Ada')).error).toBeNull();
});

describe('several API processes', () => {
  const budgets = parseBudgets('exports=2/3600 explanations=2/3600');
  const processes = (dataSource?: TestServer['container']['dataSource']) =>
    [1, 2].map(() => new Limiter({ budgets, dataSource })) as [Limiter, Limiter];
  const person = { person: randomUUID() };

  test('count together in PostgreSQL', async () => {
    const [one, two] = processes(server.container.dataSource);
    await one.spend('exports', person);
    await two.spend('exports', person);
    for (const each of [one, two])
      await expect(each.spend('exports', person)).rejects.toThrow('The limit is 2 new exports');
    await one.spend('exports', { person: randomUUID() });
  });

  test('count alone in memory, and for what only concerns the process', async () => {
    const [one, two] = processes();
    await one.spend('exports', person, 2);
    await two.spend('exports', person, 2);
    const [third, fourth] = processes(server.container.dataSource);
    await third.spend('explanations', person, 2);
    await fourth.spend('explanations', person, 2);
  });

  test('forget a period that is over', async () => {
    const { dataSource } = server.container;
    const rows = () => dataSource.query<object[]>('SELECT key FROM rate_counter');
    expect((await rows()).length).toBeGreaterThan(0);
    await pruneRateCounters(dataSource);
    expect((await rows()).length).toBeGreaterThan(0);
    await dataSource.query('UPDATE rate_counter SET expire = 1');
    await pruneRateCounters(dataSource);
    expect(await rows()).toEqual([]);
  });
});
