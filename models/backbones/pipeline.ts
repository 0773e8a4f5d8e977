import { throwIfAborted } from '../errors';
import { decodePixels } from './decode';
import type { BackboneSession } from './session';

export interface EmbedOptions {
  session: BackboneSession;
  /** Images per forward pass, default 8. */
  batchSize?: number;
  /**
   * Maximum number of images that are being decoded or wait decoded, default 32. It bounds the
   * memory.
   */
  decodeConcurrency?: number;
  signal?: AbortSignal | undefined;
}

export interface ImageSource<T> {
  /** The caller's key for the image. */
  item: T;
  /** Encoded bytes, or the path of a file. */
  image: Buffer | string;
}

/** A stream of images, synchronous or asynchronous. */
export type ImageStream<T> = AsyncIterable<ImageSource<T>> | Iterable<ImageSource<T>>;

export type Embedded<T> = { item: T; embedding: Float32Array } | { item: T; error: Error };

type Decoded<T> = { item: T; pixels: Uint8Array } | { item: T; error: Error };

async function decode<T>({ item, image }: ImageSource<T>, size: number): Promise<Decoded<T>> {
  try {
    return { item, pixels: await decodePixels(image, size) };
  } catch (error) {
    return { item, error: error instanceof Error ? error : new Error(String(error)) };
  }
}

/** Decodes up to `ahead` images ahead of its reader, in the source's order. */
async function* decodeAhead<T>(
  source: ImageStream<T>,
  size: number,
  ahead: number,
): AsyncGenerator<Decoded<T>> {
  const images =
    Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const waiting: Promise<Decoded<T> | undefined>[] = [];
  let turn: Promise<unknown> = Promise.resolve();
  const request = () => {
    const next = turn.then(() => images.next());
    turn = next;
    const slot = next.then(({ done, value }) => (done ? undefined : decode<T>(value, size)));
    slot.catch(() => undefined);
    waiting.push(slot);
  };
  try {
    for (let i = 0; i < ahead; i++) request();
    for (let decoded = await waiting.shift(); decoded; decoded = await waiting.shift()) {
      request();
      yield decoded;
    }
  } finally {
    await Promise.allSettled(waiting);
    await images.return?.();
  }
}

async function* inBatches<T>(decoded: AsyncIterable<Decoded<T>>, size: number) {
  let batch: Decoded<T>[] = [];
  for await (const each of decoded) {
    if (batch.push(each) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

/** Embeds the decoded images of one batch and returns all results, in order. */
async function embedBatch<T>(
  batch: readonly Decoded<T>[],
  session: BackboneSession,
  buffer: Uint8Array,
): Promise<Embedded<T>[]> {
  const { inputSize, embeddingSize } = session.backbone;
  const imageLength = inputSize * inputSize * 3;
  let count = 0;
  for (const decoded of batch)
    if ('pixels' in decoded) buffer.set(decoded.pixels, count++ * imageLength);
  if (count === 0) return batch.filter((decoded) => 'error' in decoded);
  const embeddings = await session.embed(buffer.subarray(0, count * imageLength), count);
  let at = 0;
  return batch.map((decoded) => {
    if ('error' in decoded) return decoded;
    const embedding = embeddings.slice(at, (at += embeddingSize));
    return { item: decoded.item, embedding };
  });
}

/**
 * Creates batch buffers in shared memory, so that the threads that compute read them without a
 * copy.
 */
function batchBuffers({ backbone }: BackboneSession, batchSize: number) {
  const free: Uint8Array[] = [];
  const length = batchSize * backbone.inputSize ** 2 * 3;
  return {
    take: () => free.pop() ?? new Uint8Array(new SharedArrayBuffer(length)),
    giveBack: (buffer: Uint8Array) => void free.push(buffer),
  };
}

/**
 * Embeds a stream of images. Decoding (libuv's threads) runs ahead of inference (the session's
 * threads). Both keep the cores busy, and neither blocks the event loop. Memory holds
 * `decodeConcurrency` decoded images, and one batch more than the session computes at a time.
 * Results are in the source's order. An image that cannot be decoded yields its error, and the
 * others continue. An error of the source or the session ends the stream.
 *
 * @throws an `AbortError` within a batch of the signal
 */
export async function* embedImages<T>(
  source: ImageStream<T>,
  { session, batchSize = 8, decodeConcurrency = 32, signal }: EmbedOptions,
): AsyncGenerator<Embedded<T>> {
  const buffers = batchBuffers(session, batchSize);
  const running: Promise<Embedded<T>[]>[] = [];
  const start = (batch: Decoded<T>[]) => {
    const buffer = buffers.take();
    const embedded = embedBatch(batch, session, buffer).finally(() => buffers.giveBack(buffer));
    embedded.catch(() => undefined);
    running.push(embedded);
  };
  throwIfAborted(signal);
  try {
    const decoded = decodeAhead(source, session.backbone.inputSize, decodeConcurrency);
    for await (const batch of inBatches(decoded, batchSize)) {
      throwIfAborted(signal);
      start(batch);
      if (running.length > session.concurrency) yield* await running.shift()!;
    }
    for (let next = running.shift(); next; next = running.shift()) {
      throwIfAborted(signal);
      yield* await next;
    }
  } finally {
    await Promise.allSettled(running);
  }
}
