import type { Page } from '@playwright/test';
import { graphql } from './api';
import { look } from './look';
import { answerOf, layOut, sampleClasses, samples } from './samples';
import {
  answerByKey,
  createDataset,
  datasetIdOf,
  expectMark,
  imageName,
  leaveMark,
  openPage,
  uploadFolder,
  waitUntilEmbedded,
} from './steps';
import { expect, needsBackbone, test } from './test';

const perClass = 18;
/** Wrong labels per class: twelve in all. A run misses some of them, and Bob corrects some. */
const planted = 2;
/** Images that Bob labels too. */
const shared = 8;

test('two people disagree, suspects are reviewed by key, and the lane empties in the other tab', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const ada = await arrive('Ada');
  const bob = await arrive('Bob');
  const chosen = await samples(perClass);
  await layOut(testInfo.outputPath('open'), chosen);
  const dataset = await createDataset(ada.page, { name: 'Reviewed', classes: sampleClasses });
  await uploadFolder(ada.page, testInfo.outputPath('open'));
  await waitUntilEmbedded(ada.page, dataset, chosen.length);
  await askTwoPeople(ada.page);
  await answerAll(ada.page, dataset);

  await test.step('Bob answers some of her images too, a few of them differently', async () => {
    await bob.page.goto(`${dataset}/label`);
    for (let at = 0; at < shared; at++) {
      await expect(imageName(bob.page)).toBeVisible();
      const right = answerOf((await imageName(bob.page).textContent()) ?? '');
      await answerByKey(bob.page, at % 3 === 0 ? classAfter(right) : right);
    }
  });
  await retrain(ada.page, dataset);

  await test.step('the annotators page lists both, with intervals', async () => {
    await openPage(ada.page, 'Annotators');
    for (const name of ['Ada', 'Bob']) {
      const row = ada.page.getByRole('row', { name: new RegExp(`${name} `) }).first();
      await expect(row.getByRole('img', { name: /95 % interval/ })).toBeVisible();
      await expect(row).toContainText(`of ${shared}`);
    }
    await expect(ada.page.getByRole('row', { name: /(Ada · Bob|Bob · Ada)/ })).toBeVisible();
  });

  await test.step('an image is marked as gold in its dialog, and the annotators page shows it at once', async () => {
    const other = await ada.context.newPage();
    await other.goto(`${dataset}/images?labelled=yes`);
    await other
      .getByRole('button', { name: /labelled/ })
      .first()
      .click();
    const dialog = other.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Mark as gold' }).click();
    // Before it is open there is one such button, and it would close it again.
    await expect(other.getByRole('combobox', { name: 'Correct class' })).toBeVisible();
    await other.getByRole('button', { name: 'Mark as gold' }).last().click();
    await expect(dialog.getByRole('button', { name: 'Unmark as gold' })).toBeVisible();
    await expect(
      ada.page.getByRole('button', { name: /^Remove .+ from gold images$/ }),
    ).toBeVisible();
    await look(ada.page, 'annotators');
    await other.close();
  });

  await openPage(ada.page, 'Review');
  await expect(heading(ada.page)).toBeVisible();
  await openPage(bob.page, 'Review');
  await leaveMark(bob.page);
  const before = await waiting(bob.page);
  expect(before).toBeGreaterThanOrEqual(3);
  await look(ada.page, 'review');

  const answered: Awaited<ReturnType<typeof card>>[] = [];
  await test.step('keys keep a label, accept the suggestion, and choose another class', async () => {
    const kept = await card(ada.page);
    await ada.page.keyboard.press('1');
    await expect(heading(ada.page)).not.toHaveText(kept.name);
    expect(await agreedOn(ada.page, dataset, kept.name)).toBe(kept.given);
    const changed = await card(ada.page);
    await ada.page.keyboard.press('2');
    await expect(heading(ada.page)).not.toHaveText(changed.name);
    expect(await agreedOn(ada.page, dataset, changed.name)).toBe(changed.other);
    const renamed = await card(ada.page);
    const third = sampleClasses.find((one) => one !== renamed.given && one !== renamed.other) ?? '';
    // Hotkeys follow the order of the keyboard's first row.
    await ada.page.keyboard.press('qwerty'.charAt(sampleClasses.indexOf(third)));
    await expect(suspect(ada.page).filter({ hasText: renamed.name })).toHaveCount(0);
    expect(await agreedOn(ada.page, dataset, renamed.name)).toBe(third);
    answered.push(changed, renamed);
  });

  await test.step('the key and the button undo answers, and each card returns unchanged', async () => {
    const [changed, renamed] = answered;
    await ada.page.keyboard.press('Backspace');
    await expect(heading(ada.page)).toHaveText(renamed?.name ?? '');
    await expect(said(ada.page)).toHaveText(renamed?.said ?? []);
    await expect.poll(() => waiting(bob.page)).toBe(before - 2);
    await look(ada.page, 'review-undone');
    await ada.page.getByRole('button', { name: 'Undo' }).click();
    await expect(heading(ada.page)).toHaveText(changed?.name ?? '');
    await expect(said(ada.page)).toHaveText(changed?.said ?? []);
    await expect.poll(() => waiting(bob.page)).toBe(before - 1);
    await ada.page.keyboard.press('2');
    await expect(heading(ada.page)).toHaveText(renamed?.name ?? '');
    expect(await agreedOn(ada.page, dataset, changed?.name ?? '')).toBe(changed?.other);
    await ada.page.keyboard.press('1');
    await expect(suspect(ada.page).filter({ hasText: renamed?.name })).toHaveCount(0);
    expect(await agreedOn(ada.page, dataset, renamed?.name ?? '')).toBe(renamed?.given);
  });

  await test.step('Bob, who did nothing, sees three fewer', async () => {
    await expect.poll(() => waiting(bob.page)).toBe(before - 3);
    await expectMark(bob.page);
  });
});

