/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, readdir, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { download, type DownloadOptions } from './download';
import { pinHash, pinnedHash } from './pins';

const body = Buffer.from(Uint8Array.from({ length: 300_000 }, (_, at) => (at * 7919) % 251));
const sha256 = createHash('sha256').update(body).digest('hex');
const md5 = createHash('md5').update(body).digest('hex');

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let url: string;
let folder: string;
let file: string;
let requests: IncomingMessage[];
let answers: Answer[];

beforeAll(async () => {
  server = createServer((request, response) => {
    requests.push(request);
    (answers.length > 1 ? answers.shift()! : answers[0]!)(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/weights.h5`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'download-'));
  file = join(folder, 'deep', 'weights.h5');
  requests = [];
  breakOff = () => undefined;
});
afterEach(() => rm(folder, { recursive: true }));

/** Sends a piece, and breaks the connection as soon as some of it has arrived. */
let breakOff: () => void;
function begin(response: ServerResponse, piece: Buffer): void {
  breakOff = () => response.destroy();
  response.write(piece);
}

/** A server that supports ranges and breaks the connection after a number of bytes of the file. */
const ranged =
  (until = Infinity, etag = '"v1"'): Answer =>
  (request, response) => {
    const from = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? 0);
    const goOn = from > 0 && request.headers['if-range'] === etag;
    const start = goOn ? from : 0;
    response.writeHead(goOn ? 206 : 200, {
      etag,
      'content-length': body.length - start,
      ...(goOn && { 'content-range': `bytes ${start}-${body.length - 1}/${body.length}` }),
    });
    if (until >= body.length) response.end(body.subarray(start));
    else begin(response, body.subarray(start, until));
  };

/** A server without support for ranges. */
const whole =
  (until = Infinity): Answer =>
  (_, response) => {
    response.writeHead(200, { 'content-length': body.length });
    if (until >= body.length) response.end(body);
    else begin(response, body.subarray(0, until));
  };

const status =
  (code: number): Answer =>
  (_, response) =>
    response.writeHead(code).end('no');

const fetchIt = (options: Partial<DownloadOptions> = {}) =>
  download({ url, file, backoffMs: 1, silenceMs: 5_000, onProgress: () => breakOff(), ...options });

const arrived = async () => (await readFile(file)).equals(body);
const ranges = () => requests.map(({ headers }) => headers.range);

it('downloads a file, tells how far it is, and leaves nothing beside it', async () => {
  answers = [ranged()];
  const progress: [number, number | undefined][] = [];
  const result = await fetchIt({ md5, sha256, onProgress: (...at) => progress.push(at) });
  expect(result).toEqual({ bytes: body.length, md5, sha256 });
  expect(await arrived()).toBe(true);
  expect(progress.at(-1)).toEqual([body.length, body.length]);
  expect(await readdir(join(folder, 'deep'))).toEqual(['weights.h5']);
});

it('goes on where the server broke off, as often as it takes', async () => {
  answers = [ranged(100_000), ranged(200_000), ranged(250_000), ranged()];
  const reasons: string[] = [];
  await fetchIt({ md5, tries: 2, onRetry: (reason) => reasons.push(reason) });
  expect(await arrived()).toBe(true);
  expect(reasons).toHaveLength(3);
  // The network decides how much of a piece arrives before the break. None of it is lost.
  const asked = ranges().map((range) => Number(/\d+/.exec(range ?? '')?.[0] ?? 0));
  expect(asked).toEqual([...asked].sort((a, b) => a - b));
  expect(asked.at(-1)).toBeGreaterThan(0);
});

it('starts again if the server ignores ranges, names no version, or has another one', async () => {
  answers = [whole(100_000), whole()];
  await fetchIt({ md5 });
  expect(ranges()).toEqual([undefined, undefined]);
  await rm(file);
  answers = [ranged(100_000, '"old"'), ranged(Infinity, '"new"')];
  await fetchIt({ md5 });
  expect(requests.at(-1)!.headers['if-range']).toBe('"old"');
  expect(await arrived()).toBe(true);
});

it('goes on after it was stopped, in another call', async () => {
  answers = [ranged(150_000), ranged()];
  const stop = new AbortController();
  const onProgress = () => stop.abort();
  await expect(fetchIt({ md5, onProgress, signal: stop.signal })).rejects.toMatchObject({
    name: 'AbortError',
  });
  expect(existsSync(file)).toBe(false);
  expect(existsSync(`${file}.part`)).toBe(true);
  await fetchIt({ md5 });
  expect(requests.at(-1)!.headers['if-range']).toBe('"v1"');
  expect(await arrived()).toBe(true);
});

it('waits out a server that is busy, and gives up after a number of tries', async () => {
  answers = [status(503), status(429), ranged()];
  await fetchIt({ md5 });
  expect(await arrived()).toBe(true);
  requests = [];
  answers = [status(500)];
  await expect(fetchIt({ tries: 3 })).rejects.toThrow('tried 3 times: the server answered 500');
  expect(requests).toHaveLength(3);
});

it('does not try again what will not change', async () => {
  answers = [status(404)];
  await expect(fetchIt()).rejects.toMatchObject({ code: 'DOWNLOAD' });
  expect(requests).toHaveLength(1);
});

it('gives up a connection that has gone silent', async () => {
  answers = [(_, response) => void response.writeHead(200).write('a little'), ranged()];
  await fetchIt({ md5, silenceMs: 50 });
  expect(await arrived()).toBe(true);
});

it('throws away what has another hash, and tells both', async () => {
  answers = [ranged()];
  const wrong = 'a'.repeat(32);
  await expect(fetchIt({ md5: wrong })).rejects.toThrow(`has md5 ${md5}, not ${wrong}`);
  expect(await readdir(join(folder, 'deep'))).toEqual([]);
  expect(requests).toHaveLength(1);
});

it('takes no more than it was allowed, whether the server says how much it is or not', async () => {
  answers = [ranged()];
  await expect(fetchIt({ maximumBytes: 1000 })).rejects.toThrow('more than 1000 bytes');
  answers = [(_, response) => void response.writeHead(200).end(body)];
  await expect(fetchIt({ maximumBytes: 1000 })).rejects.toThrow('more than 1000 bytes');
  expect(existsSync(file)).toBe(false);
});

it('tells why a server cannot be reached', async () => {
  const nowhere = fetchIt({ url: 'http://127.0.0.1:1/none', tries: 2 });
  await expect(nowhere).rejects.toThrow(/tried 2 times: .*(ECONNREFUSED|bad port)/);
});

it('remembers the hash that a file had at first, and forgets a list that is broken', async () => {
  await pinHash(folder, url, sha256);
  await pinHash(folder, 'https://example.org/other', md5 + md5);
  expect(await pinnedHash(folder, url)).toBe(sha256);
  expect(await pinnedHash(folder, 'https://example.org/none')).toBeUndefined();
  await rm(join(folder, 'pins.json'));
  expect(await pinnedHash(folder, url)).toBeUndefined();
});
