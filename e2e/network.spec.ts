import { layOut, sampleClasses, samples } from './samples';
import { createDataset, openPage, uploadFolder, waitUntilEmbedded } from './steps';
import { expect, needsBackbone, test } from './test';

test.setTimeout(180_000);

test('a network is fine-tuned, replaces the backbone, and is replaced by it again', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const { page } = await arrive('Yann');
  const folder = testInfo.outputPath('labelled');
  await layOut(folder, await samples(6));
  const dataset = await createDataset(page, { name: 'Own network', classes: sampleClasses });
  await uploadFolder(page, folder, true);
  await waitUntilEmbedded(page, dataset, 36);

  await test.step('offers the options, and says that the duration is not known yet', async () => {
    await openPage(page, 'Runs');
    await page.getByRole('button', { name: 'Train a network' }).click();
    const dialog = page.getByRole('dialog', { name: 'Train a network' });
    await expect(dialog.getByRole('note')).toContainText('known after the first batch');
    await dialog.getByLabel('Epochs').fill('2');
    await dialog.getByLabel('Learning rate').fill('7');
    await dialog.getByRole('button', { name: 'Start training' }).click();
    await expect(dialog.getByText('Enter a number from 0.000001 to 1.')).toBeVisible();
    await dialog.getByLabel('Learning rate').fill('0.005');
    const goOn = dialog.getByLabel('Continue from the last network');
    const replay = dialog.getByLabel('Old images per new image');
    await expect(replay).toBeHidden();
    await goOn.check();
    await replay.fill('101');
    await dialog.getByRole('button', { name: 'Start training' }).click();
    await expect(dialog.getByText('Enter a number from 0 to 100.')).toBeVisible();
    await goOn.uncheck();
    await expect(replay).toBeHidden();
    await dialog.getByRole('button', { name: 'Start training' }).click();
    await expect(dialog).toBeHidden();
  });

  await test.step('shows each batch, and publishes like any other run', async () => {
    const active = page.getByRole('region', { name: 'Active run' });
    await expect(active).toContainText(/Epoch \d of 2/, { timeout: 60_000 });
    await expect(active.getByRole('list', { name: 'Phases' })).toContainText('Train');
    const row = page.getByRole('table', { name: 'Runs' }).getByRole('row', { name: /Round 1 / });
    await expect(row).toContainText('Published', { timeout: 150_000 });
    await expect(row).toContainText('Fine-tune');
    await expect(row).toContainText('by Yann');
    await page.getByRole('link', { name: 'Round 1' }).click();
    const detail = page.getByRole('dialog');
    await expect(detail).toContainText('TensorFlow.js');
    await expect(detail).toContainText('2 of at most 2');
    await expect(detail.getByRole('region', { name: 'Epochs' })).toBeVisible();
    await page.keyboard.press('Escape');
  });

  await test.step('is the dataset’s backbone, until another one is chosen', async () => {
    await openPage(page, 'Overview');
    await page.getByRole('button', { name: 'Settings' }).click();
    const dialog = page.getByRole('dialog', { name: 'Dataset settings' });
    const backbone = dialog.getByRole('combobox', { name: 'Backbone' });
    await expect(backbone).toHaveValue(/fine-tuned, round 1$/);
    await backbone.click();
    await page
      .getByRole('option', { name: /pixels/ })
      .nth(1)
      .click();
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toBeHidden();
    await expect(page.getByText(/^Round 2 published just now/)).toBeVisible({ timeout: 30_000 });
    await page.getByRole('button', { name: 'Settings' }).click();
    await expect(backbone).not.toHaveValue(/fine-tuned/);
  });
});
