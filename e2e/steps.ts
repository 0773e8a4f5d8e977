import { expect, test, type Locator, type Page } from '@playwright/test';
import { graphql } from './api';
import { answerOf } from './samples';

export interface NewDataset {
  name: string;
  classes?: string[];
  autoRetrainAfter?: number;
}

/** Creates a dataset and leaves the page on its upload page. Returns the dataset's address. */
export async function createDataset(page: Page, wanted: NewDataset): Promise<string> {
  await page.goto('/');
  await page.getByRole('button', { name: 'New dataset' }).click();
  const dialog = page.getByRole('dialog', { name: 'New dataset' });
  // Names are unique: with --repeat-each, each repetition has its own.
  const { repeatEachIndex } = test.info();
  await dialog
    .getByLabel('Name')
    .fill(repeatEachIndex > 0 ? `${wanted.name} ${repeatEachIndex + 1}` : wanted.name);
  await dialog.getByLabel('Classes').fill((wanted.classes ?? []).join('\n'));
  await dialog
    .getByLabel('Retrain after this many new labels')
    .fill(String(wanted.autoRetrainAfter ?? 0));
  await dialog.getByRole('button', { name: 'Create dataset' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Upload' })).toBeVisible();
  return new URL(page.url()).pathname.replace(/\/upload$/, '');
}

/** Goes to a page of the open dataset by the navigation. */
export const openPage = (page: Page, name: string) =>
  page
    .getByRole('navigation', { name: 'Dataset' })
    .getByRole('link', { name, exact: true })
    .click();

/**
 * Chooses a folder, decides whether its subfolders are classes, and waits until every image is
 * uploaded.
 */
export async function uploadFolder(page: Page, folder: string, labelled = false): Promise<void> {
  await page.getByLabel('Folder to upload').setInputFiles(folder);
  const stage = page.getByRole('region', { name: 'Ready to upload' });
  if (labelled) await stage.getByLabel('Use folder names as classes').check();
  await stage.getByRole('button', { name: /^Upload / }).click();
  await uploaded(page);
}

export const uploaded = (page: Page) =>
  expect(
    page.getByRole('region', { name: 'Upload progress' }).getByRole('button', { name: 'Dismiss' }),
  ).toBeVisible({ timeout: 30_000 });

/** Reads one of the figures at the top of the overview. */
export const figure = (page: Page, label: string): Locator =>
  page.getByRole('region', { name: 'Counts' }).locator(`dt:text-is("${label}") + dd`);

export async function waitUntilEmbedded(page: Page, dataset: string, images: number) {
  await page.goto(dataset);
  await expect(figure(page, 'Embedded')).toHaveText(String(images), { timeout: 30_000 });
}

/** Returns the file name above the large image of the label page. */
export const imageName = (page: Page): Locator =>
  page.getByRole('region', { name: 'Image' }).getByRole('heading', { level: 1 });

/** Labels the image on screen with its class's hotkey. Returns the image's name. */
export async function answerByKey(page: Page, as?: string): Promise<string> {
  const heading = imageName(page);
  await expect(heading).toBeVisible();
  const before = (await heading.textContent()) ?? '';
  await page.keyboard.press(await hotkeyOf(page, as ?? answerOf(before)));
  await expect(heading).not.toHaveText(before);
  return before;
}

export async function hotkeyOf(page: Page, className: string): Promise<string> {
  const button = page.getByRole('button', { name: `Label as ${className}`, exact: true });
  const key = await button.getAttribute('aria-keyshortcuts');
  if (!key) throw new Error(`${className} has no hotkey.`);
  return key;
}

/** Proves that a page was never reloaded: a mark that the test left in it is still there. */
export const leaveMark = (page: Page) =>
  page.evaluate(() => void Object.assign(window, { __notReloaded: true }));
export const expectMark = async (page: Page) =>
  expect(await page.evaluate(() => '__notReloaded' in window)).toBe(true);

/** Collects every text that an element shows from now on, even for a moment. */
export async function watchTexts(page: Page, selector: string): Promise<() => Promise<string[]>> {
  await page.evaluate((wanted) => {
    const seen = new Set<string>();
    const look = () => seen.add(document.querySelector(wanted)?.textContent ?? '');
    look();
    new MutationObserver(look).observe(document.body, {
      subtree: true,
      childList: true,
      characterData: true,
    });
    const all = ((window as unknown as { __seen?: object }).__seen ??= {});
    Object.assign(all, { [wanted]: seen });
  }, selector);
  return () =>
    page.evaluate(
      (wanted) => [
        ...((window as unknown as { __seen: Record<string, Set<string>> }).__seen[wanted] ?? []),
      ],
      selector,
    );
}

/** The id in the address of a dataset. */
export const datasetIdOf = (dataset: string): string =>
  decodeURIComponent(dataset.split('/').at(-1) ?? '');

/** Leases every task of a lane for the person on the page. @returns how to return them */
export async function holdAll(
  page: Page,
  dataset: string,
  lane: 'AUDIT' | 'REVIEW',
): Promise<() => Promise<unknown>> {
  const tokens: string[] = [];
  for (let leased = 1; leased > 0;) {
    const { leaseTasks } = await graphql<{ leaseTasks: { tasks: { leaseToken: string }[] } }>(
      page,
      'mutation ($input: LeaseTasksInput!) { leaseTasks(input: $input) { tasks { leaseToken } } }',
      { input: { datasetId: datasetIdOf(dataset), lane, count: 100 } },
    );
    leased = leaseTasks.tasks.length;
    tokens.push(...leaseTasks.tasks.map(({ leaseToken }) => leaseToken));
  }
  return () =>
    graphql(
      page,
      'mutation ($tokens: [String!]!) { releaseTasks(input: { leaseTokens: $tokens }) { released } }',
      { tokens },
    );
}
