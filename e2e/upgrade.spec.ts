/**
 * Opens a browser that a released version left with unsent answers, and loses none of them. The
 * fixture is what that version's page kept in localStorage, with the data folder that it belongs to.
 * `server/testing/upgrade/makeFixture.ts` makes it with the release itself.
 */
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { fixtureNames } from '../server/testing/upgrade/fixture';
import { OpenedFixture } from '../server/testing/upgrade/openedFixture';
import { figure } from './steps';
import { expect, test } from './test';

const checkout = join(__dirname, '..');

/** What the page keeps of answers that the server has not acknowledged. */
const unsentKeys = (page: Page) =>
  page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')));

/** The answers in force by file name. */
async function answersOf(opened: OpenedFixture) {
  const { images } = await opened.now('offline');
  return images.nodes.map(({ fileName, labels }) => [
    fileName,
    labels.map((label) => `${label.person.name}: ${label.class.name}`),
  ]);
}

for (const name of fixtureNames())
  test.describe(`a browser with unsent answers of version ${name}`, () => {
    test.setTimeout(240_000);
    let opened: OpenedFixture;
    test.beforeAll(async () => {
      test.setTimeout(240_000);
      // Without a worker nothing that is old is deleted, however old the fixture is.
      opened = await OpenedFixture.open(name, checkout, 'api');
    });
    test.afterAll(() => opened?.close());

    test('sends each once, takes back what was undone, and forgets what is acknowledged', async ({
      browser,
      contextOptions,
    }) => {
      const { url } = opened;
      const { person, localStorage: stored, outcome, undoneLabelIds } = opened.browser;
      const storageState = { cookies: [], origins: [{ origin: url, localStorage: stored }] };
      const context = await browser.newContext({ ...contextOptions, baseURL: url, storageState });
      const page = await context.newPage();

      await page.goto('/');
      expect(await unsentKeys(page)).toHaveLength(stored.length);
      await page.getByLabel('Your name').fill(person);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('button', { name: `Signed in as ${person}` })).toBeVisible();
      await expect.poll(() => unsentKeys(page)).toEqual([]);
      // The server refused nothing.
      await expect(page.getByRole('alert')).toHaveCount(0);

      const expectOutcome = async () => {
        const images = opened.before('offline').images.nodes;
        expect(await answersOf(opened)).toEqual(
          images.map(({ fileName }) => [
            fileName,
            outcome[fileName] ? [`${person}: ${outcome[fileName]}`] : [],
          ]),
        );
        const undone = undoneLabelIds.length;
        const recorded = undone + labelled;
        expect(await opened.labelEvents('offline')).toEqual({ recorded, undone });
      };
      const labelled = Object.values(outcome).filter(Boolean).length;
      expect(await opened.inForce(undoneLabelIds)).toEqual(undoneLabelIds.map(() => false));
      await expectOutcome();

      await test.step('a second visit has nothing to send', async () => {
        await page.goto(`/datasets/${encodeURIComponent(opened.idOf('offline'))}`);
        await expect(figure(page, 'Labelled')).toHaveText(String(labelled));
        await expectOutcome();
      });
      await context.close();
    });
  });
