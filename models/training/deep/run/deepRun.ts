import { setImmediate } from 'node:timers/promises';
import { ModelInputError, throwIfAborted } from '../../../errors';
import { readCheckpoint, writeCheckpoint, type Checkpoint, type EpochRecord } from './checkpoint';
import { isOn } from '../data/augment';
import { evaluate, type Evaluation } from './evaluate';
import { loadBatches, ImageCache, type LabelledImage } from '../data/dataLoader';
import type { Learner } from '../optimisation/learner';
import type { FullOptions } from './options';
import { cost, Pace, Tally, timed, type DeepProgress } from './progress';
import { epochOrder, inBatches } from '../data/sampling';
import { rateAt } from '../optimisation/schedule';
import type { TrainDeepInput } from './trainDeep';

const mebibyte = 2 ** 20;

/** One training under way: epoch by epoch, put away after each. */
export class DeepRun {
  history: EpochRecord[] = [];
  private best: Checkpoint['best'];
  private readonly cache: ImageCache;
  private readonly labels: Int32Array;
  private readonly pace: Pace;
  private readonly trained = { images: 0, seconds: 0, waited: 0 };

  constructor(
    private readonly input: TrainDeepInput,
    private readonly options: FullOptions,
    private readonly learner: Learner,
  ) {
    this.cache = new ImageCache(input.cacheBytes ?? 512 * mebibyte);
    this.labels = Int32Array.from(input.images.train, ({ label }) => label);
    this.pace = new Pace(this.costOf(options.epochs));
  }

  /** The epochs that are through. */
  get epochs(): number {
    return this.history.length;
  }

  /** The epoch whose weights the net has: the best one's after `settle`. */
  get epoch(): number {
    return this.best?.epoch ?? this.epochs;
  }

  get speed() {
    const { images, seconds, waited } = this.trained;
    const share = seconds > 0 ? waited / seconds : 0;
    return { imagesPerSecond: seconds > 0 ? images / seconds : 0, waitingShare: share };
  }

  get finished(): boolean {
    const { epochs, earlyStopping } = this.options;
    if (this.epochs >= epochs) return true;
    if (!earlyStopping || this.epochs === 0) return false;
    return this.epochs - this.bestEpoch() >= earlyStopping.patience;
  }

  /** Of the lowest validation loss, or of the training loss where nothing validates; from 1. */
  private bestEpoch(): number {
    const losses = this.history.map(({ loss, validationLoss }) => validationLoss ?? loss);
    return losses.indexOf(Math.min(...losses)) + 1;
  }

  private get keepsBest(): boolean {
    const { earlyStopping } = this.options;
    return earlyStopping !== undefined && earlyStopping.restoreBest !== false;
  }

  private costOf(epochs: number): number {
    const { train, validation = [], test = [] } = this.input.images;
    const order = epochOrder(this.labels, { ...this.options, epoch: 1 }).length;
    const measured = train.length + validation.length + test.length;
    return epochs * (cost.train * order + cost.validate * validation.length) + measured;
  }

  private get fingerprint(): string {
    const { net, classes, images } = this.input;
    return JSON.stringify([net.id, classes, images.train.length, this.options]);
  }

  /**
   * Goes on where the checkpoint stands, if there is one.
   *
   * @throws ModelInputError `VALUE` if it is that of another training
   */
  async resume(): Promise<void> {
    const bytes = await this.input.checkpoint?.load();
    if (!bytes) return;
    const { fingerprint, history, weights, optimizer, best } = readCheckpoint(bytes);
    if (fingerprint !== this.fingerprint)
      throw new ModelInputError(
        'VALUE',
        'The checkpoint is that of another net, other images or other options: remove it first',
      );
    this.learner.setWeights(weights);
    this.learner.restoreOptimizer(optimizer);
    this.history = history;
    if (this.keepsBest) this.best = best ?? { epoch: history.length, weights };
    this.pace.begin(this.costOf(history.length) - this.costOf(0));
  }

