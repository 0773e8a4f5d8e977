import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { useReducer } from 'react';
import type { LabelPageQuery, LibClassFragment, LibTaskImageFragment } from '../../gql/operations';
import { renderWithTheme } from '../../testing/renderWithTheme';
import { LabelWorkspace, type LabelWorkspaceProps } from './LabelWorkspace';
import { queueRows } from './queueRows';
import { emptyStream, reduceStream, type StreamTask } from './taskStream';

const classOf = (name: string, hotkey: string, position: number): LibClassFragment => ({
  id: name,
  name,
  color: '#336699',
  hotkey,
  position,
});
const [cat, dog, owl] = [classOf('cat', 'c', 0), classOf('dog', 'd', 1), classOf('owl', 'o', 2)];

const counts = {
  images: 10,
  labelled: 4,
  embedded: 10,
  predicted: 10,
  heldOut: 0,
  labels: 4,
  leased: 0,
};
const animals: NonNullable<LabelPageQuery['dataset']> = {
  id: 'animals',
  name: 'Animals',
  backbone: 'convnext',
  autoRetrainAfter: 20,
  labelsSinceLastRun: 4,
  counts,
  classes: [cat, dog, owl],
  activeRun: null,
  currentRun: { id: 'run', number: 1 },
  certificates: [{ id: 'certificate', status: 'AUDITING', audited: 3, needed: 59 }],
};

const taskOf = (name: string, more: Partial<StreamTask> = {}): StreamTask => {
  const image: LibTaskImageFragment = {
    id: name,
    fileName: `animals/${name}.jpg`,
    width: 640,
    height: 480,
    url: `/${name}.jpg`,
    thumbnailUrl: `/${name}-small.jpg`,
    version: 1,
    consensus: null,
    prediction: {
      class: dog,
      confidence: 0.9,
      margin: 0.8,
      top: [
        { class: dog, confidence: 0.9 },
        { class: cat, confidence: 0.08 },
      ],
      run: { id: 'run', number: 1 },
    },
  };
  return { image, lease: { leaseToken: `lease of ${name}`, leaseExpiresAt: '' }, ...more };
};

const heat: LabelWorkspaceProps['heat'] = {
  on: false,
  toggle: () => {},
  state: { explanation: null, loading: false, problem: null },
  pointAt: () => {},
};

interface SceneProps extends Partial<Omit<LabelWorkspaceProps, 'tasks' | 'rows'>> {
  upcoming: readonly StreamTask[];
  exhausted?: boolean;
  answers: string[];
}

/** The workspace with a real task stream. Answers are collected instead of sent. */
function Scene({ upcoming, exhausted = false, answers, ...props }: SceneProps) {
  const [stream, dispatch] = useReducer(reduceStream, { ...emptyStream, upcoming, exhausted });
  const answer = (picked: LibClassFragment) => {
    answers.push(`${stream.upcoming[0]?.image.id} is ${picked.name}`);
    dispatch({ type: 'answered', entryId: `entry ${answers.length}`, answer: picked, at: 1 });
  };
  return (
    <LabelWorkspace
      dataset={animals}
      missing={[]}
      lane="HARD"
      rows={queueRows({ stream, queue: [], viewerId: 'ada', length: 20 })}
      heat={heat}
      blind={false}
      isAddingClasses={false}
      onAddClasses={() => {}}
      onFindSimilar={() => {}}
      {...props}
      tasks={{
        stream,
        error: null,
        answer,
        skip: () => dispatch({ type: 'skipped', at: 1 }),
        undo: () => dispatch({ type: 'undone', cancelled: true }),
      }}
    />
  );
}

function open(props: Omit<SceneProps, 'answers'>) {
  const answers: string[] = [];
  renderWithTheme(<Scene answers={answers} {...props} />);
  return { answers, user: userEvent.setup() };
}

const imageName = () => document.querySelector('h1')?.textContent;
const queued = () =>
  within(screen.getByRole('list', { name: 'Queue' }))
    .queryAllByRole('listitem')
    .map((row) => row.dataset.key);

beforeAll(() => {
  // The queue animates its rows, and jsdom has no animations.
  Object.assign(Element.prototype, { animate: () => null });
});

