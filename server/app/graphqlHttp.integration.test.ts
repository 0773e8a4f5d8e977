import { getIntrospectionQuery } from 'graphql';
import { serverAudits } from 'graphql-http';
import { request } from 'node:http';
import { gzipSync } from 'node:zlib';
import { operationLimits } from '../graphql/operations/operationLimits';
import { EventLoopShare } from '../limits/eventLoopShare';
import type { ApiClient } from '../testing/apiClient';
import { startTestServer, type TestServer } from '../testing/testServer';
import { waitUntil } from '../testing/waitUntil';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer();
  ada = await server.person('Ada');
});
afterAll(() => server.close());

interface Answer {
  data?: unknown;
  errors?: { message: string; extensions: { code: string; errorId?: string } }[];
}
const post = (body: unknown, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...ada.headers, ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const get = (query: string, headers: Record<string, string> = {}) =>
  fetch(`${server.url}/graphql?query=${encodeURIComponent(query)}`, { headers });
const answerOf = async (response: Response) => (await response.json()) as Answer;
const firstError = async (response: Response) => (await answerOf(response)).errors?.[0];

/** Drops a table, so that requests that read it fail with an unexpected error. */
async function withoutTable(table: string, use: () => Promise<void>) {
  const { dataSource } = server.container;
  await dataSource.query(`ALTER TABLE ${table} RENAME TO hidden_table`);
  await use().finally(() => dataSource.query(`ALTER TABLE hidden_table RENAME TO ${table}`));
}

test('the HTTP audits of graphql-http find no error', async () => {
  const fetchFn = (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as object), ...ada.headers } });
  const audits = serverAudits({ url: `${server.url}/graphql`, fetchFn });
  const results = await Promise.all(audits.map((audit) => audit.fn()));
  const named = (status: string) =>
    results.filter((one) => one.status === status).map((one) => `${one.id} ${one.name}`);
  process.stdout.write(`graphql-http warns of:\n  ${named('warn').join('\n  ')}\n`);
  expect(named('error')).toEqual([]);
  expect(named('ok').length).toBeGreaterThan(50);
});

test('introspection is for people who are signed in', async () => {
  const query = getIntrospectionQuery();
  const { data, errors } = await answerOf(await post({ query }));
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({ __schema: { subscriptionType: { name: 'Subscription' } } });
  const anonymous = await post({ query }, { authorization: '' });
  expect((await firstError(anonymous))?.extensions.code).toBe('UNAUTHENTICATED');
});

test('a body over the limit of strangers is 413', async () => {
  const padded = { query: '{ __typename }', extensions: { padding: 'x'.repeat(20_000) } };
  expect((await post(padded, { authorization: '' })).status).toBe(413);
  expect((await post(padded)).status).toBe(200);
});

test('a wrong name gets no suggestion', async () => {
  const error = await firstError(await post({ query: '{ viewer { nam } }' }));
  expect(error?.message).toBe('Cannot query field "nam" on type "User".');
});

test('a wrong field of a variable gets no suggestion', async () => {
  const query = 'mutation ($input: SignInInput!) { signIn(input: $input) { token } }';
  const variables = { input: { name1: 'x' } };
  const error = await firstError(await post({ query, variables }, { authorization: '' }));
  expect(error?.message).toContain('name1');
  expect(error?.message).not.toContain('Did you mean');
});

test.each([
  ['behind a thousand other parameters', 'a&'.repeat(1_000), ''],
  ['behind its variables', '', `${'&a'.repeat(1_000)}&variables={}`],
])('a query in the URL is admitted %s', async (_where, before, after) => {
  const query = encodeURIComponent('{ __schema { types { name } } }');
  const response = await fetch(`${server.url}/graphql?${before}query=${query}${after}`, {
    headers: { 'apollo-require-preflight': '1' },
  });
  expect(await response.json()).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
});

test('a subscription needs a websocket', async () => {
  const query = 'subscription { datasetEvents(datasetId: "x") { cursor } }';
  const response = await post({ query });
  expect(response.status).toBe(400);
  expect((await firstError(response))?.message).toBe(
    'Subscriptions need a websocket on this path.',
  );
});

test('a query nested too deep is refused', async () => {
  const nested = (levels: number) =>
    `{ datasets { nodes ${'{ images(first: 1) { nodes { dataset '.repeat(levels)} { id } ${'} } }'.repeat(levels)} } }`;
  expect((await firstError(await post({ query: nested(4) })))?.message).toBe(
    `A query may have at most ${operationLimits.maxDepth} levels. Split it.`,
  );
  expect(await answerOf(await post({ query: nested(3) }))).toEqual({
    data: { datasets: { nodes: [] } },
  });
});

test('a query that could touch millions of values is refused', async () => {
  const query =
    '{ datasets(first: 500) { nodes { images(first: 500) { nodes { id fileName } } } } }';
  const response = await post({ query });
  expect(response.status).toBe(400);
  expect((await firstError(response))?.extensions).toEqual({
    code: 'QUERY_TOO_COSTLY',
    cost: expect.any(Number) as number,
    limit: operationLimits.maxCost,
  });
});

test('20,000 aliases are refused before they are parsed', async () => {
  const aliases = Array.from({ length: 20_000 }, (_, index) => `a${index}: __typename`);
  const response = await post({ query: `{ ${aliases.join(' ')} }` });
  expect(response.status).toBe(400);
  expect((await firstError(response))?.message).toContain(`${operationLimits.maxTokens} tokens`);
});

test('a body over the limit is 413, one below is not', async () => {
  const query = '{ __typename }';
  const padded = (length: number) => ({ query, extensions: { padding: 'x'.repeat(length) } });
  expect((await post(padded(operationLimits.maxBodyBytes))).status).toBe(413);
  expect((await post(padded(operationLimits.maxBodyBytes - 100))).status).toBe(200);
});

