import { getIntrospectionQuery } from 'graphql';
import { createClient } from 'graphql-ws';
import { once } from 'node:events';
import { connect } from 'node:net';
import WebSocket from 'ws';
import { operationLimits } from '../graphql/operations/operationLimits';
import type { ApiClient } from '../testing/apiClient';
import { createDataset } from '../testing/factories';
import { startTestServer, type TestServer } from '../testing/testServer';
import { waitUntil } from '../testing/waitUntil';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer({
    env: {
      LABELLOOP_PUBLIC_URL: 'https://labels.example',
      LABELLOOP_STALLED_AFTER_SECONDS: '2',
    },
  });
  ada = await server.person('Ada');
});
afterAll(() => server.close());

/** Returns the answer to one operation over a new socket, or its errors. */
async function operate(query: string, headers: Record<string, string> = ada.headers) {
  const client = createClient({
    url: `${server.url.replace('http', 'ws')}/graphql`,
    webSocketImpl: WebSocket,
    connectionParams: headers,
    retryAttempts: 0,
  });
  try {
    const result = await client.iterate({ query }).next();
    return result.value as { data?: unknown; errors?: { message: string }[] };
  } catch (refusal) {
    return { errors: refusal as { message: string }[] };
  } finally {
    await client.dispose();
  }
}
const firstMessage = async (query: string) => (await operate(query)).errors?.[0]?.message;

/** Returns the status of a handshake: 101 for a socket, otherwise that of the refusal. */
async function handshake(headers: Record<string, string>): Promise<number> {
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws', { headers });
  socket.on('error', () => {});
  return new Promise((resolve) => {
    socket.once('upgrade', () => resolve(101));
    socket.once('unexpected-response', (_request, { statusCode }) => resolve(statusCode ?? 0));
  }).then((status) => {
    socket.terminate();
    return status as number;
  });
}

test('answers queries like HTTP does', async () => {
  expect(await operate('{ viewer { name } }')).toEqual({ data: { viewer: { name: 'Ada' } } });
  expect(await operate('{ viewer { name } }', {})).toEqual({ data: { viewer: null } });
});

test('a query nested too deep is refused', async () => {
  const nested = `{ datasets { nodes ${'{ images { nodes { dataset '.repeat(4)} { id } ${'} } }'.repeat(4)} } }`;
  expect(await firstMessage(nested)).toBe(
    `A query may have at most ${operationLimits.maxDepth} levels. Split it.`,
  );
});

test('10,000 aliases are refused before they are parsed', async () => {
  const aliases = Array.from({ length: 10_000 }, (_, index) => `a${index}: __typename`);
  expect(await firstMessage(`{ ${aliases.join(' ')} }`)).toContain(
    `${operationLimits.maxTokens} tokens`,
  );
});

/** Opens a socket. It is not signed in yet. */
async function connected(): Promise<WebSocket> {
  const url = `${server.url.replace('http', 'ws')}/graphql`;
  const socket = new WebSocket(url, 'graphql-transport-ws');
  await once(socket, 'open');
  return socket;
}

const signIn = (socket: WebSocket, headers: Record<string, string>) =>
  socket.send(JSON.stringify({ type: 'connection_init', payload: headers }));

const closeCodeOf = (socket: WebSocket): Promise<number> =>
  once(socket, 'close').then(([code]) => code as number);

test('a message over the limit ends the connection, not the server', async () => {
  const socket = await connected();
  socket.send('x'.repeat(operationLimits.maxMessageBytes + 1));
  expect(await closeCodeOf(socket)).toBe(1009);
});

test('a message of a stranger may be as large as the body of a stranger', async () => {
  const socket = await connected();
  signIn(socket, { padding: 'x'.repeat(operationLimits.maxAnonymousBodyBytes) });
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4400, 'The message is too large. Sign in first']);
});

/** Opens a socket that is signed in as Ada. */
async function signedIn(): Promise<WebSocket> {
  const socket = await connected();
  signIn(socket, ada.headers);
  await once(socket, 'message');
  return socket;
}

