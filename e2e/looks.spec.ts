import type { Page } from '@playwright/test';
import { look } from './look';
import { layOut, sampleClasses, samples } from './samples';
import { answerByKey, createDataset, openPage, uploadFolder, waitUntilEmbedded } from './steps';
import { expect, needsBackbone, test } from './test';

const sections = [
  'Overview',
  'Label',
  'Confirm',
  'Images',
  'Upload',
  'Classes',
  'Runs',
  'Export',
  'Review',
  'Annotators',
];

async function lookAtSections(page: Page, dataset: string, prefix: string): Promise<void> {
  await page.goto(dataset);
  for (const section of sections) {
    await openPage(page, section);
    await expect(
      page.getByRole('link', { name: section, exact: true, includeHidden: true }).first(),
    ).toHaveAttribute('aria-current', 'page');
    await look(page, `${prefix}-${section.toLowerCase()}`);
  }
}

/** Expects the open drawer of a run on six classes, each with at least one correct prediction. */
async function lookAtMatrix(page: Page): Promise<void> {
  const matrix = page.getByRole('region', { name: 'Confusion matrix' });
  await expect(matrix.getByRole('img', { name: /^Confusion matrix of 6 classes: / })).toBeVisible();
  const cells = matrix.getByRole('group', { name: /^Cells of the confusion matrix/ });
  await cells.focus();
  await page.keyboard.press('Home');
  const said = matrix.getByRole('status');
  await expect(said).toHaveText(/^Labelled \w+, predicted \w+: \d+ of \d+ \(>?\d+ %\)/);
  await expect(said.getByRole('link', { name: 'Show images' })).toHaveAttribute(
    'href',
    /\/images\?class=.+&predicted=/,
  );
  await cells.scrollIntoViewIfNeeded();
  await look(page, 'full-run-matrix');
  await cells.click({ position: { x: 8, y: 8 } });
  await expect(page).toHaveURL(/\/images\?class=.+&predicted=/);
}

test('the sign-in page, no dataset, and a missing page', async ({ arrive, browser }) => {
  const stranger = await browser.newPage();
  await stranger.goto('/');
  await expect(stranger.getByLabel('Your name')).toBeVisible();
  await look(stranger, 'sign-in');
  await stranger.close();

  const { page } = await arrive('Vera');
  await page.route('**/graphql', async (route) => {
    const body = route.request().postDataJSON() as { operationName?: string } | null;
    if (body?.operationName !== 'DatasetsPage') return route.fallback();
    const response = await route.fetch();
    const answer = (await response.json()) as { data: { datasets: object } };
    Object.assign(answer.data.datasets, { edges: [], totalCount: 0 });
    await route.fulfill({ response, json: answer });
  });
  await page.goto('/');
  await expect(page.getByRole('heading', { name: /^Label a set of images/ })).toBeVisible();
  await look(page, 'datasets-none');
  await page.unroute('**/graphql');
  await page.getByRole('button', { name: 'New dataset' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  await look(page, 'datasets-new');
  await page.goto('/nowhere');
  await expect(page.getByText('Page not found')).toBeVisible();
  await look(page, 'not-found');
});

test('every page of an empty dataset', async ({ arrive }) => {
  const { page } = await arrive('Vera');
  const dataset = await createDataset(page, { name: 'Nothing in it yet', autoRetrainAfter: 20 });
  await lookAtSections(page, dataset, 'empty');
});

test('every page of a dataset in use', async ({ arrive }, testInfo) => {
  needsBackbone();
  // It takes about 100 screenshots.
  test.setTimeout(180_000);
  const { page } = await arrive('Vera Molnár');
  const folder = (name: string) => testInfo.outputPath(name);
  await layOut(folder('labelled'), await samples(6));
  await layOut(folder('open'), await samples(12, 6));
  const dataset = await createDataset(page, {
    name: 'Shapes and patterns',
    classes: sampleClasses,
    autoRetrainAfter: 20,
  });
  await uploadFolder(page, folder('labelled'), true);
  await uploadFolder(page, folder('open'));
  await look(page, 'upload-done');
  await waitUntilEmbedded(page, dataset, 108);
  await page.getByRole('button', { name: 'Retrain now' }).click();
  await expect(page.getByText(/^Round \d published just now/)).toBeVisible();
  await openPage(page, 'Label');
  await expect(page.getByRole('note').filter({ hasText: /^Chosen / })).toBeVisible();
  for (let count = 0; count < 4; count++) await answerByKey(page);
  await lookAtSections(page, dataset, 'full');
  await page.goto(dataset);
  await page.getByRole('button', { name: 'Settings' }).click();
  await expect(page.getByRole('dialog').getByRole('combobox', { name: 'Backbone' })).toBeVisible();
  await look(page, 'full-settings');
  await page.goto(`${dataset}/export`);

  await page.getByRole('button', { name: 'Create export' }).click();
  await expect(page.getByRole('link', { name: 'Download zip' })).toBeVisible();
  await look(page, 'full-export-made');
  await openPage(page, 'Runs');
  await page.getByRole('link', { name: /^Round 1/ }).click();
  await expect(page.getByRole('dialog').getByText('Time per phase')).toBeVisible();
  await look(page, 'full-run');
  await lookAtMatrix(page);
  await page.goto(`${dataset}/images`);
  await page
    .getByRole('button', { name: /labelled|predicted/ })
    .first()
    .click();
  await expect(page.getByRole('dialog').getByRole('region', { name: 'Labels' })).toBeVisible();
  await look(page, 'full-image');
  await page.getByRole('switch', { name: 'Heat map' }).check();
  await expect(page.getByRole('img', { name: /^Evidence for / })).toBeVisible();
  await look(page, 'full-image-heat');
  await page.goto(`${dataset}/confirm`);
  await page.getByRole('checkbox').first().click();
  await look(page, 'full-confirm-marked');
  await page.goto(`${dataset}/label`);
  await page.getByRole('button', { name: 'Heat map' }).click();
  await expect(page.getByRole('img', { name: /^Evidence for / })).toBeVisible();
  await look(page, 'full-label-heat');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await look(page, 'full-label-keys');
  await page.goto('/');
  await expect(page.getByRole('list', { name: 'Datasets' })).toBeVisible();
  await look(page, 'datasets');
});
