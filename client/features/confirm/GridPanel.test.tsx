import { screen } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useReducer } from 'react';
import { confirmGridSize } from '../../../shared/limits';
import type { LibClassFragment } from '../../gql/operations';
import { renderWithTheme } from '../../testing/renderWithTheme';
import { answersOf, emptyGrid, type GridTask, reduceGrid } from './confirmGrid';
import { GridPanel } from './GridPanel';

const classOf = (name: string, position: number): LibClassFragment => ({
  id: name,
  name,
  color: '#336699',
  hotkey: null,
  position,
});
const [cat, dog, owl] = [classOf('cat', 0), classOf('dog', 1), classOf('owl', 2)];

const taskOf = (name: string): GridTask => ({
  image: {
    id: name,
    fileName: `animals/${name}.jpg`,
    width: 1,
    height: 1,
    url: '',
    thumbnailUrl: `/${name}.jpg`,
    version: 1,
    consensus: null,
    prediction: {
      class: cat,
      confidence: 0.97,
      margin: 0.9,
      top: [
        { class: cat, confidence: 0.97 },
        { class: owl, confidence: 0.02 },
      ],
      run: { id: 'run', number: 1 },
    },
  },
});

/** What the confirmations of a test recorded. */
interface Recorded {
  answers: string[];
  skipped: string[];
}

/** The panel with a real grid. Answers are collected instead of sent. */
function Scene({ names, recorded }: { names: readonly string[]; recorded: Recorded }) {
  const [grid, dispatch] = useReducer(reduceGrid, emptyGrid, (empty) =>
    reduceGrid(empty, { type: 'leased', tasks: names.map(taskOf) }),
  );
  const confirm = () => {
    const { answered, skipped } = answersOf(grid, cat);
    recorded.answers.push(...answered.map(({ task, picked }) => `${task.image.id} ${picked.name}`));
    recorded.skipped.push(...skipped.map(({ image }) => image.id));
    dispatch({ type: 'confirmed', entryIds: new Map() });
  };
  return (
    <GridPanel
      grid={grid}
      predicted={cat}
      classes={[cat, dog, owl]}
      dispatch={dispatch}
      onConfirm={confirm}
      onUndo={() => dispatch({ type: 'undone', cancelled: new Set() })}
    />
  );
}

function open(names: readonly string[]) {
  const recorded: Recorded = { answers: [], skipped: [] };
  renderWithTheme(<Scene names={names} recorded={recorded} />);
  return { recorded, user: userEvent.setup() };
}

const tiles = () => screen.queryAllByRole('checkbox');
const tile = (name: string) => screen.getByRole('checkbox', { name: `${name}.jpg is cat` });
const checked = () =>
  tiles()
    .filter((one) => one.getAttribute('aria-checked') === 'true')
    .map((one) => one.getAttribute('aria-label'));
const confirmButton = () => screen.getByRole('button', { name: /^Confirm \d+ and continue$/ });

describe('the confirm grid', () => {
  it('starts with every image chosen', () => {
    open(['a', 'b', 'c']);
    expect(checked()).toEqual(['a.jpg is cat', 'b.jpg is cat', 'c.jpg is cat']);
    expect(confirmButton().textContent).toContain('Confirm 3 images');
    expect(screen.getByText('Click the images that are not cat')).not.toBeNull();
  });

  it('takes an image out with a click, and back in with another', async () => {
    const { user } = open(['a', 'b', 'c']);
    await user.click(tile('b'));
    expect(checked()).toEqual(['a.jpg is cat', 'c.jpg is cat']);
    expect(confirmButton().textContent).toContain('Confirm 2 images');
    expect(screen.getByText(/1 marked as incorrect$/)).not.toBeNull();
    await user.click(tile('b'));
    expect(checked()).toHaveLength(3);
  });

  it('confirms the other images, skips the marked one, and shows the next grid', async () => {
    const names = Array.from({ length: confirmGridSize + 1 }, (_, index) => `image${index}`);
    const { recorded, user } = open(names);
    expect(tiles()).toHaveLength(confirmGridSize);
    await user.click(tile('image1'));
    await user.click(confirmButton());
    const confirmed = names.filter((_, index) => index !== 1 && index < confirmGridSize);
    expect(recorded.answers).toEqual(confirmed.map((name) => `${name} cat`));
    expect(recorded.skipped).toEqual(['image1']);
    expect(checked()).toEqual([`image${confirmGridSize}.jpg is cat`]);
  });

  it('records the correct class of a marked image', async () => {
    const { recorded, user } = open(['a', 'b']);
    await user.click(tile('b'));
    await user.click(screen.getByRole('button', { name: 'Choose another class for b.jpg' }));
    const choices = screen.getAllByRole('listitem').map((one) => one.textContent);
    expect(choices).toEqual(['owl', 'dog']);
    await user.click(screen.getByRole('button', { name: 'dog' }));
    await user.click(confirmButton());
    expect(recorded).toEqual({ answers: ['a cat', 'b dog'], skipped: [] });
  });

  it('only continues if every image is marked', async () => {
    const { recorded, user } = open(['a']);
    await user.click(tile('a'));
    expect(confirmButton().textContent).toContain('Continue');
    await user.click(confirmButton());
    expect(recorded).toEqual({ answers: [], skipped: ['a'] });
    expect(tiles()).toHaveLength(0);
    expect(confirmButton()).toHaveProperty('disabled', true);
  });

  it('restores the last grid with its marks on undo', async () => {
    const { user } = open(['a', 'b']);
    expect(screen.getByRole('button', { name: 'Undo' })).toHaveProperty('disabled', true);
    await user.click(tile('a'));
    await user.click(confirmButton());
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(checked()).toEqual(['b.jpg is cat']);
    expect(tiles()).toHaveLength(2);
  });
});

describe('the keyboard of the confirm grid', () => {
  it('marks with Space, moves with the arrows and confirms with Enter', async () => {
    const { recorded, user } = open(['a', 'b', 'c']);
    expect(document.activeElement).toBe(tile('a'));
    await user.keyboard('{ArrowRight}');
    expect(document.activeElement).toBe(tile('b'));
    await user.keyboard(' ');
    expect(checked()).toEqual(['a.jpg is cat', 'c.jpg is cat']);
    await user.keyboard('{Enter}');
    expect(recorded).toEqual({ answers: ['a cat', 'c cat'], skipped: ['b'] });
  });

  it('stops at the first and the last image', async () => {
    const { user } = open(['a', 'b']);
    await user.keyboard('{ArrowLeft}');
    expect(document.activeElement).toBe(tile('a'));
    await user.keyboard('{ArrowRight}{ArrowRight}');
    expect(document.activeElement).toBe(tile('b'));
  });

  it('reaches the grid with one press of Tab', async () => {
    const { user } = open(['a', 'b', 'c']);
    await user.keyboard('{ArrowRight}');
    expect(tiles().map((one) => one.tabIndex)).toEqual([-1, 0, -1]);
  });
});
