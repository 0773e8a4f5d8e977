import { createClient } from 'graphql-ws';
import { once } from 'node:events';
import { connect } from 'node:net';
import WebSocket from 'ws';
import { queryLimits } from '../graphql/queryLimits';
import type { ApiClient } from '../testing/apiClient';
import { startTestServer, type TestServer } from '../testing/testServer';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer({ env: { LABELLOOP_PUBLIC_URL: 'https://labels.example' } });
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
    `A query may have at most ${queryLimits.maxDepth} levels. Split it.`,
  );
});

test('20,000 aliases are refused before they are parsed', async () => {
  const aliases = Array.from({ length: 20_000 }, (_, index) => `a${index}: __typename`);
  expect(await firstMessage(`{ ${aliases.join(' ')} }`)).toContain(
    `${queryLimits.maxTokens} tokens`,
  );
});

test('a message over the limit ends the connection, not the server', async () => {
  const socket = new WebSocket(
    `${server.url.replace('http', 'ws')}/graphql`,
    'graphql-transport-ws',
  );
  await once(socket, 'open');
  socket.send('x'.repeat(queryLimits.maxBodyBytes + 1));
  const [code] = (await once(socket, 'close')) as [number];
  expect(code).toBe(1009);
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
