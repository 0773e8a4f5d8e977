import { screen, within } from '@testing-library/react';
import { renderWithTheme } from '../../../testing/renderWithTheme';
import { BinNote } from './ReliabilityDiagram';
import { RunDetail } from './RunDetail';

type Run = Parameters<typeof RunDetail>[0]['run'];

const metrics: NonNullable<Run['metrics']> = {
  trainLoss: 0.05,
  trainAccuracy: 1,
  trainCount: 180,
  validationLoss: 0.31234,
  validationAccuracy: 0.875,
  validationCount: 40,
  testLoss: 0.4,
  testAccuracy: 0.9,
  testCount: 20,
  rescoredCount: 12_345,
  l2: 0.0012,
  phaseSeconds: [{ phase: 'FIT', seconds: 1.25 }],
};

const published: Run = {
  id: 'r7',
  number: 7,
  status: 'PUBLISHED',
  recipe: 'HEAD',
  trigger: 'MANUAL',
  phase: null,
  percent: 100,
  secondsLeft: null,
  loss: null,
  accuracy: null,
  note: null,
  engine: 'ONNX Runtime',
  backbone: 'small',
  attempt: 1,
  startedBy: { id: 'u1', name: 'Ada' },
  queuedAt: '2026-01-01T10:00:00Z',
  startedAt: '2026-01-01T10:00:01Z',
  finishedAt: '2026-01-01T10:00:06Z',
  publishedAt: '2026-01-01T10:00:06Z',
  seconds: 5,
  failure: null,
  labelCount: 240,
  classCount: 3,
  predictionsKept: true,
  restoration: null,
  options: null,
  training: null,
  metrics,
  previous: null,
  calibration: null,
  confusions: [],
  classes: [],
};

const unmeasured: Run = {
  ...published,
  metrics: {
    ...metrics,
    ...{ validationLoss: null, validationAccuracy: null, validationCount: 0 },
    ...{ testLoss: null, testAccuracy: null, testCount: 0 },
  },
  calibration: {
    temperature: 1,
    sampleCount: 0,
    accuracy: null,
    accuracyLow: null,
    accuracyHigh: null,
    expectedCalibrationError: null,
    bins: [],
  },
};

const failed: Run = {
  ...published,
  status: 'FAILED',
  phase: 'FIT',
  publishedAt: null,
  failure: 'The worker ran out of memory.',
  metrics: null,
};

function draw(run: Run) {
  const backbones = [{ id: 'small', name: 'Small backbone' }];
  renderWithTheme(
    <RunDetail run={run} datasetId="d1" backbones={backbones} actions={<button>Compare</button>} />,
  );
}

/** The cells of a row of the metrics table. */
function metricsOf(name: string): string[] {
  const region = within(screen.getByRole('region', { name: 'Metrics' }));
  const row = region.getByRole('row', { name: new RegExp(`^${name}`) });
  return within(row)
    .getAllByRole('cell')
    .map((cell) => cell.textContent);
}

const factOf = (name: string) => screen.queryByText(name)?.nextElementSibling?.textContent;

