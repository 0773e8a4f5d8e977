import type { Page } from '@playwright/test';
import { layOut, sampleClasses, samples } from './samples';
import { createDataset, hotkeyOf, imageName, uploadFolder } from './steps';
import { expect, test, type Person } from './test';

const openByName = async (page: Page, dataset: string, name: string) => {
  await page.goto(`${dataset}/images?name=${name}`);
  await page.getByRole('button', { name: new RegExp(`^${name}`) }).click();
  return page.getByRole('dialog');
};

/** Opens an image on the label page by its address, as a conflict notice does. */
async function open(person: Person, address: string, name: string): Promise<void> {
  await person.page.goto(address);
  await expect(imageName(person.page)).toHaveText(name);
}

const answer = async ({ page }: Person, className: string) =>
  page.keyboard.press(await hotkeyOf(page, className));

/** Waits until the server has the answer, because the page moves on before that. */
async function answerFirst(person: Person, className: string): Promise<void> {
  const saved = person.page.waitForResponse((response) =>
    Boolean(response.request().postData()?.includes('OutboxRecordLabels')),
  );
  await answer(person, className);
  await saved;
}

test.describe('two people answer the same image differently', () => {
  let ada: Person;
  let bob: Person;
  let dataset: string;
  let address: (index: number) => string;
  let names: string[];

  test.beforeEach(async ({ arrive }, testInfo) => {
    ada = await arrive('Ada');
    bob = await arrive('Bob');
    const chosen = await samples(1);
    names = chosen.map(({ name }) => name);
    await layOut(testInfo.outputPath('shapes'), chosen);
    dataset = await createDataset(ada.page, { name: testInfo.title, classes: sampleClasses });
    await uploadFolder(ada.page, testInfo.outputPath('shapes'));
    const response = await ada.page.request.post('/graphql', {
      data: {
        query: `query ($id: ID!) { dataset(id: $id) { images(first: 10) { nodes { id fileName } } } }`,
        variables: { id: decodeURIComponent(dataset.split('/').at(-1) ?? '') },
      },
    });
    const { data } = (await response.json()) as {
      data: { dataset: { images: { nodes: { id: string; fileName: string }[] } } };
    };
    address = (index) => {
      const image = data.dataset.images.nodes.find(({ fileName }) =>
        fileName.endsWith(names[index] ?? '?'),
      );
      return `${dataset}/label?image=${encodeURIComponent(image?.id ?? '')}`;
    };
  });

  test('the second person sees the first answer and can insist', async () => {
    const name = names[0] ?? '';
    await open(ada, address(0), name);
    await open(bob, address(0), name);
    await answerFirst(ada, 'stripes');
    await expect(imageName(ada.page)).not.toHaveText(name);
    await answer(bob, 'dots');

    const notice = bob.page.getByRole('alert').filter({ hasText: name });
    await expect(notice).toContainText('Ada answered stripes, and you answered dots.');
    await notice.getByRole('button', { name: 'Use dots' }).click();
    await expect(notice).toBeHidden();

    // Nothing is lost: the consensus is the later answer, and Ada's label is kept.
    const dialog = await openByName(ada.page, dataset, name);
    await expect(dialog.getByRole('heading', { level: 3, name: 'dots' })).toBeVisible();
    const answers = dialog.getByRole('list', { name: 'Answers' });
    await expect(answers.getByText('Bob: dots, by hand')).toBeVisible();
    await expect(answers.getByText('Ada: stripes, by hand')).toBeVisible();
  });

  test('the second person can keep the first answer, or open the image again', async () => {
    const [kept, again] = [names[1] ?? '', names[2] ?? ''];
    await open(ada, address(1), kept);
    await open(bob, address(1), kept);
    await answerFirst(ada, 'checks');
    await expect(imageName(ada.page)).not.toHaveText(kept);
    await answer(bob, 'stars');
    const notice = bob.page.getByRole('alert').filter({ hasText: kept });
    await notice.getByRole('button', { name: 'Keep checks' }).click();
    await expect(notice).toBeHidden();

    await open(ada, address(2), again);
    await open(bob, address(2), again);
    await answerFirst(ada, 'dots');
    await expect(imageName(ada.page)).not.toHaveText(again);
    await answer(bob, 'stars');
    await bob.page
      .getByRole('alert')
      .filter({ hasText: again })
      .getByRole('button', { name: 'Show image' })
      .click();
    await expect(imageName(bob.page)).toHaveText(again);
    await expect(bob.page.getByText('Labelled dots')).toBeVisible();

    const dialog = await openByName(ada.page, dataset, kept);
    await expect(dialog.getByRole('heading', { level: 3, name: 'checks' })).toBeVisible();
    const answers = dialog.getByRole('list', { name: 'Answers' });
    await expect(answers.getByRole('listitem')).toHaveCount(1);
  });

  test("in the gallery, another person's answer appears in the open image", async () => {
    const name = names[3] ?? '';
    const adas = await openByName(ada.page, dataset, name);
    const bobs = await openByName(bob.page, dataset, name);
    await expect(bobs.getByText('Not labelled')).toBeVisible();
    await choose(ada.page, adas, 'circles');
    await expect(adas.getByRole('heading', { level: 3, name: 'circles' })).toBeVisible();
    await expect(bobs.getByRole('heading', { level: 3, name: 'circles' })).toBeVisible();
    await expect(bobs.getByText('Ada: circles, by hand')).toBeVisible();
    await choose(bob.page, bobs, 'gradient');
    await expect(adas.getByRole('heading', { level: 3, name: 'gradient' })).toBeVisible();
    await expect(adas.getByText('Bob: gradient, by hand')).toBeVisible();
  });
});

async function choose(page: Page, dialog: ReturnType<Page['getByRole']>, className: string) {
  await dialog.getByRole('combobox', { name: 'Label as' }).click();
  await page.getByRole('option', { name: className, exact: true }).click();
}