test('a query that is known only by its hash is refused with its reason', async () => {
  const persistedQuery = { version: 1, sha256Hash: 'x' };
  for (const query of ['{ __typename }', undefined]) {
    const error = await firstError(await post({ query, extensions: { persistedQuery } }));
    expect(error?.extensions.code).toBe('PERSISTED_QUERY_NOT_SUPPORTED');
  }
});

test('large bodies of one person are read one by one, and one that ends early holds up none', async () => {
  const large = { query: '{ __typename }', extensions: { padding: 'x'.repeat(100_000) } };
  const aborted = new AbortController();
  const { hostname, port } = new URL(server.url);
  const unfinished = request({
    ...{ hostname, port, path: '/graphql', method: 'POST', signal: aborted.signal },
    headers: { ...ada.headers, 'content-type': 'application/json', 'content-length': 100_000 },
  });
  unfinished.on('error', () => {}).write('{');
  const answers = [1, 2, 3].map(async () => (await post(large)).status);
  const bob = await server.person('Bob');
  expect((await post(large, bob.headers)).status).toBe(200);
  aborted.abort();
  expect(await Promise.all(answers)).toEqual([200, 200, 200]);
});

test('people who leave while their request waits hold up nobody', async () => {
  const { hostname, port } = new URL(server.url);
  const carol = await server.person('Carol');
  let goOn = () => {};
  const held = new Promise<void>((resolve) => (goOn = resolve));
  const waits = jest
    .spyOn(EventLoopShare.prototype, 'wait')
    .mockImplementation((owner) => (owner.startsWith('admission') ? held : undefined));
  const waiting = (count: number) =>
    waitUntil(() => waits.mock.calls.flat().filter((o) => /^admission/.test(o)).length >= count);
  const headers = { ...carol.headers, 'apollo-require-preflight': 'true' };
  const path = `/graphql?query=${encodeURIComponent('{ viewer { name } }')}`;
  const leaving = Array.from({ length: 8 }, () => request({ hostname, port, path, headers }));
  for (const one of leaving) one.on('error', () => {}).end();
  await waiting(leaving.length);
  for (const one of leaving) one.destroy();
  // The server reads the ends of the connections before it reads a new one.
  const answer = carol.request('{ viewer { name } }');
  await waiting(leaving.length + 1);
  goOn();
  await expect(answer).resolves.toEqual({ viewer: { name: 'Carol' } });
  waits.mockRestore();
});

test('a packed body is refused, because a kilobyte can unpack to a megabyte', async () => {
  const packed = gzipSync(
    JSON.stringify({ query: '{ __typename }', padding: ' '.repeat(500_000) }),
  );
  const response = await fetch(`${server.url}/graphql`, {
    method: 'POST',
    headers: { ...ada.headers, 'content-type': 'application/json', 'content-encoding': 'gzip' },
    body: packed,
  });
  expect(response.status).toBe(415);
});

test('batches are refused', async () => {
  const response = await post([{ query: '{ __typename }' }, { query: '{ __typename }' }]);
  expect(response.status).toBe(400);
  expect((await firstError(response))?.message).toBe('Operation batching disabled.');
});

test('what another site’s page could send is refused, and so is any mutation by GET', async () => {
  const signOut = 'mutation { signOut { error { message } } }';
  const crossSite = [
    await get('{ __typename }'),
    await get(signOut),
    await post({ query: signOut }, { 'content-type': 'text/plain' }),
    await post('query={__typename}', { 'content-type': 'application/x-www-form-urlencoded' }),
  ];
  for (const response of crossSite) {
    expect(response.status).toBe(400);
    expect((await firstError(response))?.message).toContain('Cross-Site Request Forgery');
  }
  const preflighted = { 'apollo-require-preflight': '1' };
  expect((await get(signOut, preflighted)).status).toBe(405);
  expect((await get('{ __typename }', preflighted)).status).toBe(200);
});

test.each(['dataset', 'session'])('a failure in %s is shown as an id to quote', async (table) => {
  await withoutTable(table, async () => {
    const error = await firstError(await post({ query: '{ datasets { totalCount } }' }));
    expect(error?.message).toBe(
      `An unexpected error occurred. Quote ${error?.extensions.errorId} when you report it.`,
    );
    expect(error?.extensions).toEqual({
      code: 'INTERNAL_SERVER_ERROR',
      errorId: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
    });
  });
});

test('a failure outside GraphQL quotes the request’s id', async () => {
  await withoutTable('image', async () => {
    const response = await ada.get('/files/images/0198c2a4-7a3b-7c1d-9e2f-1234567890ab');
    expect(response.status).toBe(500);
    const id = response.headers.get('x-request-id') ?? 'none';
    const { message } = (await response.json()) as { message: string };
    expect(message).toContain(`Quote ${id} when you report it.`);
  });
});

test('every answer names its request: by the caller’s id, or by a new one', async () => {
  const idOf = async (given: string) =>
    (await post({ query: '{ __typename }' }, { 'x-request-id': given })).headers.get(
      'x-request-id',
    );
  expect(await idOf('my-request-1')).toBe('my-request-1');
  expect(await idOf('')).toMatch(/^[0-9a-f-]{36}$/);
  expect(await idOf('x'.repeat(101))).toMatch(/^[0-9a-f-]{36}$/);
});

test('says that it lives and that it is ready', async () => {
  const statusOf = async (path: string) => (await fetch(server.url + path)).status;
  expect(await statusOf('/healthz')).toBe(200);
  expect(await statusOf('/readyz')).toBe(200);
});
