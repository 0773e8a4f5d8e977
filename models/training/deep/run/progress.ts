/** Where a training stands: one of these per batch. */
export interface DeepProgress {
  phase: 'train' | 'validate' | 'evaluate';
  /** From 1. */
  epoch: number;
  epochs: number;
  /** From 1, within the phase. */
  batch: number;
  batches: number;
  /** Means over the phase so far. */
  loss: number;
  accuracy: number;
  /** Of the phase so far. */
  imagesPerSecond: number;
  /** Until all epochs are through, at the pace so far. */
  secondsLeft: number;
}

/** An image that trains costs about as much as three that are only looked at. */
export const cost = { train: 3, validate: 1, evaluate: 1 } as const;

/** Measures the pace of a training across its phases. */
export class Pace {
  private readonly start = performance.now();
  private done = 0;

  /** @param total what the whole is going to cost, in images looked at */
  constructor(private total: number) {}

  /** What was done before this process began. */
  begin(before: number): void {
    this.total -= before;
  }

  count(phase: DeepProgress['phase'], images: number): void {
    this.done += cost[phase] * images;
  }

  secondsLeft(): number {
    const elapsed = (performance.now() - this.start) / 1000;
    return this.done > 0 ? (elapsed / this.done) * Math.max(0, this.total - this.done) : 0;
  }
}

/** Means over a phase, and how long it waited for images. */
export class Tally {
  private readonly start = performance.now();
  private loss = 0;
  private right = 0;
  images = 0;
  waited = 0;

  add(images: number, loss: number, right: number): void {
    this.images += images;
    this.loss += loss * images;
    this.right += right;
  }

  means() {
    const seconds = (performance.now() - this.start) / 1000;
    const count = Math.max(1, this.images);
    return {
      loss: this.loss / count,
      accuracy: this.right / count,
      imagesPerSecond: this.images / Math.max(seconds, 1e-9),
      seconds,
    };
  }
}

/** Reads a stream, adding to the tally what each wait for it took. */
export async function* timed<T>(stream: AsyncIterable<T>, tally: Tally): AsyncGenerator<T> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    for (;;) {
      const start = performance.now();
      const next = await iterator.next();
      tally.waited += (performance.now() - start) / 1000;
      if (next.done) return;
      yield next.value;
    }
  } finally {
    await iterator.return?.(undefined);
  }
}
