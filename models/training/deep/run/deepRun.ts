import { setImmediate } from 'node:timers/promises';
import { ModelInputError, throwIfAborted } from '../../../errors';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type EpochRecord } from './checkpoint';
import { hasAugmentation } from '../data/augment';
import { evaluate, type Evaluation } from './evaluate';
import { loadBatches, ImageCache, type LabelledImage } from '../data/dataLoader';
import type { Trainer } from '../optimisation/trainer';
import type { FullOptions } from './options';
import {
  imageCosts,
  TimeEstimator,
  RunningMeans,
  measureWaits,
  type DeepProgress,
} from './progress';
import { epochOrder, splitIntoBatches } from '../data/sampling';
import { learningRateAt } from '../optimisation/schedule';
import type { TrainDeepInput } from './trainingInput';

const mebibyte = 2 ** 20;

/** Runs a training epoch by epoch and saves a checkpoint after each epoch. */
export class DeepRun {
  history: EpochRecord[] = [];
  private best: Checkpoint['best'];
  private readonly cache: ImageCache;
  private readonly labels: Int32Array;
  private readonly timeEstimator: TimeEstimator;
  private readonly totals = { images: 0, seconds: 0, waited: 0 };

  constructor(
    private readonly input: TrainDeepInput,
    private readonly options: FullOptions,
    private readonly trainer: Trainer,
  ) {
    this.cache = new ImageCache(input.cacheBytes ?? 512 * mebibyte);
    this.labels = Int32Array.from(input.images.train, ({ label }) => label);
    this.timeEstimator = new TimeEstimator(this.costOf(options.epochs));
  }

  /** The number of completed epochs. */
  get epochs(): number {
    return this.history.length;
  }

  /** The epoch whose weights the net has. After `restoreBestWeights` it is the best one. */
  get epoch(): number {
    return this.best?.epoch ?? this.epochs;
  }

  /** The speed of the training steps so far. */
  get speed() {
    const { images, seconds, waited } = this.totals;
    const share = seconds > 0 ? waited / seconds : 0;
    return { imagesPerSecond: seconds > 0 ? images / seconds : 0, waitingShare: share };
  }

  /** Whether all epochs are done, or early stopping ended the training. */
  get finished(): boolean {
    const { epochs, earlyStopping } = this.options;
    if (this.epochs >= epochs) return true;
    if (!earlyStopping || this.epochs === 0) return false;
    return this.epochs - this.bestEpoch() >= earlyStopping.patience;
  }

  /** The epoch of the lowest validation loss, or of the lowest training loss without validation. */
  private bestEpoch(): number {
    const losses = this.history.map(({ loss, validationLoss }) => validationLoss ?? loss);
    return losses.indexOf(Math.min(...losses)) + 1;
  }

  private get restoresBest(): boolean {
    const { earlyStopping } = this.options;
    return earlyStopping !== undefined && earlyStopping.restoreBest !== false;
  }

  private costOf(epochs: number): number {
    const { train, validation = [], test = [] } = this.input.images;
    const order = epochOrder(this.labels, { ...this.options, epoch: 1 }).length;
    const evaluated = train.length + validation.length + test.length;
    return (
      epochs * (imageCosts.train * order + imageCosts.validate * validation.length) + evaluated
    );
  }

  private get fingerprint(): string {
    const { net, classes, images } = this.input;
    return JSON.stringify([net.id, classes, images.train.length, this.options]);
  }

  /**
   * Resumes from the checkpoint, if there is one.
   *
   * @throws ModelInputError `VALUE` if it belongs to another training
   */
  async resume(): Promise<void> {
    const bytes = await this.input.checkpoint?.load();
    if (!bytes) return;
    const { fingerprint, history, weights, optimizer, best } = readCheckpoint(bytes);
    if (fingerprint !== this.fingerprint)
      throw new ModelInputError(
        'VALUE',
        'The checkpoint is that of another net, other images or other options. Remove it first.',
      );
    this.trainer.setWeights(weights);
    this.trainer.restoreOptimizer(optimizer);
    this.history = history;
    if (this.restoresBest) this.best = best ?? { epoch: history.length, weights };
    this.timeEstimator.skip(this.costOf(history.length) - this.costOf(0));
  }

