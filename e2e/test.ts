import { type BrowserContext, type Page, expect, test as base } from '@playwright/test';
import { environment } from './environment';

export { expect } from '@playwright/test';

export interface Person {
  name: string;
  context: BrowserContext;
  page: Page;
}

interface Fixtures {
  /** Opens a separate browser for a new person and signs them in through the page. */
  arrive: (name: string) => Promise<Person>;
  /** Errors that pages reported. A test that provokes errors empties it. */
  faults: string[];
}

export const test = base.extend<Fixtures>({
  // eslint-disable-next-line no-empty-pattern -- Playwright reads the names of the fixtures from the pattern
  baseURL: async ({}, use) => use(environment().url),

  faults: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      const faults: string[] = [];
      await use(faults);
      expect(faults, 'faults that the pages reported').toEqual([]);
    },
    { auto: true },
  ],

  arrive: async ({ browser, contextOptions, viewport, colorScheme, baseURL, faults }, use) => {
    const contexts: BrowserContext[] = [];
    await use(async (name) => {
      const context = await browser.newContext({
        ...contextOptions,
        viewport,
        colorScheme,
        baseURL,
      });
      contexts.push(context);
      context.on('page', (page) => listen(page, faults));
      await context.addInitScript(reportPolicyViolations);
      const page = await context.newPage();
      await page.goto('/');
      await page.getByLabel('Your name').fill(name);
      await page.getByRole('button', { name: 'Sign in' }).click();
      await expect(page.getByRole('button', { name: `Signed in as ${name}` })).toBeVisible();
      return { name, context, page };
    });
    for (const context of contexts) await context.close();
  },
});

/** Runs in the page. A violation of the content security policy is a fault of the page. */
function reportPolicyViolations(): void {
  addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    console.error(`content security policy: ${violatedDirective} ${blockedURI}`),
  );
}

/** A request that the page cancels because it navigates away is no fault. */
function listen(page: Page, faults: string[]): void {
  page.on('pageerror', (error) => faults.push(`page error: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error') faults.push(`console: ${message.text()}`);
  });
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText;
    if (reason !== 'net::ERR_ABORTED') faults.push(`${reason}: ${request.url()}`);
  });
  page.on('response', (response) => {
    if (response.status() >= 400) faults.push(`${response.status()}: ${response.url()}`);
  });
}

/** Skips the test, by name and with the reason, if there can be no predictions. */
export function needsBackbone(): void {
  const { missing } = environment();
  test.skip(missing !== '', `No backbone: ${missing}`);
}