describe('the details of a published run', () => {
  it('shows each accuracy with its labels and its loss', () => {
    draw(published);
    expect(metricsOf('Validation')).toEqual(['Validation', '40', '87.5 %', '0.3123']);
    expect(metricsOf('Test')).toEqual(['Test', '20', '90.0 %', '0.4000']);
    expect(metricsOf('Training')).toEqual(['Training', '180', '100.0 %', '0.0500']);
  });

  it('lists its facts, and leaves out unknown ones', () => {
    draw({ ...published, engine: null });
    expect(factOf('Backbone')).toBe('Small backbone');
    expect(factOf('Images rescored')).toBe('12,345');
    expect(factOf('L2 penalty')).toBe('0.0012');
    expect(factOf('Engine')).toBeUndefined();
  });

  it('names a deleted backbone by its id', () => {
    draw({ ...published, backbone: 'removed' });
    expect(factOf('Backbone')).toBe('removed');
  });

  it('shows the buttons, and neither an error nor progress', () => {
    draw(published);
    expect(screen.getByRole('button', { name: 'Compare' })).not.toBeNull();
    expect(screen.queryByRole('alert')).toBeNull();
    expect(screen.queryByRole('progressbar', { name: 'Progress of round 7' })).toBeNull();
  });

  it('links confused classes to their images, most frequent pair first', () => {
    const named = (id: string, position: number) => ({ id, name: id, color: '#000000', position });
    const [cat, dog] = [named('cat', 0), named('dog', 1)];
    draw({
      ...published,
      confusions: [
        { count: 9, class: cat, predictedClass: cat },
        { count: 1, class: dog, predictedClass: cat },
        { count: 3, class: cat, predictedClass: dog },
      ],
      classes: [{ labels: 12, precision: 0.9, recall: 0.75, class: cat }],
    });
    const region = within(screen.getByRole('region', { name: 'Confused classes' }));
    const links = region.getAllByRole('link');
    expect(links.map((link) => link.textContent)).toEqual(['3', '1']);
    expect(links[0]?.getAttribute('href')).toBe('/datasets/d1/images?class=cat&predicted=dog');
    expect(region.getByRole('row', { name: /^cat dog 3/ }).textContent).toContain('25 %');
  });
});

describe('the details of a run without measured accuracy', () => {
  it('says so instead of showing a number', () => {
    draw(unmeasured);
    expect(metricsOf('Validation')).toEqual(['Validation', '0', 'not measured', '–']);
    expect(metricsOf('Test')).toEqual(['Test', '0', 'not measured', '–']);
    expect(metricsOf('Training')[2]).toBe('100.0 %');
  });

  it('says that confidence could not be checked', () => {
    draw(unmeasured);
    const region = screen.getByRole('region', { name: 'Calibration' });
    expect(region.textContent).toContain('confidence could not be checked');
    expect(region.textContent).not.toContain('%');
  });
});

describe('the details of a failed run', () => {
  it('shows why it failed', () => {
    draw(failed);
    const alert = screen.getByRole('alert');
    expect(alert.textContent).toContain('The run failed');
    expect(alert.textContent).toContain('The worker ran out of memory.');
  });

  it('shows no metrics, no confused classes and no progress', () => {
    draw(failed);
    expect(screen.queryByRole('region', { name: 'Metrics' })).toBeNull();
    expect(screen.queryByRole('region', { name: 'Confused classes' })).toBeNull();
    expect(screen.queryByRole('list', { name: 'Phases' })).toBeNull();
  });
});

it('shows the progress of a running run', () => {
  const running = { status: 'RUNNING', phase: 'FIT', percent: 40, publishedAt: null } as const;
  draw({ ...published, ...running, metrics: null });
  const progress = screen.getByRole('progressbar', { name: 'Progress of round 7' });
  expect(progress.getAttribute('aria-valuenow')).toBe('40');
  const phases = within(screen.getByRole('list', { name: 'Phases' })).getAllByRole('listitem');
  const current = phases.filter((phase) => phase.getAttribute('aria-current') === 'step');
  expect(current.map((phase) => phase.textContent)).toEqual(['Fit']);
});

describe('the tooltip of the reliability diagram', () => {
  const bin = { from: 0.7, to: 0.8, count: 143, low: 0.62, high: 0.77 };
  const lines = (container: HTMLElement) =>
    [...container.querySelectorAll('p')].map((line) => line.textContent);

  it('shows rounded percentages and the number of labels', () => {
    const measured = { ...bin, meanConfidence: 0.7363458871841, accuracy: 0.70109 };
    const { container } = renderWithTheme(<BinNote bin={measured} />);
    expect(lines(container)).toEqual([
      'Confidence 73.6 %',
      'Correct 70.1 %',
      'Interval 62.0 % to 77.0 %',
      '143 labels',
    ]);
  });

  it('is empty at the ends of the diagonal, which are not measured', () => {
    const { container } = renderWithTheme(<BinNote bin={undefined} />);
    expect(lines(container)).toEqual([]);
  });
});
