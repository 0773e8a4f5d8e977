/** The progress of a training, reported after every batch. */
export interface DeepProgress {
  phase: 'train' | 'validate' | 'evaluate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** From 1, within the phase. */
  batch: number;
  batches: number;
  /** Mean loss of the phase so far. */
  loss: number;
  /** Mean accuracy of the phase so far. */
  accuracy: number;
  /** Speed of the phase so far. */
  imagesPerSecond: number;
  /** Estimated time until all epochs are done. */
  secondsLeft: number;
}

/** Relative cost of an image. A training step costs about three times as much as a prediction. */
export const imageCosts = { train: 3, validate: 1, evaluate: 1 } as const;

/** Estimates the remaining time of a training from its speed so far. */
export class TimeEstimator {
  private readonly start = performance.now();
  private done = 0;

  /** @param total cost of the whole training, in units of one prediction */
  constructor(private total: number) {}

  /** Removes the cost of work that was done before this process started. */
  skip(done: number): void {
    this.total -= done;
  }

  count(phase: DeepProgress['phase'], images: number): void {
    this.done += imageCosts[phase] * images;
  }

  secondsLeft(): number {
    const elapsed = (performance.now() - this.start) / 1000;
    return this.done > 0 ? (elapsed / this.done) * Math.max(0, this.total - this.done) : 0;
  }
}

/** Running means of a phase, and its time spent waiting for images. */
export class RunningMeans {
  private readonly start = performance.now();
  private loss = 0;
  private correct = 0;
  images = 0;
  waitedSeconds = 0;

  add(images: number, loss: number, correct: number): void {
    this.images += images;
    this.loss += loss * images;
    this.correct += correct;
  }

  means() {
    const seconds = (performance.now() - this.start) / 1000;
    const count = Math.max(1, this.images);
    return {
      loss: this.loss / count,
      accuracy: this.correct / count,
      imagesPerSecond: this.images / Math.max(seconds, 1e-9),
      seconds,
    };
  }
}

/** Passes on a stream and adds the waiting time for each item to the means. */
export async function* measureWaits<T>(
  stream: AsyncIterable<T>,
  means: RunningMeans,
): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const start = performance.now();
      const next = await iterator.next();
      means.waitedSeconds += (performance.now() - start) / 1000;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.(undefined);
  }
}
