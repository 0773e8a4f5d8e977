import type { DeepProgress } from '../../../../models/training/deep';
import type { TrainingRecord } from '../retrainRun.entity';

/** Summarises the progress reports of a training as one entry per epoch. */
export class EpochHistory {
  private startedAt = performance.now();

  /** @param record the epochs of an earlier attempt, which are continued */
  constructor(readonly record: TrainingRecord) {}

  /** @returns whether the report completes the training or the validation of an epoch */
  add({ phase, epoch, batch, batches, ...values }: DeepProgress): boolean {
    if (phase === 'evaluate') return false;
    const { epochs } = this.record;
    let entry = epochs.find((each) => each.epoch === epoch);
    if (!entry) {
      // A killed attempt may have begun later epochs. They are trained again.
      const earlier = epochs.filter((each) => each.epoch < epoch);
      const [validationLoss, validationAccuracy] = [null, null];
      entry = { epoch, seconds: 0, loss: 0, accuracy: 0, validationLoss, validationAccuracy };
      this.record.epochs = [...earlier, entry];
      this.startedAt = performance.now();
    }
    if (phase === 'train') {
      Object.assign(entry, { loss: values.loss, accuracy: values.accuracy });
      this.record.imagesPerSecond = values.imagesPerSecond;
    } else
      Object.assign(entry, { validationLoss: values.loss, validationAccuracy: values.accuracy });
    entry.seconds = (performance.now() - this.startedAt) / 1000;
    return batch === batches;
  }
}

/** Describes a progress report for people: "Epoch 3 of 20, batch 12 of 40, 45 images/s". */
export function describeProgress(report: DeepProgress): string {
  const { phase, epoch, epochs, batch, batches, imagesPerSecond } = report;
  const pace = `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s`;
  if (phase === 'evaluate') return `Measuring the network, batch ${batch} of ${batches}`;
  const step = phase === 'validate' ? 'validating, batch' : 'batch';
  return `Epoch ${epoch} of ${epochs}, ${step} ${batch} of ${batches}, ${pace}`;
}
