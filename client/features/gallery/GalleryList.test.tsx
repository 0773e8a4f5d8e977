import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import type { ComponentProps } from 'react';
import { renderWithTheme } from '../../testing/renderWithTheme';
import { GalleryList } from './GalleryList';

function setUp(props: Partial<ComponentProps<typeof GalleryList>> = {}) {
  const onShowAll = jest.fn();
  const onRetry = jest.fn();
  const { container } = renderWithTheme(
    <GalleryList
      datasetId="d1"
      total={61}
      missing={1}
      error={null}
      isFiltered={false}
      onRetry={onRetry}
      onShowAll={onShowAll}
      {...props}
    >
      <p>first page</p>
    </GalleryList>,
  );
  const placeholders = () => container.querySelectorAll('[aria-hidden] > div').length;
  return { onShowAll, onRetry, placeholders, user: userEvent.setup() };
}

describe('the gallery list', () => {
  it.each([
    [1, '1 image'],
    [12_345, '12,345 images'],
  ])('says how many images match: %s', (total, text) => {
    setUp({ total });
    expect(screen.getByText(text)).not.toBeNull();
    expect(screen.getByText('first page')).not.toBeNull();
  });

  it('gives no number before the first page is loaded', () => {
    const { placeholders } = setUp({ total: null, missing: null });
    expect(screen.queryByText(/images?$/)).toBeNull();
    expect(placeholders()).toBe(24);
  });

  it.each([
    [1, 1],
    [500, 12],
    [0, 0],
  ])('draws placeholders for %s missing images: %s', (missing, count) => {
    const { placeholders } = setUp({ missing });
    expect(placeholders()).toBe(count);
  });

  it('offers to show all images if no image matches the filters', async () => {
    const { onShowAll, user } = setUp({ total: 0, missing: 0, isFiltered: true });
    expect(screen.getByRole('heading', { name: 'No matching images' })).not.toBeNull();
    await user.click(screen.getByRole('button', { name: 'Show all images' }));
    expect(onShowAll).toHaveBeenCalledTimes(1);
  });

  it('offers the upload page, and no filter to clear, if the dataset is empty', () => {
    setUp({ total: 0, missing: 0 });
    const link = screen.getByRole('link', { name: 'Upload images' });
    expect(link.getAttribute('href')).toBe('/datasets/d1/upload');
    expect(screen.queryByRole('button', { name: 'Show all images' })).toBeNull();
  });

  it('offers a retry instead of placeholders after an error', async () => {
    const { onRetry, placeholders, user } = setUp({ error: new Error('timeout'), missing: 9 });
    expect(screen.getByText('timeout')).not.toBeNull();
    expect(placeholders()).toBe(0);
    await user.click(screen.getByRole('button', { name: 'Try again' }));
    expect(onRetry).toHaveBeenCalledTimes(1);
  });
});