const subscribe = (id: string, query: string) =>
  JSON.stringify({ id, type: 'subscribe', payload: { query } });

test('a message that is nested deep is refused before it is parsed', async () => {
  const socket = await signedIn();
  socket.send(`{"type":"ping","payload":${'['.repeat(3_000)}${']'.repeat(3_000)}}`);
  const [code, reason] = (await once(socket, 'close')) as [number, Buffer];
  expect([code, String(reason)]).toEqual([4400, 'The message is nested too deep']);
});

test('what comes after a message that broke the protocol is not read', async () => {
  const socket = await signedIn();
  const input = `{ name: "After the end" }`;
  socket.send('{');
  socket.send(subscribe('1', `mutation { createDataset(input: ${input}) { dataset { id } } }`));
  expect(await closeCodeOf(socket)).toBe(4400);
  const { datasets } = await ada.request<{ datasets: { nodes: { name: string }[] } }>(
    '{ datasets(first: 50) { nodes { name } } }',
  );
  expect(datasets.nodes.map(({ name }) => name)).not.toContain('After the end');
});

test('a mistake with a long id is named by its own code', async () => {
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  const socket = await signedIn();
  const events = subscribe('x'.repeat(200), '{ viewer { name } }');
  socket.send(events);
  socket.send(events);
  expect(await closeCodeOf(socket)).toBe(4409);
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test('an id cannot be used again before its operation has ended', async () => {
  const socket = await signedIn();
  const first = `query { datasets(first: 50) { nodes { name classes { name } } } }`;
  const complete = JSON.stringify({ id: '1', type: 'complete' });
  // All arrive in one read, before any of them can end.
  for (let time = 0; time < 10; time++) {
    socket.send(subscribe('1', first));
    socket.send(complete);
  }
  expect(await closeCodeOf(socket)).toBe(4409);
  // Every turn of the person has come back.
  expect(await ada.request('{ viewer { name } }')).toEqual({ viewer: { name: 'Ada' } });
});

test('expected errors keep their code, unknown ones are shown as an id', async () => {
  expect(await operate('{ datasets { totalCount } }', {})).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
  const { dataSource } = server.container;
  await dataSource.query('ALTER TABLE dataset RENAME TO hidden_table');
  const message = await firstMessage('{ datasets { totalCount } }');
  await dataSource.query('ALTER TABLE hidden_table RENAME TO dataset');
  expect(message).toMatch(/^An unexpected error occurred. Quote [0-9a-f-]{36}/);
});

test('a socket that opens while sessions cannot be read is asked to come back', async () => {
  const printed = jest.spyOn(console, 'error').mockImplementation(() => {});
  const { dataSource } = server.container;
  await dataSource.query('ALTER TABLE session RENAME TO hidden_table');
  const socket = await connected();
  signIn(socket, ada.headers);
  const code = await closeCodeOf(socket);
  await dataSource.query('ALTER TABLE hidden_table RENAME TO session');
  expect(code).toBe(1013);
  // The logger describes errors without parameters. Nothing else may print them.
  expect(printed).not.toHaveBeenCalled();
  printed.mockRestore();
});

test('a page of another site cannot open a socket; ours and scripts can', async () => {
  expect(await handshake({ origin: 'https://evil.example' })).toBe(403);
  expect(await handshake({ origin: 'null' })).toBe(403);
  expect(await handshake({ origin: 'https://labels.example.evil.example' })).toBe(403);
  expect(await handshake({ origin: server.url })).toBe(101);
  expect(await handshake({ origin: 'https://labels.example' })).toBe(101);
  expect(await handshake({})).toBe(101);
});

test.each([
  ['a path that is no URL', '//'],
  ['another path', '/elsewhere'],
])('an upgrade on %s is refused, and the server goes on', async (_what, path) => {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
  );
  const [answer] = (await once(socket, 'data')) as [Buffer];
  expect(answer.toString()).toMatch(/^HTTP\/1.1 403/);
  socket.destroy();
  expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
});

/** Opens a socket that is ready for operations. */
async function openSocket(headers: Record<string, string> = ada.headers) {
  const socket = await connected();
  const messages: { type: string; id?: string; payload?: unknown }[] = [];
  signIn(socket, headers);
  await once(socket, 'message');
  socket.on('message', (data: Buffer) =>
    messages.push(JSON.parse(data.toString()) as (typeof messages)[number]),
  );
  const ask = (id: string, query: string) =>
    socket.send(JSON.stringify({ id, type: 'subscribe', payload: { query } }));
  const closed = closeCodeOf(socket);
  return { socket, messages, ask, closed };
}

test('introspection over a socket is for people who are signed in', async () => {
  expect(await operate('{ __schema { types { name } } }', {})).toMatchObject({
    errors: [{ extensions: { code: 'UNAUTHENTICATED' } }],
  });
});

test('a costly query is refused over a socket with its cost', async () => {
  const query = '{ datasets(first: 500) { nodes { images(first: 500) { nodes { id } } } } }';
  expect(await operate(query)).toMatchObject({
    errors: [{ extensions: { code: 'QUERY_TOO_COSTLY', limit: operationLimits.maxCost } }],
  });
});

test('a socket that asks for too much at once is closed', async () => {
  const bob = await server.person('Bob');
  const { id } = await createDataset(bob, 'followed too often');
  const { ask, closed } = await openSocket(bob.headers);
  const follow = `subscription { datasetEvents(datasetId: "${id}") { cursor } }`;
  for (let index = 0; index < 2_000; index++) ask(`s${index}`, follow);
  expect(await closed).toBe(4429);
});

test('a flood of quick queries on one socket is answered, and others are answered meanwhile', async () => {
  const eve = await server.person('Eve');
  const { ask, messages, socket } = await openSocket(eve.headers);
  for (let index = 0; index < 1_000; index++) ask(`q${index}`, '{ viewer { name } }');
  expect(await operate('{ viewer { name } }')).toEqual({ data: { viewer: { name: 'Ada' } } });
  expect(messages.filter(({ type }) => type === 'complete').length).toBeLessThan(1_000);
  socket.terminate();
});

test('a client that asks and never reads is cut, and others are answered meanwhile', async () => {
  const greedy = await server.person('Greedy');
  const { socket, ask } = await openSocket(greedy.headers);
  const open = server.connections();
  socket.pause();
  // More than the buffers of both systems take: about 90 times a third of a megabyte.
  for (let index = 0; index < 90; index++) ask(`q${index}`, getIntrospectionQuery());
  expect(await operate('{ viewer { name } }')).toEqual({ data: { viewer: { name: 'Ada' } } });
  await waitUntil(() => server.connections() < open);
  socket.terminate();
}, 60_000);

test('one person holds a limited number of sockets; others still connect', async () => {
  const carol = await server.person('Carol');
  const limit = server.container.config.socketsPerPerson;
  const opened = await Promise.all(Array.from({ length: limit }, () => openSocket(carol.headers)));
  const refused = await connected();
  signIn(refused, carol.headers);
  expect(await closeCodeOf(refused)).toBe(4429);
  expect(await operate('{ viewer { name } }')).toEqual({ data: { viewer: { name: 'Ada' } } });
  for (const { socket } of opened) socket.terminate();
});

test('signing out closes the sockets of the session, and only these', async () => {
  const dora = await server.person('Dora');
  const elsewhere = await server.person('Dora');
  const { closed, ask } = await openSocket(dora.headers);
  const other = await openSocket(elsewhere.headers);
  await dora.request('mutation { signOut { error { message } } }');
  ask('late', '{ viewer { name } }');
  expect(await closed).not.toBe(1000);
  other.ask('still', '{ viewer { name } }');
  await waitUntil(() => other.messages.some(({ type }) => type === 'next'));
  other.socket.terminate();
});

test('a session that ended on another server closes its sockets too', async () => {
  const erin = await server.person('Erin');
  const { closed } = await openSocket(erin.headers);
  await server.container.dataSource.query(
    `DELETE FROM session WHERE user_id = (SELECT id FROM user_account WHERE name = 'Erin')`,
  );
  expect(await closed).not.toBe(1000);
});
