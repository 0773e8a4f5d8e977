import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { abortError, ModelInputError, throwIfAborted } from '../errors';

export interface DownloadOptions {
  url: string;
  /** Path of the complete file. Until it is complete there is only FILE.part. */
  file: string;
  /** In hexadecimal. A file with another hash is deleted. */
  md5?: string | undefined;
  sha256?: string | undefined;
  /** Called after every piece. The total is undefined if the server does not give it. */
  onProgress?: ((received: number, total: number | undefined) => void) | undefined;
  /** Called with the reason for another attempt. */
  onRetry?: ((reason: string) => void) | undefined;
  signal?: AbortSignal | undefined;
  /** Attempts in a row without any progress, default 5. */
  tries?: number;
  /** Pause before the second attempt. It doubles each time, up to half a minute. Default 500. */
  backoffMs?: number;
  /** A connection that is silent for this long is closed, default 30 s. */
  silenceMs?: number;
  /** A larger file is refused, default 1 GiB. */
  maximumBytes?: number;
}

/** The hashes of a downloaded file, in hexadecimal. */
export interface Downloaded {
  bytes: number;
  md5: string;
  sha256: string;
}

const failure = (reason: string) => new ModelInputError('DOWNLOAD', reason);

/** An error that may not occur again at the next attempt. */
class Passing extends Error {}

/** The part of a file that is already there, and the version that the server gave. */
interface Part {
  length: number;
  /** ETag, or else the date. A part without a version is not continued. */
  version: string | undefined;
}

const partOf = (file: string) => `${file}.part`;
const versionOf = (file: string) => `${file}.part.version`;

async function readPart(file: string): Promise<Part> {
  const version = await readFile(versionOf(file), 'utf8').catch(() => undefined);
  const info = await stat(partOf(file)).catch(() => undefined);
  return { length: version && info ? info.size : 0, version };
}

async function discard(file: string): Promise<void> {
  await rm(partOf(file), { force: true });
  await rm(versionOf(file), { force: true });
}

const passingStatus = (status: number) => status >= 500 || status === 408 || status === 429;

/** Returns where the body begins, and the size of the whole file. */
function readRange({ status, headers }: Response, part: Part) {
  const length = Number(headers.get('content-length') ?? NaN);
  if (status !== 206) return { start: 0, total: Number.isFinite(length) ? length : undefined };
  const range = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '');
  if (Number(range?.[1]) !== part.length) throw new Passing('the server sent another part');
  return { start: part.length, total: range![2] === '*' ? undefined : Number(range![2]) };
}

async function request(url: string, part: Part, signal: AbortSignal): Promise<Response> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (part.length > 0) {
    headers['range'] = `bytes=${part.length}-`;
    headers['if-range'] = part.version!;
  }
  const response = await fetch(url, { headers, signal });
  if (response.ok && response.body) return response;
  await response.body?.cancel();
  const reason = `the server answered ${response.status} ${response.statusText}`.trim();
  throw passingStatus(response.status) ? new Passing(reason) : failure(`${url}: ${reason}`);
}

/** Writes the body to the part file as it arrives. */
async function receive(
  response: Response,
  part: Part,
  { file, url, onProgress, maximumBytes = 2 ** 30 }: DownloadOptions,
  alive: () => void,
): Promise<void> {
  const { start, total } = readRange(response, part);
  const tooLarge = () => failure(`${url} has more than ${maximumBytes} bytes`);
  if ((total ?? 0) > maximumBytes) throw tooLarge();
  const { headers } = response;
  const etag = headers.get('etag');
  // A weak ETag does not promise equal bytes.
  const version = etag?.startsWith('W/') ? null : (etag ?? headers.get('last-modified'));
  if (version) await writeFile(versionOf(file), version);
  else await rm(versionOf(file), { force: true });
  const handle = await open(partOf(file), start > 0 ? 'a' : 'w');
  let received = start;
  try {
    for await (const piece of response.body as unknown as AsyncIterable<Uint8Array>) {
      alive();
      received += piece.length;
      if (received > maximumBytes) throw tooLarge();
      await handle.write(piece);
      onProgress?.(received, total);
    }
  } finally {
    await handle.close();
  }
  if (total !== undefined && received < total)
    throw new Passing(`the connection ended after ${received} of ${total} bytes`);
}

/** Makes one attempt: requests the missing bytes and writes what arrives. */
async function attempt(options: DownloadOptions): Promise<void> {
  const { url, file, signal, silenceMs = 30_000 } = options;
  const part = await readPart(file);
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), silenceMs);
  const either = AbortSignal.any(signal ? [signal, silence.signal] : [silence.signal]);
  try {
    const response = await request(url, part, either);
    await receive(response, part, options, () => timer.refresh());
  } catch (error) {
    if (signal?.aborted) throw abortError(signal);
    if (error instanceof ModelInputError || error instanceof Passing) throw error;
    if (silence.signal.aborted) throw new Passing(`nothing came for ${silenceMs / 1000} s`);
    throw new Passing(networkReason(error));
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Returns the reason in the cause of fetch's error: `read ECONNRESET` rather than `fetch failed`.
 */
function networkReason(error: unknown): string {
  const { cause, message } = error as { cause?: unknown; message?: string };
  const { code, message: inner } = (cause ?? {}) as { code?: string; message?: string };
  return inner || code || message || String(error);
}

async function pause(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
  await wait(milliseconds, undefined, signal ? { signal } : {}).catch(() => undefined);
  throwIfAborted(signal);
}

/** Repeats attempts until the file is complete. An attempt with progress resets the count. */
async function fetchWhole(options: DownloadOptions): Promise<void> {
  const { url, file, signal, onRetry, tries = 5, backoffMs = 500 } = options;
  let fruitless = 0;
  for (;;) {
    throwIfAborted(signal);
    const before = (await readPart(file)).length;
    try {
      return await attempt(options);
    } catch (error) {
      if (!(error instanceof Passing)) throw error;
      fruitless = (await readPart(file)).length > before ? 1 : fruitless + 1;
      if (fruitless >= tries)
        throw failure(`${url} could not be fetched, tried ${tries} times: ${error.message}`);
      onRetry?.(error.message);
      await pause(Math.min(backoffMs * 2 ** (fruitless - 1), 30_000), signal);
    }
  }
}

/** Computes the hashes of a file, which is read once. */
export async function hashFile(file: string): Promise<Downloaded> {
  const md5 = createHash('md5');
  const sha256 = createHash('sha256');
  let bytes = 0;
  await pipeline(createReadStream(file), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      bytes += piece.length;
      md5.update(piece);
      sha256.update(piece);
    }
  });
  return { bytes, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
}

/**
 * Downloads a file. It continues where an earlier attempt or process stopped (HTTP Range, if the
 * server still has the same version), repeats with growing pauses after network or server errors,
 * and checks the hash before the file gets its name.
 *
 * @throws ModelInputError `DOWNLOAD` with the reason; an `AbortError` when the signal fires, which
 *   leaves the part for the next call
 */
export async function download(options: DownloadOptions): Promise<Downloaded> {
  const { url, file } = options;
  await mkdir(dirname(file), { recursive: true });
  await fetchWhole(options);
  const hashes = await hashFile(partOf(file));
  for (const kind of ['md5', 'sha256'] as const) {
    const expected = options[kind];
    if (expected === undefined || expected.toLowerCase() === hashes[kind]) continue;
    await discard(file);
    throw failure(
      `${url}: what came has ${kind} ${hashes[kind]}, not ${expected}; it was thrown away`,
    );
  }
  await rename(partOf(file), file);
  await discard(file);
  return hashes;
}