describe('the label workspace', () => {
  it('shows the image, why it was chosen, and what comes next', () => {
    open({ upcoming: [taskOf('a', { reason: 'RANDOM' }), taskOf('b')] });
    expect(imageName()).toBe('a.jpg');
    expect(screen.getByRole('img', { name: 'a.jpg' }).getAttribute('src')).toBe('/a.jpg');
    expect(screen.getByText('640 × 480')).not.toBeNull();
    expect(screen.getByRole('note').textContent).toBe('Chosen at random to measure accuracy');
    expect(queued()).toEqual(['a', 'b']);
  });

  it('shows the predictions as buttons, and a click on one answers', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a'), taskOf('b')] });
    const predicted = within(screen.getByRole('region', { name: /^Predicted/ }));
    const buttons = predicted.getAllByRole('button');
    expect(buttons.map((button) => button.getAttribute('aria-label'))).toEqual([
      'dog, 90 %',
      'cat, 8 %',
    ]);
    await user.click(predicted.getByRole('button', { name: 'cat, 8 %' }));
    expect(answers).toEqual(['a is cat']);
    expect(imageName()).toBe('b.jpg');
  });

  it('answers with a digit or a hotkey, and shows the next image', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a'), taskOf('b'), taskOf('c')] });
    await user.keyboard('1');
    expect(imageName()).toBe('b.jpg');
    await user.keyboard('o');
    expect(imageName()).toBe('c.jpg');
    expect(answers).toEqual(['a is dog', 'b is owl']);
    expect(screen.getByRole('status').textContent).toBe('owlb.jpg');
    expect(screen.getByLabelText('Your session').textContent).toContain('2 labelled');
  });

  it('ignores a key that no class or prediction has', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a')] });
    await user.keyboard('5x');
    expect(answers).toEqual([]);
    expect(imageName()).toBe('a.jpg');
  });

  it('undoes the last answer with a key or the button', async () => {
    const { user } = open({ upcoming: [taskOf('a'), taskOf('b')] });
    expect(screen.getByRole('button', { name: 'Undo' })).toHaveProperty('disabled', true);
    await user.keyboard('c{Backspace}');
    expect(imageName()).toBe('a.jpg');
    expect(screen.getByLabelText('Your session').textContent).toContain('0 labelled');
    await user.keyboard('c');
    await user.click(screen.getByRole('button', { name: 'Undo' }));
    expect(imageName()).toBe('a.jpg');
    expect(queued()).toEqual(['a', 'b']);
  });

  it('skips without an answer', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a'), taskOf('b')] });
    await user.keyboard(' ');
    expect(imageName()).toBe('b.jpg');
    expect(screen.getByRole('status').textContent).toBe('Skippeda.jpg');
    expect(answers).toEqual([]);
  });

  it('leaves the keys to the search field, where Enter answers with the first match', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a'), taskOf('b')] });
    await user.keyboard('/do');
    expect(screen.getByLabelText('Search classes')).toHaveProperty('value', 'do');
    expect(answers).toEqual([]);
    await user.keyboard('{Enter}');
    expect(answers).toEqual(['a is dog']);
  });

  it('answers nothing while the keyboard help is open', async () => {
    const { answers, user } = open({ upcoming: [taskOf('a')] });
    await user.keyboard('?');
    expect(screen.getByRole('dialog', { name: 'Keyboard shortcuts' })).not.toBeNull();
    await user.keyboard('c');
    expect(answers).toEqual([]);
  });
});

describe('a blind task', () => {
  it('hides the prediction, its keys and the heat map, and still takes an answer', async () => {
    const upcoming = [taskOf('a', { blind: true }), taskOf('b')];
    const { answers, user } = open({ upcoming, blind: true });
    expect(screen.queryByRole('button', { name: 'dog, 90 %' })).toBeNull();
    expect(screen.queryByRole('button', { name: 'Heat map' })).toBeNull();
    expect(screen.getByText(/^Hidden for this task/)).not.toBeNull();
    await user.keyboard('1');
    expect(answers).toEqual([]);
    await user.keyboard('c');
    expect(answers).toEqual(['a is cat']);
  });

  it('offers the heat map on any other task', () => {
    open({ upcoming: [taskOf('a')] });
    expect(screen.getByRole('button', { name: 'Heat map' })).not.toBeNull();
  });

  it('shows the progress of the audit in the audit lane', () => {
    open({ upcoming: [taskOf('a', { blind: true })], blind: true, lane: 'AUDIT' });
    expect(screen.getByText('Hidden: predictions are not shown during an audit.')).not.toBeNull();
    expect(screen.getByRole('region', { name: 'Audit' }).textContent).toContain('3 of 59 audited');
  });
});

describe('an empty queue', () => {
  it('shows a loading page until the server has no task', () => {
    open({ upcoming: [] });
    expect(screen.getByLabelText('Fetching images')).not.toBeNull();
    expect(screen.getByRole('button', { name: 'Skip' })).toHaveProperty('disabled', true);
  });

  it('explains that other people have the remaining images', () => {
    open({ upcoming: [], exhausted: true });
    expect(screen.getByRole('heading', { name: 'Nothing for you right now' })).not.toBeNull();
    expect(screen.getByText(/^6 images left/)).not.toBeNull();
  });

  it('offers the export when every image is labelled', () => {
    const dataset = { ...animals, counts: { ...counts, labelled: 10 } };
    open({ upcoming: [], exhausted: true, dataset });
    expect(screen.getByRole('heading', { name: 'Every image is labelled' })).not.toBeNull();
    expect(screen.getByRole('link', { name: 'Export' })).not.toBeNull();
  });

  it('asks for classes if the dataset has none', async () => {
    const added: string[] = [];
    const { user } = open({
      upcoming: [],
      dataset: { ...animals, classes: [] },
      onAddClasses: (names) => added.push(...names),
    });
    await user.type(screen.getByPlaceholderText('cat, dog, bird'), 'fox,bee');
    await user.click(screen.getByRole('button', { name: 'Add 2 classes' }));
    expect(added).toEqual(['fox', 'bee']);
  });
});
