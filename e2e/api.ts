import type { Page } from '@playwright/test';

/**
 * Sends a request to the public API as the person who is signed in on the page. Throws if the
 * answer is not data.
 */
export async function graphql<T>(page: Page, query: string, variables: object = {}): Promise<T> {
  const response = await page.request.post('/graphql', { data: { query, variables } });
  const { data, errors } = (await response.json()) as { data?: T; errors?: object[] };
  if (!data || errors) throw new Error(JSON.stringify(errors));
  return data;
}
