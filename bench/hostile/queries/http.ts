import { gzipSync } from 'node:zlib';
import { between, pick, upTo } from '../../../server/testing/hostile';
import type { HttpRequest, QueryFamily } from './payload';

/** Requests that are unusual as HTTP: batches, huge addresses, packed bodies, slow bytes. */

const json = { 'content-type': 'application/json' };
const post = (body: string | Buffer, headers: Record<string, string> = json): HttpRequest => ({
  kind: 'request',
  method: 'POST',
  path: '/graphql',
  headers,
  body,
});
const viewer = '{ viewer { id } }';
const uuid = '0198c2a4-7a3b-7c1d-9e2f-1234567890ab';

export const httpFamilies: readonly QueryFamily[] = [
  {
    name: 'batches',
    make: (random) => {
      const one = { query: pick(random, [viewer, '{ datasets(first: 500) { nodes { id } } }']) };
      return post(JSON.stringify(Array(upTo(random, 5_000)).fill(one)));
    },
  },
  {
    name: 'long-addresses',
    make: (random) => {
      const query =
        pick(random, [viewer, '{ datasets { totalCount } }']) + ' '.repeat(upTo(random, 20_000));
      const path = `/graphql?query=${encodeURIComponent(query)}&${'a=1&'.repeat(upTo(random, 3_000))}`;
      return {
        kind: 'request',
        method: pick(random, ['GET', 'HEAD', 'DELETE', 'PATCH', 'OPTIONS']),
        path,
      };
    },
  },
  {
    name: 'mutation-by-get',
    make: (random) => {
      const mutation = 'mutation { signIn(input: { name: "Eve" }) { token } }';
      const headers = pick(random, [{}, { 'apollo-require-preflight': '1' }]);
      return {
        kind: 'request',
        method: 'GET',
        path: `/graphql?query=${encodeURIComponent(mutation)}`,
        headers,
      };
    },
  },
  {
    name: 'packed-bodies',
    make: (random) => {
      const text = JSON.stringify({ query: viewer + ' '.repeat(upTo(random, 30_000_000)) });
      const encoding = pick(random, [
        'gzip',
        'gzip',
        'deflate',
        'br',
        'identity, gzip',
        'x'.repeat(100),
      ]);
      return post(gzipSync(text), { ...json, 'content-encoding': encoding });
    },
    maxCount: 10,
  },
  {
    name: 'large-bodies',
    make: (random) => {
      const size = pick(random, [900_000, 1_048_576, 1_100_000, 5_000_000]);
      const body = pick(random, [
        () => JSON.stringify({ query: viewer, variables: { a: 'x'.repeat(size) } }),
        () => `{"query":${JSON.stringify(viewer)},"variables":{${'"a":1,'.repeat(size / 6)}"a":1}}`,
        () => `[${'[],'.repeat(size / 3)}[]]`,
      ])();
      return post(body);
    },
    maxCount: 6,
  },
  {
    name: 'other-content-types',
    make: (random) => {
      const type = pick(random, [
        'text/plain',
        'application/graphql',
        'multipart/form-data; boundary=x',
        'application/x-www-form-urlencoded',
        'application/json; charset=utf-7',
        'application/json; charset=utf-32',
        `a/${'b'.repeat(5_000)}`,
      ]);
      return post(`query=${viewer}`, { 'content-type': type });
    },
  },
  {
    name: 'broken-json',
    make: (random) => {
      const part = pick(random, [
        '[',
        '{"a":',
        '"\\u',
        '1e',
        '{"__proto__":{"a":',
        '\0',
        '{"query":"{ viewer { id } }","query":',
      ]);
      return post(part.repeat(upTo(random, 60_000)));
    },
  },
  {
    name: 'headers',
    make: (random) => {
      const long = 'x'.repeat(upTo(random, 14_000));
      const headers = pick<Record<string, string>>(random, [
        { cookie: 'a=b; '.repeat(upTo(random, 2_500)) },
        { cookie: `labelloop_session=${long}` },
        { authorization: `Bearer ${long}` },
        { authorization: ' '.repeat(5_000) },
        { 'x-request-id': long },
        { host: 'evil.example' },
        { 'x-forwarded-for': '1.2.3.4, '.repeat(700), 'x-forwarded-host': 'evil.example' },
        { accept: 'a/b;q=0.1,'.repeat(1_200) },
        { 'accept-encoding': 'gzip;q=0.1, '.repeat(1_000) },
        { range: `bytes=${'0-1,'.repeat(3_000)}` },
        { 'if-none-match': '"a", '.repeat(2_500) },
        { expect: '100-continue' },
      ]);
      return post(JSON.stringify({ query: viewer }), { ...json, ...headers });
    },
  },
  {
    name: 'paths-of-files',
    make: (random) => {
      const id = pick(random, [
        uuid,
        '..%2f..%2fetc%2fpasswd',
        '%00',
        'x'.repeat(upTo(random, 10_000)),
        `${uuid}%2e`,
        '%E0%A4%A',
      ]);
      const path = `/files/${pick(random, ['images', 'thumbnails', 'uploads', 'exports', 'nothing'])}/${id}`;
      const headers = { range: `bytes=${'0-0,'.repeat(upTo(random, 2_000))}0-0` };
      return {
        kind: 'request',
        method: pick(random, ['GET', 'PUT', 'HEAD', 'POST', 'DELETE']),
        path,
        headers,
      };
    },
  },
  {
    name: 'paths-of-pages',
    make: (random) => {
      const part = pick(random, [
        '../',
        '%2e%2e/',
        '..\\',
        '//',
        '%252e/',
        'a/',
        '%5c..',
        ';',
        '%',
      ]);
      return {
        kind: 'request',
        method: 'GET',
        path: `/${part.repeat(upTo(random, 2_000)).replaceAll('\\', '%5c')}etc/passwd`,
      };
    },
  },
  {
    name: 'slow-bodies',
    make: (random) => ({
      kind: 'slow',
      text: `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${between(random, 100, 900_000)}\r\n\r\n${'{"query":"'.repeat(50)}`,
      bytesPerSecond: pick(random, [1, 5, 60]),
      holdMs: 4_000,
    }),
    maxCount: 12,
  },
  {
    name: 'slow-headers',
    make: (random) => ({
      kind: 'slow',
      text: `GET ${pick(random, ['/graphql', '/healthz', '/'])} HTTP/1.1\r\n${'X-A: b\r\n'.repeat(200)}`,
      bytesPerSecond: pick(random, [1, 20, 200]),
      holdMs: 4_000,
    }),
    maxCount: 12,
  },
  {
    name: 'slow-uploads',
    make: (random) => ({
      kind: 'slow',
      text: `PUT /files/uploads/${uuid} HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n${'1\r\na\r\n'.repeat(500)}`,
      bytesPerSecond: pick(random, [3, 60]),
      holdMs: 4_000,
    }),
    maxCount: 6,
  },
  {
    name: 'not-http',
    make: (random) => ({
      kind: 'slow',
      text: pick(random, [
        '\0'.repeat(5_000),
        'GET / HTTP/9.9\r\n\r\n',
        'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
        'POST /graphql HTTP/1.1\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        '\x16\x03\x01\x02\0\x01',
      ]),
      bytesPerSecond: 100_000,
      holdMs: 1_000,
    }),
    maxCount: 8,
  },
];
