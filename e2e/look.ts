import type { Page } from '@playwright/test';
import { expect } from './test';

const sizes = {
  wide: { width: 1440, height: 900 },
  narrow: { width: 390, height: 844 },
} as const;

/**
 * Takes a screenshot of the page for each size and colour scheme. People look at them; no test
 * compares them.
 */
export async function look(page: Page, name: string): Promise<void> {
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
  await page.waitForLoadState('networkidle');
  for (const [size, viewport] of Object.entries(sizes)) {
    await page.setViewportSize(viewport);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
      await expect.poll(() => page.evaluate(picturesOnTheirWay)).toBe(0);
      await page.screenshot({
        path: `test-results/screens/${name}-${size}-${colorScheme}.png`,
        animations: 'disabled',
        fullPage: true,
      });
    }
    const overflow = await page.evaluate(() => {
      const { scrollWidth, clientWidth } = document.documentElement;
      return scrollWidth - clientWidth;
    });
    expect.soft(overflow, `${name}, ${size}: pixels beyond the right edge`).toBe(0);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  await page.setViewportSize(sizes.wide);
}

/** Runs in the page. */
function picturesOnTheirWay(): number {
  const inSight = (image: HTMLImageElement) => {
    const { top, bottom } = image.getBoundingClientRect();
    return bottom > 0 && top < innerHeight;
  };
  return [...document.images].filter((image) => inSight(image) && !image.complete).length;
}
