import { describeProgress, EpochHistory } from './epochHistory';

const step = {
  phase: 'train' as const,
  epoch: 1,
  epochs: 3,
  batch: 1,
  batches: 2,
  loss: 2,
  accuracy: 0.1,
  imagesPerSecond: 4.25,
  secondsLeft: 60,
};
const empty = () => ({ epochs: [], epochCount: 3, imagesPerSecond: null });

it('keeps one entry per epoch with the last training and validation figures', () => {
  const history = new EpochHistory(empty());
  expect(history.add(step)).toBe(false);
  expect(history.add({ ...step, batch: 2, loss: 1 })).toBe(true);
  expect(history.add({ ...step, phase: 'validate', batch: 2, loss: 0.9, accuracy: 0.6 })).toBe(
    true,
  );
  expect(history.add({ ...step, epoch: 2, loss: 0.8 })).toBe(false);
  const [first, second] = history.record.epochs;
  expect(first).toMatchObject({ epoch: 1, loss: 1, validationLoss: 0.9, validationAccuracy: 0.6 });
  expect(second).toMatchObject({ epoch: 2, loss: 0.8, validationLoss: null });
  expect(history.record.imagesPerSecond).toBe(4.25);
});

it('drops the epoch that a killed attempt had begun, and keeps those it had finished', () => {
  const finished = {
    seconds: 5,
    loss: 1,
    accuracy: 0.5,
    validationLoss: null,
    validationAccuracy: null,
  };
  const record = { ...empty(), epochs: [1, 2, 3].map((epoch) => ({ epoch, ...finished })) };
  const history = new EpochHistory(record);
  history.record.epochs.splice(1, 1);
  history.add({ ...step, epoch: 2, loss: 0.7 });
  expect(history.record.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual([
    [1, 1],
    [2, 0.7],
  ]);
});

it('does not count the evaluation at the end as an epoch', () => {
  const history = new EpochHistory(empty());
  expect(history.add({ ...step, phase: 'evaluate' })).toBe(false);
  expect(history.record.epochs).toEqual([]);
});

it('describes the progress in words', () => {
  expect(describeProgress(step)).toBe('Epoch 1 of 3, batch 1 of 2, 4.3 images/s');
  expect(describeProgress({ ...step, phase: 'validate' })).toContain('validating, batch 1 of 2');
  expect(describeProgress({ ...step, phase: 'evaluate' })).toBe(
    'Measuring the network, batch 1 of 2',
  );
});
