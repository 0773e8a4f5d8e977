import { look } from './look';
import { layOut, sampleClasses, samples } from './samples';
import { createDataset, openPage, uploadFolder, waitUntilEmbedded } from './steps';
import { expect, needsBackbone, test } from './test';

test('rounds are compared, and an earlier one is restored', async ({ arrive }, testInfo) => {
  needsBackbone();
  test.setTimeout(180_000);
  const { page } = await arrive('Vera');
  const dataset = await createDataset(page, { name: 'Rounds', classes: sampleClasses });
  const each = sampleClasses.length;
  await layOut(testInfo.outputPath('open'), await samples(6, 20));
  await uploadFolder(page, testInfo.outputPath('open'));
  // The first round knows three classes only, and predicts one of them for all other images.
  const labelled = [
    (await samples(4)).filter(({ answer }) => sampleClasses.indexOf(answer) < 3),
    await samples(4, 4),
    await samples(8, 8),
  ];
  let images = 6 * each;
  for (const [round, files] of labelled.entries()) {
    const folder = testInfo.outputPath(`labelled-${round}`);
    await layOut(folder, files);
    await page.goto(`${dataset}/upload`);
    await uploadFolder(page, folder, true);
    images += files.length;
    await waitUntilEmbedded(page, dataset, images);
    await page.getByRole('button', { name: 'Retrain now' }).click();
    await openPage(page, 'Runs');
    await expect(
      page.getByRole('row', { name: new RegExp(`Round ${round + 1} Published`) }),
    ).toBeVisible({ timeout: 30_000 });
  }
  await expect(page.getByRole('heading', { name: 'Learning curve' })).toBeVisible();
  await look(page, 'rounds-runs');

  await page.getByRole('link', { name: 'Round 3', exact: true }).click();
  const drawer = page.getByRole('dialog');
  await expect(drawer.getByRole('heading', { name: 'Calibration' })).toBeVisible();
  await look(page, 'rounds-run');
  await drawer.getByRole('link', { name: 'Compare with round 2' }).click();
  await expect(page.getByRole('heading', { name: 'Changed images' })).toBeVisible();
  await expect(page.getByRole('region', { name: 'Labels between the rounds' })).toContainText(
    'Vera',
  );
  await look(page, 'rounds-compare');

  await openPage(page, 'Runs');
  await page.getByRole('checkbox', { name: 'Compare round 1' }).check();
  await page.getByRole('checkbox', { name: 'Compare round 3' }).check();
  await page.getByRole('link', { name: 'Compare rounds 1 and 3' }).click();
  const changed = page.getByRole('region', { name: 'Changed images' });
  await expect(changed.getByRole('button', { name: /now stars/ }).first()).toBeVisible();
  await look(page, 'rounds-compare-far');
  await changed
    .getByRole('button', { name: /→ stars/ })
    .first()
    .click();
  await expect(changed.getByRole('button', { name: /now (?!stars)/ })).toHaveCount(0);
  await openPage(page, 'Runs');
  await page.getByRole('link', { name: 'Round 1', exact: true }).click();
  await drawer.getByRole('button', { name: 'Make current' }).click();
  const confirm = page.getByRole('dialog', { name: 'Make round 1 current?' });
  await confirm.getByRole('button', { name: 'Make current' }).click();
  await expect(drawer.getByText('Current', { exact: true })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('row', { name: /Round 1 Published current/ })).toBeVisible();
  await page.goto(dataset);
  await expect(page.getByRole('heading', { name: 'Learning curve' })).toBeVisible();
  await look(page, 'rounds-overview');
});
