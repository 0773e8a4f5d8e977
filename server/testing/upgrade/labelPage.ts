import type { Page } from '@playwright/test';

/** The label page in a browser, with the answers that the person gave on it. */
export class LabelPage {
  /** The class that the person's last answer says, by file name; null after an undo. */
  readonly outcome: Record<string, string | null> = {};

  constructor(private readonly page: Page) {}

  async open(url: string, person: string, datasetId: string): Promise<void> {
    const { page } = this;
    await page.goto(url);
    await page.getByLabel('Your name').fill(person);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('button', { name: `Signed in as ${person}` }).waitFor();
    await page.goto(`${url}/datasets/${encodeURIComponent(datasetId)}/label`);
  }

  /** Answers the image on screen with the class in its file name. @returns the file name */
  async answer(): Promise<string> {
    const heading = this.fileName();
    const fileName = (await heading.textContent()) ?? '';
    const className = fileName.split('-')[0] ?? '';
    const button = this.page.getByRole('button', { name: `Label as ${className}`, exact: true });
    await this.page.keyboard.press((await button.getAttribute('aria-keyshortcuts')) ?? '');
    await heading.filter({ hasNotText: fileName }).waitFor();
    this.outcome[fileName] = className;
    return fileName;
  }

  /** Undoes the last answer, which has to be that for `fileName`. */
  async undo(fileName: string): Promise<void> {
    await this.page.keyboard.press('Control+z');
    await this.fileName().filter({ hasText: fileName }).waitFor();
    this.outcome[fileName] = null;
  }

  /** Waits until every answer has arrived and the next images are loaded. */
  async settle(): Promise<void> {
    const saving = this.page.getByRole('status', { name: 'Saving' });
    await saving.filter({ hasText: /^$/ }).waitFor({ state: 'attached' });
    await this.page.waitForLoadState('networkidle');
  }

  /** From now on the server gets the answers, but the browser gets no reply. */
  async loseReplies(): Promise<void> {
    await this.page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('recordLabels')) return route.continue();
      await route.fetch();
      await route.abort('connectionreset');
    });
  }

  async goOffline(): Promise<void> {
    await this.page.context().setOffline(true);
    await this.page.unrouteAll({ behavior: 'ignoreErrors' });
  }

  /** @throws Error when the page keeps something that the fixture would lose */
  async readStorage(): Promise<{ name: string; value: string }[]> {
    const { local, elsewhere } = await this.page.evaluate(async () => ({
      local: Object.entries(localStorage).map(([name, value]) => ({ name, value: String(value) })),
      elsewhere: Object.keys(sessionStorage).length + (await indexedDB.databases()).length,
    }));
    if (elsewhere > 0)
      throw new Error('The page also uses sessionStorage or IndexedDB. Save these too.');
    return local;
  }

  private fileName() {
    return this.page.getByRole('region', { name: 'Image' }).getByRole('heading', { level: 1 });
  }
}
