import type { Page } from '@playwright/test';
import { layOut, sampleClasses, samples } from './samples';
import { answerByKey, createDataset, figure, imageName, uploadFolder } from './steps';
import { expect, test } from './test';

interface LabelledImage {
  fileName: string;
  consensus: { class: { name: string } } | null;
  labels: { class: { name: string } }[];
}

/** Reads the server's state through the public API: every image with its labels in force. */
async function labelledImages(page: Page, dataset: string): Promise<LabelledImage[]> {
  const response = await page.request.post('/graphql', {
    data: {
      query: `query ($id: ID!) { dataset(id: $id) { images(first: 100, filter: { labelled: true }) {
        nodes { fileName consensus { class { name } } labels { class { name } } } } } }`,
      variables: { id: decodeURIComponent(dataset.split('/').at(-1) ?? '') },
    },
  });
  const { data } = (await response.json()) as {
    data: { dataset: { images: { nodes: LabelledImage[] } } };
  };
  return data.dataset.images.nodes;
}

test('answers without a connection, even across a reload, arrive once each when it returns', async ({
  arrive,
  faults,
}, testInfo) => {
  const { page, context } = await arrive('Ada');
  await layOut(testInfo.outputPath('shapes'), await samples(3));
  const dataset = await createDataset(page, { name: 'Offline', classes: sampleClasses });
  await uploadFolder(page, testInfo.outputPath('shapes'));
  await page.goto(`${dataset}/label`);
  const answered = [await answerByKey(page)];
  // One task is on screen and six wait. Their pictures have to be loaded before the connection is
  // cut.
  await expect(page.getByRole('list', { name: 'Queue' }).getByText('Yours')).toHaveCount(6);
  await page.waitForLoadState('networkidle');

  const saving = page.getByRole('status', { name: 'Saving' });
  await test.step('without a connection the answers are kept, and the page says so', async () => {
    await context.setOffline(true);
    for (let count = 1; count <= 3; count++) {
      answered.push(await answerByKey(page));
      await expect(saving).toContainText(`${count} unsent`);
    }
    await expect(imageName(page)).toBeVisible();
    expect(await labelledImages(page, dataset)).toHaveLength(1);
  });

  await test.step('back again, they are sent', async () => {
    await context.setOffline(false);
    await expect(saving).toBeEmpty();
    await expect.poll(async () => (await labelledImages(page, dataset)).length).toBe(4);
  });

  await test.step('a reload meanwhile loses nothing', async () => {
    await context.setOffline(true);
    for (let count = 1; count <= 2; count++) {
      answered.push(await answerByKey(page));
      await expect(saving).toContainText(`${count} unsent`);
    }
    await page.reload().catch(() => undefined);
    await expect(saving).toBeHidden();
    await context.setOffline(false);
    await page.goto(dataset);
    await expect(figure(page, 'Labelled')).toHaveText(String(answered.length));
  });

  const held = await labelledImages(page, dataset);
  const baseNames = held.map(({ fileName }) => fileName.split('/').at(-1)).sort();
  expect(baseNames).toEqual([...answered].sort());
  for (const { fileName, consensus, labels } of held) {
    expect(labels, `labels of ${fileName}`).toHaveLength(1);
    expect(fileName).toContain(consensus?.class.name);
  }
  // The browser reports every failed request. Any other message is still a fault.
  const others = faults.filter((fault) => !fault.includes('ERR_INTERNET_DISCONNECTED'));
  faults.splice(0, faults.length, ...others);
});
