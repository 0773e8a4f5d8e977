import { readFile } from 'node:fs/promises';
import { buffer } from 'node:stream/consumers';
import { promisify } from 'node:util';
import yauzl from 'yauzl';
import yazl from 'yazl';
import { answerOf, sampleClasses, samples, type Sample } from './samples';
import {
  answerByKey,
  createDataset,
  figure,
  imageName,
  openPage,
  uploaded,
  waitUntilEmbedded,
} from './steps';
import { expect, needsBackbone, test } from './test';

const perClass = 8;

test('a newcomer’s first day: from sign-in to a sorted zip', async ({ arrive }) => {
  needsBackbone();
  const { page } = await arrive('Grace');
  const loose = await samples(perClass);
  const inZip = await samples(2 * perClass, perClass);
  const dataset = await createDataset(page, { name: 'First day' });
  const [first, ...others] = sampleClasses;

  await test.step('adds classes: one by one, and a pasted list', async () => {
    await openPage(page, 'Classes');
    const field = page.getByLabel('New class');
    await field.fill(first ?? '');
    await field.press('Enter');
    await expect(page.getByRole('textbox', { name: `Name of ${first}` })).toBeVisible();
    await field.fill(others.join(', '));
    await page.getByRole('button', { name: 'Add class' }).click();
    for (const name of others)
      await expect(page.getByRole('textbox', { name: `Name of ${name}` })).toBeVisible();
  });

  await test.step('uploads files; a broken one is refused by name, the others are uploaded', async () => {
    await openPage(page, 'Upload');
    const files = await Promise.all(loose.map(asFile));
    const [whole] = files;
    const half = whole?.buffer.subarray(0, Math.floor(whole.buffer.length / 2)) ?? Buffer.of();
    const broken = { name: 'half-sent.jpg', mimeType: 'image/jpeg', buffer: half };
    await page.getByLabel('Files to upload').setInputFiles([...files, broken]);
    await page.getByRole('button', { name: /^Upload 49 images/ }).click();
    await uploaded(page);
    const progress = page.getByRole('region', { name: 'Upload progress' });
    await progress.getByText('Refused 1').click();
    const row = progress.getByRole('listitem').filter({ hasText: 'half-sent.jpg' });
    await expect(row).toContainText('Truncated');
    await progress.getByRole('button', { name: 'Dismiss' }).click();
  });

  await test.step('uploads a zip whose folders become labels', async () => {
    const archive = { name: 'shapes.zip', mimeType: 'application/zip', buffer: await zip(inZip) };
    await page.getByLabel('Files to upload').setInputFiles(archive);
    await page.getByLabel('Use folder names as classes').check();
    await expect(page.getByText('6 folders found: all are existing classes')).toBeVisible();
    await page.getByRole('button', { name: /^Upload 1 zip/ }).click();
    const imports = page.getByRole('region', { name: 'Zip imports' });
    await expect(imports.getByText('Done')).toBeVisible({ timeout: 30_000 });
    await expect(imports.getByText(`${inZip.length} added · ${inZip.length} labels`)).toBeVisible();
    await waitUntilEmbedded(page, dataset, loose.length + inZip.length);
    await expect(figure(page, 'Labelled')).toHaveText(String(inZip.length));
  });

  await test.step('labels by hotkey, undoes one, skips one', async () => {
    await openPage(page, 'Label');
    await answerByKey(page);
    const second = await answerByKey(page, 'stars');
    await page.keyboard.press('Backspace');
    await expect(imageName(page)).toHaveText(second);
    await answerByKey(page);
    const skipped = (await imageName(page).textContent()) ?? '';
    await page.keyboard.press('Space');
    await expect(imageName(page)).not.toHaveText(skipped);
    await expect(page.getByLabel('Your session')).toContainText('2 labelled');
  });

  await test.step('starts a run by hand, and reads its metrics', async () => {
    await openPage(page, 'Runs');
    await page.getByRole('button', { name: 'Retrain now' }).click();
    const row = page.getByRole('table', { name: 'Runs' }).getByRole('row', { name: /Round 1 / });
    await expect(row).toContainText('Published', { timeout: 30_000 });
    await expect(row).toContainText('by Grace');
    await expect(row).toContainText(String(inZip.length + 2));
    await expect(row).toContainText(/\d+\.\d % of \d+/);
    await page.getByRole('link', { name: 'Round 1' }).click();
    const metrics = page.getByRole('dialog').getByRole('region', { name: 'Metrics' });
    // The split of each label is drawn per dataset, so with few labels a split can stay empty.
    for (const split of ['Validation', 'Test', 'Training'])
      await expect(metrics.getByRole('row', { name: new RegExp(`^${split}`) })).toContainText(
        split === 'Training' ? '%' : /%|0not measured/,
      );
    await page.keyboard.press('Escape');
    await expect(metrics).toBeHidden();
  });

  await test.step('shows the heat map of a class, and labels the image', async () => {
    await openPage(page, 'Label');
    const first = page
      .getByRole('list')
      .getByRole('button', { name: /, .*\d %$/ })
      .first();
    await expect(first).toBeVisible();
    const predicted = ((await first.getAttribute('aria-label')) ?? '').replace(/, .*$/, '');
    await page.keyboard.press('.');
    const map = page.getByRole('img', { name: `Evidence for ${predicted}` });
    await expect(map).toBeVisible();
    expect(await map.evaluate(mostOpaquePixel)).toBeGreaterThan(150);
    await expect(page.getByRole('status', { name: 'Heat map' })).toContainText(predicted);
    await page.keyboard.press('Space');
    await expect(page.getByRole('img', { name: /^Evidence for / })).toBeVisible();
    await page.keyboard.press('.');
    await expect(page.getByRole('img', { name: /^Evidence for / })).toBeHidden();
  });

  const confirmed =
    await test.step('confirms a grid: marks the wrong, confirms the rest', async () => {
      await openPage(page, 'Confirm');
      const grid = page.getByRole('group', { name: /^Predicted as / });
      await expect(grid).toBeVisible();
      const predicted = ((await grid.getAttribute('aria-label')) ?? '').replace(
        'Predicted as ',
        '',
      );
      const tiles = grid.getByRole('checkbox');
      await expect(tiles).not.toHaveCount(0);
      const names = await tiles.evaluateAll((all) =>
        all.map((tile) => (tile.getAttribute('aria-label') ?? '').replace(/ is .*$/, '')),
      );
      // This image is marked as wrong in any case. It stays out and is labelled from the gallery
      // further down.
      const wrong = names.at(-1) ?? '';
      await tiles.last().click();
      await expect(tiles.last()).not.toBeChecked();
      await page.getByRole('button', { name: `Confirm ${names.length - 1} and continue` }).click();
      await expect(page.getByRole('button', { name: 'Undo' })).toBeEnabled();
      const labelled = inZip.length + 2 + names.length - 1;
      await openPage(page, 'Overview');
      await expect(figure(page, 'Labelled')).toHaveText(String(labelled));
      return { predicted, right: names.slice(0, -1), wrong };
    });

  await test.step('finds an image in the gallery and changes its label', async () => {
    await openPage(page, 'Images');
    await expect(page.getByText(`${loose.length + inZip.length} images`)).toBeVisible();
    await page.getByText('Unlabelled').click();
    const open = loose.length - 2 - confirmed.right.length;
    await expect(page.getByText(`${open} images`, { exact: true })).toBeVisible();
    await page.getByLabel('Search by file name').fill(confirmed.wrong);
    await expect(page.getByText('1 image', { exact: true })).toBeVisible();
    await page.getByRole('button', { name: new RegExp(`^${confirmed.wrong}`) }).click();
    const dialog = page.getByRole('dialog');
    const truth = answerOf(confirmed.wrong);
    await dialog.getByRole('combobox', { name: 'Label as' }).click();
    await page.getByRole('option', { name: truth, exact: true }).click();
    await expect(dialog.getByRole('heading', { level: 3, name: truth })).toBeVisible();
    await expect(dialog.getByText(`Grace: ${truth}, by hand`)).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('downloads the export: each image in the folder of its class', async () => {
    await openPage(page, 'Export');
    const labelled = inZip.length + 2 + confirmed.right.length + 1;
    await page.getByRole('button', { name: 'Create export' }).click();
    const link = page.getByRole('link', { name: 'Download zip' });
    const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
    const entries = await unzip(await download.path());
    const images = [...entries.keys()].filter((name) => name.endsWith('.jpg'));
    expect(images).toHaveLength(labelled);
    expect(new Set(images.map(folderOf))).toEqual(new Set(sampleClasses));
    const sure = [...inZip.map(({ name }) => name), confirmed.wrong];
    for (const name of sure) {
      const entry = images.find((path) => path.endsWith(name));
      expect(folderOf(entry ?? ''), name).toBe(answerOf(name));
    }
    for (const name of confirmed.right)
      expect(folderOf(images.find((path) => path.endsWith(name)) ?? '')).toBe(confirmed.predicted);
    const csv = entries.get('labels.csv')?.toString() ?? '';
    expect(csv.trim().split('\n')).toHaveLength(labelled + 1);
    expect(csv).toContain('Grace');
    expect([...entries.keys()]).toContain('manifest.json');
  });
});

/** Runs in the page. */
function mostOpaquePixel(canvas: Element): number {
  const { width, height } = canvas as HTMLCanvasElement;
  const context = (canvas as HTMLCanvasElement).getContext('2d');
  const pixels = context?.getImageData(0, 0, width, height).data ?? [];
  return Math.max(...[...pixels].filter((_, at) => at % 4 === 3));
}

const folderOf = (path: string) => path.split('/').at(-2) ?? '';

const asFile = async ({ name, path }: Sample) => ({
  name,
  mimeType: 'image/jpeg',
  buffer: await readFile(path),
});

/** Creates a zip with each sample in its class's folder. */
async function zip(chosen: Sample[]): Promise<Buffer> {
  const archive = new yazl.ZipFile();
  for (const { answer, name, path } of chosen) archive.addFile(path, `${answer}/${name}`);
  archive.end();
  return buffer(archive.outputStream);
}

/** Reads the paths and contents of a zip's files. */
async function unzip(path: string): Promise<Map<string, Buffer>> {
  const open = promisify<string, yauzl.Options, yauzl.ZipFile>((file, options, done) =>
    yauzl.open(file, options, done),
  );
  const archive = await open(path, { lazyEntries: true, autoClose: false });
  const read = promisify(archive.openReadStream.bind(archive)) as (
    entry: yauzl.Entry,
  ) => Promise<NodeJS.ReadableStream>;
  const entries = await new Promise<yauzl.Entry[]>((resolve, reject) => {
    const found: yauzl.Entry[] = [];
    archive.on('entry', (entry: yauzl.Entry) => {
      found.push(entry);
      archive.readEntry();
    });
    archive.on('end', () => resolve(found)).on('error', reject);
    archive.readEntry();
  });
  const contents = new Map<string, Buffer>();
  for (const entry of entries)
    if (!entry.fileName.endsWith('/'))
      contents.set(entry.fileName, await buffer(await read(entry)));
  archive.close();
  return contents;
}
