import type { DeepProgress } from '../../../../models/training/deep';
import type { TrainingRecord } from '../retrainRun.entity';

/** Makes one entry per epoch of what a training says batch by batch. */
export class EpochLog {
  private startedAt = performance.now();

  /** @param record what an earlier attempt has written, which goes on */
  constructor(readonly record: TrainingRecord) {}

  /** @returns whether an epoch came to its end */
  add({ phase, epoch, batch, batches, ...values }: DeepProgress): boolean {
    if (phase === 'evaluate') return false;
    const { epochs } = this.record;
    let entry = epochs.find((each) => each.epoch === epoch);
    if (!entry) {
      // Epochs of an attempt that was killed in the midst of one: they are gone through again.
      const kept = epochs.filter((each) => each.epoch < epoch);
      const [validationLoss, validationAccuracy] = [null, null];
      entry = { epoch, seconds: 0, loss: 0, accuracy: 0, validationLoss, validationAccuracy };
      this.record.epochs = [...kept, entry];
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

/** "Epoch 3 of 20, batch 12 of 40, 45 images/s". */
export function noteOf({ phase, epoch, epochs, batch, batches, imagesPerSecond }: DeepProgress) {
  const pace = `${imagesPerSecond.toFixed(imagesPerSecond < 10 ? 1 : 0)} images/s`;
  if (phase === 'evaluate') return `Measuring the network, batch ${batch} of ${batches}`;
  const what = phase === 'validate' ? 'validating, batch' : 'batch';
  return `Epoch ${epoch} of ${epochs}, ${what} ${batch} of ${batches}, ${pace}`;
}