  private report(
    phase: DeepProgress['phase'],
    means: RunningMeans,
    batch: number,
    batches: number,
  ): void {
    const { loss, accuracy, imagesPerSecond } = means.means();
    const epoch = phase === 'evaluate' ? this.epochs : this.epochs + 1;
    const { epochs } = this.options;
    const secondsLeft = this.timeEstimator.secondsLeft();
    const step = { batch, batches, loss, accuracy, imagesPerSecond, secondsLeft };
    this.input.onProgress?.({ phase, epoch, epochs, ...step });
  }

  /** Yields to the event loop, so that signals, leases and other requests are handled. */
  private async yieldToEventLoop(): Promise<void> {
    await setImmediate();
    throwIfAborted(this.input.signal);
  }

  /** Runs one epoch: train, validate, record, save. */
  async runEpoch(): Promise<void> {
    const epoch = this.epochs + 1;
    const means = new RunningMeans();
    const learningRate = await this.train(epoch, means);
    const { loss, accuracy, seconds } = means.means();
    this.totals.images += means.images;
    this.totals.seconds += seconds;
    this.totals.waited += means.waitedSeconds;
    const validation = await this.measure('validate', this.input.images.validation ?? []);
    this.history.push({
      epoch,
      learningRate,
      loss,
      accuracy,
      validationLoss: validation?.loss,
      validationAccuracy: validation?.accuracy,
      seconds,
    });
    await this.saveCheckpoint();
  }

  private async train(epoch: number, means: RunningMeans): Promise<number> {
    const { net, images, signal } = this.input;
    const { seed, batchSize, augmentation } = this.options;
    const order = epochOrder(this.labels, { ...this.options, epoch });
    const batches = splitIntoBatches(order, batchSize);
    const losses = this.history.map(({ loss, validationLoss }) => validationLoss ?? loss);
    const epochAugmentation = hasAugmentation(augmentation)
      ? { ...augmentation, seed, epoch }
      : undefined;
    const { stem } = this.trainer.net;
    const source = {
      net,
      stem,
      cache: this.cache,
      batches,
      augmentation: epochAugmentation,
      signal,
    };
    let [batchIndex, rate] = [0, 0];
    for await (const batch of measureWaits(loadBatches(images.train, source), means)) {
      rate = learningRateAt(this.options, epoch - 1 + (batchIndex + 1) / batches.length, losses);
      const stepNumber = (epoch - 1) * batches.length + batchIndex;
      const { loss, correct } = await this.trainer.step(batch, rate, stepNumber);
      means.add(batch.count, loss, correct);
      this.timeEstimator.count('train', batch.count);
      this.report('train', means, ++batchIndex, batches.length);
      await this.yieldToEventLoop();
    }
    return rate;
  }

  /** Evaluates the net with its current weights; undefined without images. */
  async measure(
    phase: 'validate' | 'evaluate',
    images: readonly LabelledImage[],
  ): Promise<Evaluation | undefined> {
    if (images.length === 0) return undefined;
    const { net, classes, signal } = this.input;
    const order = Int32Array.from(images, (_, index) => index);
    const batches = splitIntoBatches(order, this.options.batchSize);
    const means = new RunningMeans();
    let batchIndex = 0;
    const { stem } = this.trainer.net;
    const source = loadBatches(images, { net, stem, cache: this.cache, batches, signal });
    const logits = this.trainer.logits.bind(this.trainer);
    return evaluate(source, logits, classes, async ({ images: count, loss, correct }) => {
      means.add(count, loss, correct);
      this.timeEstimator.count(phase, count);
      this.report(phase, means, ++batchIndex, batches.length);
      await this.yieldToEventLoop();
    });
  }

  private async saveCheckpoint(): Promise<void> {
    const { checkpoint } = this.input;
    const isBest = this.bestEpoch() === this.epochs;
    if (!checkpoint && !(this.restoresBest && isBest)) return;
    const weights = await this.trainer.weights();
    if (this.restoresBest && isBest) this.best = { epoch: this.epochs, weights };
    if (!checkpoint) return;
    const optimizer = await this.trainer.optimizerState();
    const { fingerprint, history } = this;
    const best = isBest ? undefined : this.best;
    await checkpoint.save(writeCheckpoint({ fingerprint, history, weights, optimizer, best }));
  }

  /** Restores the weights of the best epoch, if early stopping is set to do so. */
  restoreBestWeights(): void {
    if (this.best) this.trainer.setWeights(this.best.weights);
  }
}
