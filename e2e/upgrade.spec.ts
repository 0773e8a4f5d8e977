/**
 * Opens a browser that a released version left with unsent answers, and loses none of them. The
 * fixture is what that version's page kept in localStorage, with the data folder that it belongs to.
 * `server/testing/upgrade/makeFixture.ts` makes it with the release itself.
 */
import { join } from 'node:path';
import { fixtureNames } from '../server/testing/upgrade/fixture';
import { OpenedFixture } from '../server/testing/upgrade/openedFixture';
import { figure } from './steps';
import { expect, test } from './test';

const checkout = join(__dirname, '..');

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
      const unsent = () =>
        page.evaluate(() => Object.keys(localStorage).filter((key) => key.includes('outbox')));

      await page.goto('/');
      expect(await unsent()).toHaveLength(stored.length);
      await page.getByLabel('Your name').fill(person);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('button', { name: `Signed in as ${person}` })).toBeVisible();
      await expect.poll(unsent).toEqual([]);
      // Nothing was refused.
      await expect(page.getByRole('alert')).toHaveCount(0);

      const labels = async () => {
        const { images } = await opened.now('offline');
        return images.nodes.map(({ fileName, labels: inForce }) => [
          fileName,
          inForce.map((label) => [label.person.name, label.class.name]),
        ]);
      };
      const images = opened.before('offline').images.nodes;
      const expected = images.map(({ fileName }) => {
        const className = outcome[fileName];
        return [fileName, className ? [[person, className]] : []];
      });
      const classNames = Object.values(outcome).filter(Boolean);
      const undone = undoneLabelIds.length;
      const events = { recorded: undone + classNames.length, undone };
      expect(await labels()).toEqual(expected);
      expect(await opened.inForce(undoneLabelIds)).toEqual(undoneLabelIds.map(() => false));
      expect(await opened.labelEvents('offline')).toEqual(events);

      await test.step('a second visit has nothing to send', async () => {
        await page.goto(`/datasets/${encodeURIComponent(opened.idOf('offline'))}`);
        await expect(figure(page, 'Labelled')).toHaveText(String(classNames.length));
        expect(await labels()).toEqual(expected);
        expect(await opened.labelEvents('offline')).toEqual(events);
      });
      await context.close();
    });
  });