const classAfter = (name: string): string =>
  sampleClasses[(sampleClasses.indexOf(name) + 1) % sampleClasses.length] ?? '';

/** Every image needs two people, and a quarter of the tasks hide the prediction. */
async function askTwoPeople(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Settings' }).click();
  const dialog = page.getByRole('dialog', { name: 'Dataset settings' });
  await dialog.getByRole('combobox', { name: 'Second opinions' }).click();
  await page.getByRole('option', { name: 'Several answers for some images' }).click();
  await dialog.getByLabel('Answers per image').fill('2');
  await dialog.getByLabel('Share of images').fill('100');
  await dialog.getByLabel('Share of tasks that hide the prediction').fill('25');
  await look(page, 'settings-overlap');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
}

interface Named {
  id: string;
  fileName: string;
  consensus: { class: { name: string } } | null;
}

const imagesOf = async (page: Page, dataset: string): Promise<Named[]> =>
  (
    await graphql<{ dataset: { images: { nodes: Named[] } } }>(
      page,
      `
        query ($id: ID!) {
          dataset(id: $id) {
            images(first: 200) {
              nodes {
                id
                fileName
                consensus {
                  class {
                    name
                  }
                }
              }
            }
          }
        }
      `,
      { id: datasetIdOf(dataset) },
    )
  ).dataset.images.nodes;

/**
 * Labels as a script would: every image gets its class, except the first few of each class, which
 * get the next one.
 */
async function answerAll(page: Page, dataset: string): Promise<void> {
  const { dataset: read } = await graphql<{ dataset: { classes: { id: string; name: string }[] } }>(
    page,
    'query ($id: ID!) { dataset(id: $id) { classes { id name } } }',
    { id: datasetIdOf(dataset) },
  );
  const wrong = new Set((await samples(planted)).map(({ name }) => name));
  const labels = (await imagesOf(page, dataset)).map(({ id, fileName }) => {
    const right = answerOf(fileName);
    const isWrong = [...wrong].some((name) => fileName.endsWith(name));
    const said = isWrong ? classAfter(right) : right;
    const classId = read.classes.find(({ name }) => name === said)?.id;
    return { imageId: id, classId, clientMutationId: crypto.randomUUID() };
  });
  await graphql(
    page,
    'mutation ($labels: [RecordLabelInput!]!) { recordLabels(input: { labels: $labels }) { results { error { message } } } }',
    { labels },
  );
}

async function retrain(page: Page, dataset: string): Promise<void> {
  await page.goto(dataset);
  await page.getByRole('button', { name: 'Retrain now' }).click();
  await expect(page.getByText(/^Round 1 published just now/)).toBeVisible();
}

const waiting = async (page: Page): Promise<number> => {
  const text = page.getByText(/^\d+ labels? to review/);
  await expect(text).toBeVisible();
  return Number.parseInt((await text.textContent()) ?? '');
};

const suspect = (page: Page) => page.getByRole('region', { name: 'Suspect' });
const heading = (page: Page) => suspect(page).getByRole('heading');
const said = (page: Page) =>
  suspect(page).getByRole('list', { name: 'Answers' }).getByRole('listitem');

/** Reads the front card: the image, its class, and the suggested class. */
async function card(page: Page) {
  await expect(heading(page)).toBeVisible();
  const classOn = async (words: string) => {
    const label = await suspect(page)
      .getByRole('button', { name: new RegExp(`^${words} `) })
      .first()
      .getAttribute('aria-label');
    return label?.replace(`${words} `, '') ?? '';
  };
  return {
    name: (await heading(page).textContent()) ?? '',
    given: await classOn('Keep'),
    other: await classOn('Change to'),
    said: await said(page).allTextContents(),
  };
}

const agreedOn = async (page: Page, dataset: string, name: string) =>
  (await imagesOf(page, dataset)).find(({ fileName }) => fileName.endsWith(name))?.consensus?.class
    .name;