  private report(phase: DeepProgress['phase'], tally: Tally, batch: number, batches: number): void {
    const { loss, accuracy, imagesPerSecond } = tally.means();
    const epoch = phase === 'evaluate' ? this.epochs : this.epochs + 1;
    const { epochs } = this.options;
    const secondsLeft = this.pace.secondsLeft();
    const step = { batch, batches, loss, accuracy, imagesPerSecond, secondsLeft };
    this.input.onProgress?.({ phase, epoch, epochs, ...step });
  }

  /** Gives way to the event loop, so that signals, leases and other requests are heard. */
  private async giveWay(): Promise<void> {
    await setImmediate();
    throwIfAborted(this.input.signal);
  }

  /** One epoch: train, validate, record, put away. */
  async runEpoch(): Promise<void> {
    const epoch = this.epochs + 1;
    const tally = new Tally();
    const learningRate = await this.train(epoch, tally);
    const { loss, accuracy, seconds } = tally.means();
    this.trained.images += tally.images;
    this.trained.seconds += seconds;
    this.trained.waited += tally.waited;
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
    await this.putAway();
  }

  private async train(epoch: number, tally: Tally): Promise<number> {
    const { net, images, signal } = this.input;
    const { seed, batchSize, augmentation } = this.options;
    const order = epochOrder(this.labels, { ...this.options, epoch });
    const batches = inBatches(order, batchSize);
    const losses = this.history.map(({ loss, validationLoss }) => validationLoss ?? loss);
    const draws = isOn(augmentation) ? { ...augmentation, seed, epoch } : undefined;
    const { stem } = this.learner.net;
    const source = { net, stem, cache: this.cache, batches, augmentation: draws, signal };
    let [at, rate] = [0, 0];
    for await (const batch of timed(loadBatches(images.train, source), tally)) {
      rate = rateAt(this.options, epoch - 1 + (at + 1) / batches.length, losses);
      const number = (epoch - 1) * batches.length + at;
      const { loss, right } = await this.learner.step(batch, rate, number);
      tally.add(batch.count, loss, right);
      this.pace.count('train', batch.count);
      this.report('train', tally, ++at, batches.length);
      await this.giveWay();
    }
    return rate;
  }

  /** How well the net does as it is; undefined without images. */
  async measure(
    phase: 'validate' | 'evaluate',
    images: readonly LabelledImage[],
  ): Promise<Evaluation | undefined> {
    if (images.length === 0) return undefined;
    const { net, classes, signal } = this.input;
    const all = Int32Array.from(images, (_, index) => index);
    const batches = inBatches(all, this.options.batchSize);
    const tally = new Tally();
    let at = 0;
    const { stem } = this.learner.net;
    const source = loadBatches(images, { net, stem, cache: this.cache, batches, signal });
    const logits = this.learner.logits.bind(this.learner);
    return evaluate(source, logits, classes, async ({ images: count, loss, right }) => {
      tally.add(count, loss, right);
      this.pace.count(phase, count);
      this.report(phase, tally, ++at, batches.length);
      await this.giveWay();
    });
  }

  private async putAway(): Promise<void> {
    const { checkpoint } = this.input;
    const isBest = this.bestEpoch() === this.epochs;
    if (!checkpoint && !(this.keepsBest && isBest)) return;
    const weights = await this.learner.weights();
    if (this.keepsBest && isBest) this.best = { epoch: this.epochs, weights };
    if (!checkpoint) return;
    const optimizer = await this.learner.optimizerState();
    const { fingerprint, history } = this;
    const best = isBest ? undefined : this.best;
    await checkpoint.save(writeCheckpoint({ fingerprint, history, weights, optimizer, best }));
  }

  /** Gives the net the best epoch's weights, where that was asked for. */
  settle(): void {
    if (this.best) this.learner.setWeights(this.best.weights);
  }
}
