import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import type { ApiClient } from '../../testing/apiClient';
import { startTestServer, type TestServer } from '../../testing/testServer';

let server: TestServer;
let ada: ApiClient;

beforeAll(async () => {
  server = await startTestServer({
    env: { LABELLOOP_HOSTS: 'labels.example, other.example', LABELLOOP_HSTS: 'true' },
  });
  ada = await server.person('Ada');
});
afterAll(() => server.close());

/** Requests a path under any host name, which fetch does not allow. */
async function statusUnder(host: string, path = '/', headers: Record<string, string> = {}) {
  const sent = request(server.url + path, { headers: { host, ...headers } }).end();
  const [response] = (await once(sent, 'response')) as [{ statusCode: number; resume(): void }];
  response.resume();
  return response.statusCode;
}

describe('host names', () => {
  test.each(['labels.example', 'other.example:4000', 'LOCALHOST', '127.0.0.1', '[::1]:4000'])(
    'answers under %s',
    async (host) => {
      expect(await statusUnder(host, '/graphql')).not.toBe(421);
    },
  );

  test.each(['evil.example', 'labels.example.evil.example', 'evil.example:80@localhost'])(
    'refuses “%s”',
    async (host) => {
      expect(await statusUnder(host, '/graphql')).toBeGreaterThanOrEqual(400);
      expect([400, 421]).toContain(await statusUnder(host, '/files/images/x'));
    },
  );

  test('health answers under every name', async () => {
    expect(await statusUnder('10-0-0-1.pod.cluster', '/healthz')).toBe(200);
  });
});

test('a forwarded host counts only from a trusted proxy', async () => {
  const other = await startTestServer({ env: { LABELLOOP_TRUSTED_PROXIES: '10.0.0.1' } });
  try {
    const headers = { 'x-forwarded-host': 'evil.example' };
    expect((await fetch(`${other.url}/graphql`, { headers })).status).not.toBe(421);
    expect((await fetch(`${server.url}/graphql`, { headers })).status).toBe(421);
  } finally {
    await other.close();
  }
});

describe('security headers', () => {
  const everywhere = {
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'cross-origin-opener-policy': 'same-origin',
    'strict-transport-security': 'max-age=31536000',
  };
  const paths = ['/', '/healthz', '/readyz', '/graphql', '/missing', '/files/exports/x'];
  const filePaths = ['/files/images/x', '/files/thumbnails/x'];

  test.each([...paths, ...filePaths])('%s carries all of them', async (path) => {
    const { headers } = await ada.get(path);
    for (const [name, value] of Object.entries(everywhere))
      expect([name, headers.get(name)]).toEqual([name, value]);
    expect(headers.get('x-powered-by')).toBeNull();
  });

  test('pages run no inline script and load nothing from other sites', async () => {
    const policy = (await ada.get('/')).headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self';");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toMatch(/unsafe|https?:|\*/);
  });

  test('the nonce of styles is new in every response', async () => {
    const nonceOf = async () =>
      /'nonce-([^']+)'/.exec(
        (await ada.get('/')).headers.get('content-security-policy') ?? '',
      )?.[1];
    expect(await nonceOf()).not.toBe(await nonceOf());
  });

  test.each(filePaths)('%s runs nothing when it is opened as a page', async (path) => {
    expect((await ada.get(path)).headers.get('content-security-policy')).toContain('sandbox');
  });
});

describe('slow clients', () => {
  const port = () => Number(new URL(server.url).port);

  test('a body that stops arriving is given up, and others are answered meanwhile', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{');
    const ended = once(socket, 'close');
    socket.resume();
    expect((await fetch(`${server.url}/healthz`)).status).toBe(200);
    await ended;
  }, 60_000);

  test('headers that stop arriving are given up', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.write('GET / HTTP/1.1\r\nHost: loc');
    socket.resume();
    await once(socket, 'close');
  }, 60_000);

  test('a connection that sends nothing is given up', async () => {
    const socket = connect(port(), '127.0.0.1');
    socket.resume();
    await once(socket, 'close');
  }, 90_000);
});

test('one address has a limited number of connections', async () => {
  const small = await startTestServer({ env: { LABELLOOP_CONNECTIONS_PER_ADDRESS: '5' } });
  try {
    const { port } = new URL(small.url);
    const sockets = await Promise.all(
      Array.from({ length: 12 }, async () => {
        const socket = connect(Number(port), '127.0.0.1');
        await once(socket, 'connect');
        return socket;
      }),
    );
    const closed = sockets.filter((socket) => !socket.destroyed).map((one) => once(one, 'close'));
    await Promise.race(closed);
    for (const socket of sockets) socket.destroy();
    expect(closed.length).toBeGreaterThan(0);
  } finally {
    await small.close();
  }
});
