import { look } from './look';
import { layOut, sampleClasses, samples } from './samples';
import { createDataset, imageName, uploadFolder, waitUntilEmbedded } from './steps';
import { expect, needsBackbone, test } from './test';

test('one image leads to a grid of similar images, labelled with one key', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const { page } = await arrive('Vera');
  await layOut(testInfo.outputPath('labelled'), await samples(2));
  await layOut(testInfo.outputPath('open'), await samples(6, 2));
  const dataset = await createDataset(page, { name: 'Alike', classes: sampleClasses });
  await uploadFolder(page, testInfo.outputPath('labelled'), true);
  await uploadFolder(page, testInfo.outputPath('open'));
  const open = 6 * sampleClasses.length;
  await waitUntilEmbedded(page, dataset, open + 2 * sampleClasses.length);

  await page.goto(`${dataset}/images?labelled=yes`);
  await page
    .getByRole('button', { name: /labelled/ })
    .first()
    .click();
  await page.getByRole('link', { name: 'Similar images' }).click();
  const grid = page.getByRole('group', { name: 'Images, most similar first' });
  await expect(grid.getByRole('checkbox')).toHaveCount(open);
  await look(page, 'similar');

  const label = page.getByRole('button', { name: /^Label \d+ images?/ });
  const chosen = await grid.getByRole('checkbox', { checked: true }).count();
  expect(chosen).toBeGreaterThan(0);
  await expect(label).toHaveText(new RegExp(`Label ${chosen} image`));

  const last = grid.getByRole('checkbox', { checked: true }).last();
  const name = await last.getAttribute('aria-label');
  await last.click();
  await expect(label).toHaveText(new RegExp(`Label ${chosen - 1} image`));
  await page.keyboard.press('Enter');
  await expect(grid.getByRole('checkbox', { name: /, labelled / })).toHaveCount(chosen - 1);
  await expect(grid.getByRole('checkbox', { name: name ?? '', exact: true })).not.toBeChecked();
  await look(page, 'similar-labelled');

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(grid.getByRole('checkbox', { name: /, labelled / })).toHaveCount(0);
  await expect(grid.getByRole('checkbox', { checked: true })).toHaveCount(chosen - 1);

  await page.getByRole('switch', { name: 'Include labelled images' }).click();
  await expect(grid.getByRole('checkbox', { name: /, labelled / })).toHaveCount(
    2 * sampleClasses.length - 1,
  );
});

test('a key of the label page leads to images similar to the current one', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const { page } = await arrive('Vera');
  await layOut(testInfo.outputPath('open'), await samples(1));
  const dataset = await createDataset(page, { name: 'Asked', classes: sampleClasses });
  await uploadFolder(page, testInfo.outputPath('open'));
  await waitUntilEmbedded(page, dataset, sampleClasses.length);
  await page.goto(`${dataset}/label`);
  await expect(imageName(page)).toBeVisible();
  await page.keyboard.press(',');
  await expect(page.getByRole('heading', { name: 'Images like this one' })).toBeVisible();
  // The image has no prediction, so the test chooses the class before it presses the key.
  await expect(page.getByRole('button', { name: /^Label \d+ image/ })).toBeDisabled();
});
