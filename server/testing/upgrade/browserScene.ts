import { join } from 'node:path';
import { chromium, type Page } from '@playwright/test';
import type { ApiClient } from '../apiClient';
import { colourNames, colourPhotos } from '../colourPhotos';
import { createDataset, upload } from '../factories';
import { poll } from './calls';

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

const fileNameOf = (page: Page) =>
  page.getByRole('region', { name: 'Image' }).getByRole('heading', { level: 1 });

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
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 } });
    const page = await context.newPage();
    await signIn(page, client.url, 'Ada');
    await page.goto(`${client.url}/datasets/${encodeURIComponent(datasetId)}/label`);
    const outcome: BrowserFixture['outcome'] = {};
    const answer = async () => {
      const fileName = (await fileNameOf(page).textContent()) ?? '';
      outcome[fileName] = await answerByKey(page);
      return fileName;
    };
    const first = await answer();
    await page
      .getByRole('status', { name: 'Saving' })
      .filter({ hasText: /^$/ })
      .waitFor({ state: 'attached' });
    await page.waitForLoadState('networkidle');
    await loseReplies(page);
    const second = await answer();
    const labelOf = async (fileName: string) =>
      (await labelIds(client, datasetId)).get(fileName) ?? '';
    await poll(() => labelOf(second), Boolean);
    const undoneLabelIds = [await labelOf(first), await labelOf(second)];
    await context.setOffline(true);
    await page.unrouteAll({ behavior: 'ignoreErrors' });
    for (const fileName of [second, first]) {
      await page.keyboard.press('Control+z');
      await fileNameOf(page).filter({ hasText: fileName }).waitFor();
    }
    for (let count = 0; count < 3; count++) await answer();
    const last = await answer();
    await page.keyboard.press('Control+z');
    await fileNameOf(page).filter({ hasText: last }).waitFor();
    outcome[last] = null;
    const localStorage = await readStorage(page);
    return { person: 'Ada', datasetId, localStorage, outcome, undoneLabelIds };
  } finally {
    await browser.close();
  }
}

async function signIn(page: Page, url: string, name: string): Promise<void> {
  await page.goto(url);
  await page.getByLabel('Your name').fill(name);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: `Signed in as ${name}` }).waitFor();
}

/** The server gets the answers, but the browser gets no reply. */
const loseReplies = (page: Page) =>
  page.route('**/graphql', async (route) => {
    if (!route.request().postData()?.includes('recordLabels')) return route.continue();
    await route.fetch();
    await route.abort('connectionreset');
  });

/** Answers the image on screen with the class in its file name. */
async function answerByKey(page: Page): Promise<string> {
  const heading = fileNameOf(page);
  const fileName = (await heading.textContent()) ?? '';
  const className = fileName.split('-')[0] ?? '';
  const button = page.getByRole('button', { name: `Label as ${className}`, exact: true });
  await page.keyboard.press((await button.getAttribute('aria-keyshortcuts')) ?? '');
  await heading.filter({ hasNotText: fileName }).waitFor();
  return className;
}

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

/** @throws Error when the page keeps something that this fixture would lose */
async function readStorage(page: Page): Promise<BrowserFixture['localStorage']> {
  const { local, elsewhere } = await page.evaluate(async () => ({
    local: Object.entries(localStorage).map(([name, value]) => ({ name, value: String(value) })),
    elsewhere: Object.keys(sessionStorage).length + (await indexedDB.databases()).length,
  }));
  if (elsewhere > 0) throw new Error('The page also uses sessionStorage or IndexedDB: save them.');
  return local;
}
