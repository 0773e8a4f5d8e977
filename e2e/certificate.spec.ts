import { look } from './look';
import { layOut, sampleClasses, samples } from './samples';
import {
  answerByKey,
  createDataset,
  holdAll,
  imageName,
  openPage,
  uploadFolder,
  waitUntilEmbedded,
} from './steps';
import { expect, needsBackbone, test } from './test';

test('a certificate is planned, audited without predictions, and issued while its page is open', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const { page, context } = await arrive('Vera Molnár');
  await layOut(testInfo.outputPath('labelled'), await samples(6));
  await layOut(testInfo.outputPath('open'), await samples(14, 6));
  const dataset = await createDataset(page, { name: 'To certify', classes: sampleClasses });
  await openPage(page, 'Certificate');
  await expect(page.getByRole('heading', { name: 'No model yet' })).toBeVisible();
  await look(page, 'certificate-no-model');

  await page.goto(`${dataset}/upload`);
  await uploadFolder(page, testInfo.outputPath('labelled'), true);
  await uploadFolder(page, testInfo.outputPath('open'));
  await waitUntilEmbedded(page, dataset, 20 * sampleClasses.length);
  await page.getByRole('button', { name: 'Retrain now' }).click();
  await expect(page.getByText(/^Round \d published just now/)).toBeVisible();

  await openPage(page, 'Certificate');
  await page.getByLabel('Maximum error rate').fill('20');
  const start = page.getByRole('button', { name: 'Start audit' });
  await expect(page.getByText(/Statement: at most 20 % incorrect/)).toBeVisible();
  const risk = page.getByRole('combobox', { name: 'Allowed risk' });
  await expect(risk).toHaveValue('5 %');
  await expect(page.getByText(/with 95 % confidence/)).toBeVisible();
  const other = await context.newPage();
  await other.goto(`${dataset}/certificate`);
  await expect(other.getByText(/with 95 % confidence/)).toBeVisible();
  await risk.click();
  await page.getByRole('option', { name: '10 %' }).click();
  await expect(risk).toHaveValue('10 %');
  await expect(page.getByText(/with 90 % confidence/)).toBeVisible();
  // Nobody touched the other tab.
  await expect(other.getByText(/with 90 % confidence/)).toBeVisible();
  await other.close();
  await look(page, 'certificate-plan');
  await start.click();
  await expect(page.getByRole('heading', { name: 'The audit is open' })).toBeVisible();

  await test.step('a person gets no task while another one holds them all', async () => {
    const paul = await arrive('Paul Klee');
    const release = await holdAll(page, dataset, 'AUDIT');
    await paul.page.goto(`${dataset}/audit`);
    await expect(
      paul.page.getByRole('heading', { name: 'Nothing for you right now' }),
    ).toBeVisible();
    await look(paul.page, 'audit-held-by-others');
    await paul.page.close();
    await release();
  });

  const auditor = await context.newPage();
  await auditor.goto(`${dataset}/audit`);
  await expect(imageName(auditor)).toBeVisible();
  await expect(
    auditor.getByText('Hidden: predictions are not shown during an audit.'),
  ).toBeVisible();
  await answerByKey(auditor);
  await expect(page.getByText(/^1 of \d+ audited/)).toBeVisible();
  await look(auditor, 'audit');
  await look(page, 'certificate-auditing');
  while (!(await auditor.getByRole('heading', { name: 'No audit is open' }).isVisible())) {
    if (!(await imageName(auditor).isVisible())) {
      await expect(
        imageName(auditor).or(auditor.getByRole('heading', { name: 'No audit is open' })),
      ).toBeVisible();
      continue;
    }
    const name = (await imageName(auditor).textContent()) ?? '';
    const answer = name.slice(name.lastIndexOf('/') + 1).split('-')[0] ?? '';
    await auditor.getByRole('button', { name: `Label as ${answer}`, exact: true }).click();
    await expect(imageName(auditor).filter({ hasText: name })).toHaveCount(0);
  }
  await look(auditor, 'audit-over');
  await expect(page.getByRole('heading', { name: 'Certificate 1 is issued' })).toBeVisible();
  await expect(page.getByText(/At most 20 % \(\d+ of \d+\) of the images/)).toBeVisible();
  await look(page, 'certificate-issued');
});
