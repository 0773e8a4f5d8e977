import type { Page } from '@playwright/test';
import { layOut, sampleClasses, samples } from './samples';
import {
  answerByKey,
  createDataset,
  expectMark,
  figure,
  imageName,
  leaveMark,
  uploadFolder,
  waitUntilEmbedded,
  watchTexts,
} from './steps';
import { expect, needsBackbone, test } from './test';

const retrainAfter = 20;

test('while Ada labels, Bob sees the run, the new predictions and the reordered queue arrive without reloading', async ({
  arrive,
}, testInfo) => {
  needsBackbone();
  const ada = await arrive('Ada');
  const chosen = await samples(20);
  await layOut(testInfo.outputPath('shapes'), chosen);
  const dataset = await createDataset(ada.page, {
    name: 'Two people',
    classes: sampleClasses,
    autoRetrainAfter: retrainAfter,
  });
  await uploadFolder(ada.page, testInfo.outputPath('shapes'));
  await waitUntilEmbedded(ada.page, dataset, chosen.length);

  // Bob has the label page in one tab and the overview in another, and touches neither from here
  // on.
  const bob = await arrive('Bob');
  const [labelTab, overviewTab] = [bob.page, await bob.context.newPage()];
  await takeRunsStepByStep(labelTab);
  await takeRunsStepByStep(overviewTab);
  await labelTab.goto(`${dataset}/label`);
  await expect(imageName(labelTab)).toBeVisible();
  await overviewTab.goto(dataset);
  await expect(figure(overviewTab, 'Labelled')).toHaveText('0');
  await leaveMark(labelTab);
  await leaveMark(overviewTab);
  const runOnLabelTab = await watchTexts(labelTab, '[aria-label="Retrain run"]');
  const runOnOverview = await watchTexts(overviewTab, '[aria-labelledby="retraining"]');
  const imagesOnLabelTab = await watchTexts(labelTab, '[aria-label="Image"] h1');
  const bobsImage = (await imageName(labelTab).textContent()) ?? '';
  const firstOrder = await queue(labelTab);
  const oldQueue = await wholeQueue(ada.page, dataset);
  expect(oldQueue).toHaveLength(chosen.length);
  expect(firstOrder.every(({ percent }) => percent === null)).toBe(true);

  await ada.page.goto(`${dataset}/label`);
  const answered: string[] = [];
  for (let count = 0; count < 5; count++) answered.push(await answerByKey(ada.page));

  await test.step('her answers arrive: activity, counts, progress to the next round', async () => {
    const activity = overviewTab.getByRole('log', { name: 'Activity' });
    for (const name of answered)
      await expect(activity.getByText(`Ada labelled ${name}`)).toBeVisible();
    await expect(figure(overviewTab, 'Labelled')).toHaveText('5');
    await expect(labelTab.getByText(`5 of ${retrainAfter} labels`)).toBeVisible();
    await expect(labelTab.getByRole('img', { name: 'Assigned to Ada' }).first()).toBeVisible();
  });

  for (let count = 5; count < retrainAfter; count++) answered.push(await answerByKey(ada.page));

  await test.step('the run: its phases and percent while it works, then the published round', async () => {
    const activity = overviewTab.getByRole('log', { name: 'Activity' });
    await expect(activity.getByText(/^Round 1 published/)).toBeVisible();
    await expect(labelTab.getByText('until round 2')).toBeVisible();
    for (const texts of [await runOnLabelTab(), await runOnOverview()]) {
      const progress = texts.filter((text) =>
        /Round 1\s+· (Taking|Fitting|Eval|Resc|Ord|Pub)/.test(text),
      );
      expect(progress, texts.join('\n')).not.toEqual([]);
      const percents = progress.map((text) => Number(/(\d+) %/.exec(text)?.[1]));
      expect(Math.max(...percents)).toBeGreaterThan(0);
    }
    await expect(overviewTab.getByText(/^Round 1 published just now$/)).toBeVisible();
    await expect(figure(overviewTab, 'Predicted')).not.toHaveText('0');
    await expect(figure(overviewTab, 'Labelled')).toHaveText(String(retrainAfter));
    await expect(overviewTab.getByText(`Round 1: `, { exact: false })).toBeVisible();
  });

  await test.step('new predictions with confidences, and a new order behind his task', async () => {
    const predicted = labelTab.getByRole('region', { name: /^Predicted/ });
    await expect(predicted.getByText('Round 1')).toBeVisible();
    await expect(predicted.getByRole('button')).toHaveCount(5);
    await expect
      .poll(async () => (await queue(labelTab)).every(({ percent }) => percent !== null))
      .toBe(true);
    const order = await queue(labelTab);
    const his = order.filter(({ place }) => place !== 'queued').map(keyOf);
    expect(his).toEqual(firstOrder.filter(({ place }) => place !== 'queued').map(keyOf));

    const shown = order.filter(({ place }) => place === 'queued').map(keyOf);
    const newQueue = await wholeQueue(ada.page, dataset);
    const head = (ids: string[]) => ids.filter((id) => !his.includes(id)).slice(0, shown.length);
    expect(shown).toEqual(head(newQueue));
    // The old order after her answers: they only removed entries from it.
    expect(shown).not.toEqual(head(oldQueue.filter((id) => newQueue.includes(id))));
  });

  await test.step('his image stayed where it was, and nothing was reloaded', async () => {
    await expect(imageName(labelTab)).toHaveText(bobsImage);
    expect(await imagesOnLabelTab()).toEqual([bobsImage]);
    await expectMark(labelTab);
    await expectMark(overviewTab);
  });
});

/**
 * Lets the page draw each step of a run before the next one arrives. A run over so few images takes
 * a quarter of a second. On a busy machine all of it can fall between two frames, and no step would
 * be visible.
 */
const takeRunsStepByStep = (page: Page) =>
  page.routeWebSocket(/\/graphql$/, (socket) => {
    const drawn = () => page.evaluate(() => new Promise((done) => setTimeout(done, 100)));
    let last: Promise<unknown> = Promise.resolve();
    socket.connectToServer().onMessage((message) => {
      last = last
        .then(() => {
          socket.send(message);
          return message.includes('RunProgressed') ? drawn() : undefined;
        })
        // The page is closed, so nobody can see the step.
        .catch(() => undefined);
    });
  });

interface QueueRow {
  key: string;
  place: string;
  percent: number | null;
}

const keyOf = ({ key }: QueueRow) => key;

const queue = (page: Page): Promise<QueueRow[]> =>
  page
    .getByRole('list', { name: 'Queue' })
    .getByRole('listitem')
    .evaluateAll((rows) =>
      rows.map((row) => {
        const { key = '', place = '' } = (row as HTMLElement).dataset;
        const percent = /(\d+) %/.exec(row.textContent ?? '')?.[1];
        return { key, place, percent: percent === undefined ? null : Number(percent) };
      }),
    );

/** Reads the whole queue through the public API. */
async function wholeQueue(page: Page, dataset: string): Promise<string[]> {
  const response = await page.request.post('/graphql', {
    data: {
      query:
        'query ($id: ID!) { dataset(id: $id) { queue(first: 200) { nodes { image { id } } } } }',
      variables: { id: decodeURIComponent(dataset.split('/').at(-1) ?? '') },
    },
  });
  const { data } = (await response.json()) as {
    data: { dataset: { queue: { nodes: { image: { id: string } }[] } } };
  };
  return data.dataset.queue.nodes.map(({ image }) => image.id);
}
