import sharp from 'sharp';
import { seededRandom } from '../../models/numeric';
import type { ApiClient } from './apiClient';

/** Creates a small JPEG that differs for every seed. */
export function photo(seed: number | string, side = 32): Promise<Buffer> {
  const random = seededRandom(String(seed));
  const pixels = Buffer.from(
    Array.from({ length: side * side * 3 }, () => Math.floor(random.next() * 256)),
  );
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .jpeg()
    .toBuffer();
}

export interface TestDataset {
  id: string;
  classes: { id: string; name: string }[];
}

export async function createDataset(
  client: ApiClient,
  name: string,
  classNames: string[] = ['cat', 'dog'],
  autoRetrainAfter = 0,
): Promise<TestDataset> {
  const { createDataset: payload } = await client.request<{
    createDataset: { dataset: TestDataset };
  }>(
    `mutation ($input: CreateDatasetInput!) {
       createDataset(input: $input) { dataset { id classes { id name } } error { message } } }`,
    { input: { name, classNames, autoRetrainAfter, seed: 'test' } },
  );
  return payload.dataset;
}

export interface UploadSpec {
  fileName: string;
  bytes: Buffer;
  className?: string;
  heldOut?: boolean;
  kind?: 'IMAGE' | 'ARCHIVE';
  labelsFromFolders?: boolean;
}

export interface UploadResult {
  fileName: string;
  duplicate: boolean;
  image: { id: string; version: number; width: number; height: number; url: string } | null;
  import: { id: string } | null;
  refusal: { reason: string; message: string } | null;
}

/** Requests tickets, sends the bytes and completes the uploads. */
export async function upload(
  client: ApiClient,
  datasetId: string,
  files: UploadSpec[],
): Promise<UploadResult[]> {
  const { createUploads } = await client.request<{
    createUploads: {
      tickets: { id: string; url: string }[] | null;
      error: { message: string } | null;
    };
  }>(
    `mutation ($input: CreateUploadsInput!) {
       createUploads(input: $input) { tickets { id url } error { message } } }`,
    {
      input: {
        datasetId,
        files: files.map(({ bytes, ...file }) => ({ ...file, byteSize: bytes.length })),
      },
    },
  );
  const { tickets, error } = createUploads;
  if (!tickets) throw new Error(error?.message);
  await Promise.all(
    tickets.map(({ url }, index) => client.put(url, files[index]?.bytes ?? Buffer.alloc(0))),
  );
  const { completeUploads } = await client.request<{
    completeUploads: { results: UploadResult[] };
  }>(
    `mutation ($ids: [ID!]!) { completeUploads(input: { ticketIds: $ids }) { results {
       fileName duplicate image { id version width height url } import { id } refusal { reason message } } } }`,
    { ids: tickets.map((ticket) => ticket.id) },
  );
  return completeUploads.results;
}

/** Uploads images of noise, one per number. */
export async function uploadPhotos(
  client: ApiClient,
  datasetId: string,
  count: number,
): Promise<string[]> {
  const files = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      fileName: `${index}.jpg`,
      bytes: await photo(`${datasetId} ${index}`),
    })),
  );
  const results = await upload(client, datasetId, files);
  return results.map((result) => result.image?.id ?? '');
}
