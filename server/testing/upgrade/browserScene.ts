import { join } from 'node:path';
import { chromium } from '@playwright/test';
import type { ApiClient } from '../apiClient';
import { colourNames, colourPhotos } from '../colourPhotos';
import { createDataset, upload } from '../factories';
import { poll } from './calls';
import { LabelPage } from './labelPage';

const person = 'Ada';

/** A browser's storage with unsent answers, and the expected result after they are sent. */
export interface BrowserFixture {
  person: string;
  datasetId: string;
  localStorage: { name: string; value: string }[];
  /** The class that the person's only label in force says, by file name; null for no label. */
  outcome: Record<string, string | null>;
  /** Labels that the server has and that the browser takes back. */
  undoneLabelIds: string[];
}

/** Creates a small dataset for a person who loses the connection. */
export async function prepareOffline(client: ApiClient): Promise<string> {
  const { id } = await createDataset(client, 'Offline', colourNames);
  const photos = await colourPhotos(4);
  const flat = photos.map((photo) => ({ ...photo, fileName: photo.fileName.replace('/', '-') }));
  await upload(client, id, flat);
  return id;
}

/**
 * Labels in a browser. One answer arrives, the reply to the second one is lost, and then the
 * connection is lost. Both answers are undone and given again. Two more are given, and one of them
 * is undone.
 */
export async function playOffline(
  { checkout, client }: { checkout: string; client: ApiClient },
  datasetId: string,
): Promise<BrowserFixture> {
  const { findBrowser } = (await import(join(checkout, 'scripts', 'browser.mjs'))) as {
    findBrowser: () => string | undefined;
  };
  const browser = await chromium.launch({ executablePath: findBrowser(), args: ['--no-sandbox'] });
  try {
    const viewport = { width: 1440, height: 900 };
    const page = new LabelPage(await browser.newPage({ viewport }));
    await page.open(client.url, person, datasetId);
    const first = await page.answer();
    await page.settle();
    await page.loseReplies();
    const second = await page.answer();
    const labels = await poll(
      () => labelIds(client, datasetId),
      (ids) => ids.has(second),
    );
    await page.goOffline();
    await page.undo(second);
    await page.undo(first);
    for (let count = 0; count < 3; count++) await page.answer();
    await page.undo(await page.answer());
    return {
      ...{ person, datasetId, outcome: page.outcome },
      localStorage: await page.readStorage(),
      undoneLabelIds: [first, second].map((fileName) => labels.get(fileName) ?? ''),
    };
  } finally {
    await browser.close();
  }
}

/** By file name. */
async function labelIds(client: ApiClient, datasetId: string): Promise<Map<string, string>> {
  const { dataset } = await client.request<{
    dataset: { images: { nodes: { fileName: string; labels: { id: string }[] }[] } };
  }>(
    `query ($id: ID!) { dataset(id: $id) { images(first: 100) { nodes { fileName labels { id } } } } }`,
    { id: datasetId },
  );
  return new Map(
    dataset.images.nodes.flatMap(({ fileName, labels }) =>
      labels.map(({ id }) => [fileName, id] as const),
    ),
  );
}
