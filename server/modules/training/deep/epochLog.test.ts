import { EpochLog, noteOf } from './epochLog';

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

it('keeps one entry per epoch, its last word on training and on validation', () => {
  const log = new EpochLog(empty());
  expect(log.add(step)).toBe(false);
  expect(log.add({ ...step, batch: 2, loss: 1 })).toBe(true);
  expect(log.add({ ...step, phase: 'validate', batch: 2, loss: 0.9, accuracy: 0.6 })).toBe(true);
  expect(log.add({ ...step, epoch: 2, loss: 0.8 })).toBe(false);
  const [first, second] = log.record.epochs;
  expect(first).toMatchObject({ epoch: 1, loss: 1, validationLoss: 0.9, validationAccuracy: 0.6 });
  expect(second).toMatchObject({ epoch: 2, loss: 0.8, validationLoss: null });
  expect(log.record.imagesPerSecond).toBe(4.25);
});

it('takes back what a killed attempt had begun, and keeps what it had finished', () => {
  const finished = {
    seconds: 5,
    loss: 1,
    accuracy: 0.5,
    validationLoss: null,
    validationAccuracy: null,
  };
  const record = { ...empty(), epochs: [1, 2, 3].map((epoch) => ({ epoch, ...finished })) };
  const log = new EpochLog(record);
  log.record.epochs.splice(1, 1);
  log.add({ ...step, epoch: 2, loss: 0.7 });
  expect(log.record.epochs.map(({ epoch, loss }) => [epoch, loss])).toEqual([
    [1, 1],
    [2, 0.7],
  ]);
});

it('does not take the measuring at the end for an epoch', () => {
  const log = new EpochLog(empty());
  expect(log.add({ ...step, phase: 'evaluate' })).toBe(false);
  expect(log.record.epochs).toEqual([]);
});

it('says where it is in words', () => {
  expect(noteOf(step)).toBe('Epoch 1 of 3, batch 1 of 2, 4.3 images/s');
  expect(noteOf({ ...step, phase: 'validate' })).toContain('validating, batch 1 of 2');
  expect(noteOf({ ...step, phase: 'evaluate' })).toBe('Measuring the network, batch 1 of 2');
});
