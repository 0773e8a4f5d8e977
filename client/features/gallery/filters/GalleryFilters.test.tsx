import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useState } from 'react';
import { renderWithTheme } from '../../../testing/renderWithTheme';
import { GalleryFilters } from './GalleryFilters';
import { type GalleryView, unfilteredView } from './galleryView';

const classes = [
  { id: 'c1', name: 'cat' },
  { id: 'c2', name: 'dog' },
];

/** Applies changes as the page does, and records them. */
function setUp(initial: Partial<GalleryView> = {}) {
  const changes: Partial<GalleryView>[] = [];
  function Page() {
    const [view, setView] = useState<GalleryView>({ ...unfilteredView, ...initial });
    const onChange = (change: Partial<GalleryView>) => {
      changes.push(change);
      setView({ ...view, ...change });
    };
    return <GalleryFilters view={view} classes={classes} onChange={onChange} />;
  }
  const { container } = renderWithTheme(<Page />);
  /** The number on the filter button. Empty without filters. */
  const count = () => container.querySelector('.mantine-Indicator-indicator')?.textContent ?? '';
  return { changes, count, user: userEvent.setup() };
}

const clearButton = () => screen.queryByRole('button', { name: 'Clear filters' });

describe('gallery filters', () => {
  it('filters by label status', async () => {
    const { changes, user } = setUp();
    await user.click(screen.getByRole('radio', { name: 'Unlabelled' }));
    await user.click(screen.getByRole('radio', { name: 'All' }));
    expect(changes).toEqual([{ labelled: 'no' }, { labelled: null }]);
  });

  it('filters by class, and counts the filter', async () => {
    const { changes, count, user } = setUp();
    expect(count()).toBe('');
    await user.click(screen.getByRole('button', { name: 'Filter' }));
    await user.click(screen.getByRole('combobox', { name: 'Class' }));
    await user.click(screen.getByRole('option', { name: 'dog' }));
    expect(changes).toEqual([{ classId: 'c2' }]);
    expect(count()).toBe('1');
  });

  it('filters by file name once the user stops typing', async () => {
    const { changes, user } = setUp();
    await user.type(screen.getByRole('textbox', { name: 'Search by file name' }), 'beach');
    expect(changes).toEqual([]);
    await screen.findByRole('button', { name: 'Clear filters' });
    expect(changes).toEqual([{ name: 'beach' }]);
  });

  it('counts only the filters behind the button, not the visible ones and not the order', () => {
    const behindButton = { classId: 'c1', split: 'TEST', heldOut: 'no', confidence: [20, 60] };
    const visible = { name: 'beach', labelled: 'yes', order: 'NAME' };
    const { count } = setUp({ ...behindButton, ...visible } as Partial<GalleryView>);
    expect(count()).toBe('4');
  });

  it('clears all filters and keeps the order', async () => {
    const { changes, count, user } = setUp({ order: 'NAME', classId: 'c1', labelled: 'yes' });
    await user.click(screen.getByRole('button', { name: 'Clear filters' }));
    expect(changes).toEqual([{ ...unfilteredView, order: 'NAME' }]);
    expect(count()).toBe('');
    expect(clearButton()).toBeNull();
  });

  it('offers nothing to clear if only the order is set', () => {
    setUp({ order: 'NAME' });
    expect(clearButton()).toBeNull();
  });
});
