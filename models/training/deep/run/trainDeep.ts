/**
 * Trains deep nets in TensorFlow.js.
 *
 * ```ts
 * const trained = await trainDeep({
 *   net: alexnet(),                        // or fineTune(…)
 *   images: { train, validation, test },   // [{ image: path or bytes, label }]
 *   classes: 101,
 *   options: { epochs: 30, learningRate: 0.01, augmentation: { horizontalFlip: true } },
 *   checkpoint: fileCheckpoints(file),     // resumes from it if it exists
 *   signal,                                // stops within one batch
 *   onProgress: ({ phase, epoch, batch, loss, accuracy, secondsLeft }) => …,
 * });
 * trained.metrics.test?.accuracy;          // also history, engine, weights
 * await exportNet(trained);                // the bytes of an ONNX file
 * trained.dispose();
 * ```
 *
 * The same seed on the same engine gives the same net. Order, augmentation and dropout depend only
 * on seed, epoch and position, so a killed training resumes without a difference.
 */
import { ModelInputError, throwIfAborted } from '../../../errors';
import { openTfjs, type TfjsEngine } from '../../../engine/tfjs';
import type { EpochRecord } from './checkpoint';
import { DeepRun } from './deepRun';
import type { Evaluation } from './evaluate';
import { Trainer } from '../optimisation/trainer';
import type { BuiltNet, DeepNet } from '../network/net';
import { fillOptions, type FullOptions } from './options';
import { initialWeights } from './retrain';
import type { DeepImages, TrainDeepInput } from './trainingInput';
import { balancedWeights } from '../data/sampling';

/** A trained net. */
export interface TrainedDeep {
  net: DeepNet;
  classes: number;
  /** The net in the memory of TensorFlow.js, until `dispose`. */
  built: BuiltNet;
  engine: TfjsEngine;
  options: FullOptions;
  history: EpochRecord[];
  /** The epoch of `weights`. */
  epoch: number;
  /** Evaluations of `weights`. Parts without images are missing. */
  metrics: Partial<Record<keyof DeepImages, Evaluation>>;
  /** The weights of the layers that trained, for `start` of a later training. */
  weights: Float32Array[];
  /** Speed of the training steps in this process, including waiting for images. */
  imagesPerSecond: number;
  /** Share of the training time spent waiting for images, 0 to 1. */
  waitingShare: number;
  dispose(): void;
}

function requireImages({ images, classes }: TrainDeepInput): void {
  const fail = (code: 'VALUE' | 'TOO_FEW_CLASSES', message: string) => {
    throw new ModelInputError(code, message);
  };
  if (!Number.isInteger(classes) || classes < 2)
    fail('TOO_FEW_CLASSES', `A net needs 2 classes or more, not ${classes}`);
  for (const part of ['train', 'validation', 'test'] as const)
    for (const { label } of images[part] ?? [])
      if (!Number.isInteger(label) || label < 0 || label >= classes)
        fail('VALUE', `Images (${part}): label ${label} is outside 0 to ${classes - 1}`);
  if (images.train.length < 2)
    fail('VALUE', `Training needs 2 images or more, got ${images.train.length}`);
}

function classWeightsOf(input: TrainDeepInput, { classWeights }: FullOptions) {
  if (classWeights !== 'balanced') return classWeights && Float32Array.from(classWeights);
  const labels = Int32Array.from(input.images.train, ({ label }) => label);
  return balancedWeights(labels, input.classes);
}

/** Runs the remaining epochs and evaluates the net. */
async function runEpochs(run: DeepRun, input: TrainDeepInput) {
  const { images, untilEpoch = Infinity, measure = ['train', 'validation', 'test'] } = input;
  await run.resume();
  if (input.finishNow && run.epochs === 0)
    throw new ModelInputError(
      'VALUE',
      'No epoch was completed, so there is nothing to finish with.',
    );
  const last = input.finishNow ? run.epochs : untilEpoch;
  while (!run.finished && run.epochs < last) await run.runEpoch();
  if (run.finished || input.finishNow) run.restoreBestWeights();
  const metrics: TrainedDeep['metrics'] = {};
  for (const part of measure) {
    const evaluation = await run.measure('evaluate', images[part] ?? []);
    if (evaluation) metrics[part] = evaluation;
  }
  return metrics;
}

/**
 * Trains a net on images. It starts from new weights, from `start` or from a checkpoint, and yields
 * to the event loop after every batch.
 *
 * @throws ModelInputError `VALUE` or `SHAPE` for options, labels, weights or a checkpoint that do
 *   not fit, and for `finishNow` without a completed epoch, `IMAGE` naming an image that cannot be decoded, `ENGINE` as `openTfjs`
 * @throws an `AbortError` within one batch of the signal; the checkpoint of the last epoch remains
 */
export async function trainDeep(input: TrainDeepInput): Promise<TrainedDeep> {
  throwIfAborted(input.signal);
  requireImages(input);
  const { net, classes } = input;
  const options = fillOptions(input.options, classes, net.defaults);
  const engine = await openTfjs(input.engine);
  const built = await net.build(classes, options.seed);
  const classWeights = classWeightsOf(input, options);
  const trainer = new Trainer(built, { ...options, classWeights });
  try {
    if (input.start)
      trainer.setWeights(initialWeights(input.start, trainer.weightDescriptions(), options.seed));
    const run = new DeepRun(input, options, trainer);
    const metrics = await runEpochs(run, input);
    const { history, epoch, speed } = run;
    const weights = await trainer.weights();
    const dispose = () => built.dispose();
    return {
      net,
      classes,
      built,
      engine,
      options,
      history,
      epoch,
      metrics,
      weights,
      ...speed,
      dispose,
    };
  } catch (error) {
    built.dispose();
    throw error;
  } finally {
    trainer.dispose();
  }
}
