import { readFile } from 'node:fs/promises';
import type { Api } from './api';
import type { KnownImage } from './holdOut';
import { completeUploads, createUploads, type UploadResults } from './operations';

const ticketsAtOnce = 100;
const batchesAtOnce = 2;
const putsPerBatch = 4;

/** Uploads by tickets, eight files at a time. While one batch is completed, the next is sent. */
export async function uploadImages(
  api: Api,
  datasetId: string,
  images: readonly KnownImage[],
  onProgress: (done: number) => void,
): Promise<void> {
  const batches: KnownImage[][] = [];
  for (let start = 0; start < images.length; start += ticketsAtOnce)
    batches.push(images.slice(start, start + ticketsAtOnce));
  let done = 0;
  await inParallel(batches, batchesAtOnce, async (batch) => {
    await uploadBatch(api, datasetId, batch);
    onProgress((done += batch.length));
  });
}

async function uploadBatch(api: Api, datasetId: string, batch: readonly KnownImage[]) {
  const files = batch.map(({ fileName, byteSize, heldOut }) => ({ fileName, byteSize, heldOut }));
  const { tickets } = await api.mutate<{ tickets: { id: string; url: string }[] }>(
    'createUploads',
    createUploads,
    { datasetId, files },
  );
  const pairs = batch.map((image, index) => ({ image, ticket: tickets[index] }));
  await inParallel(pairs, putsPerBatch, async ({ image, ticket }) => {
    if (!ticket) throw new Error(`no ticket for ${image.fileName}`);
    await api.put(ticket.url, await readFile(image.path));
  });
  const { results } = await api.mutate<UploadResults>('completeUploads', completeUploads, {
    ticketIds: tickets.map((ticket) => ticket.id),
  });
  for (const { fileName, refusal, duplicate } of results) {
    if (refusal) throw new Error(`${fileName} was refused: ${refusal.message} (${refusal.reason})`);
    if (duplicate) throw new Error(`${fileName} is said to be a duplicate, and is none.`);
  }
}

async function inParallel<T>(
  items: readonly T[],
  workers: number,
  work: (item: T) => Promise<void>,
) {
  const waiting = items.values();
  await Promise.all(
    Array.from({ length: workers }, async () => {
      for (const item of waiting) await work(item);
    }),
  );
}
