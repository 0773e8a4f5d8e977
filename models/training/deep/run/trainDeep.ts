/**
 * Training of deep nets in TensorFlow.js.
 *
 * ```ts
 * const trained = await trainDeep({
 *   net: alexnet(),                        // or fineTune(…)
 *   images: { train, validation, test },   // [{ image: path or bytes, label }]
 *   classes: 101,
 *   options: { epochs: 30, learningRate: 0.01, augmentation: { horizontalFlip: true } },
 *   checkpoint: fileCheckpoints(file),     // goes on from it if it is there
 *   signal,                                // ends within one batch
 *   onProgress: ({ phase, epoch, batch, loss, accuracy, secondsLeft }) => …,
 * });
 * trained.metrics.test?.accuracy;          // also history, engine, weights
 * await exportNet(trained);                // the bytes of an ONNX file
 * trained.dispose();
 * ```
 *
 * The same seed on the same engine gives the same net: order, augmentation and dropout are drawn
 * from seed, epoch and place alone, so a killed training goes on as if it had never stopped.
 */
import { ModelInputError, throwIfAborted } from '../../../errors';
import { openTfjs, type TfjsChoice, type TfjsEngine } from '../../../engine/tfjs';
import type { CheckpointStore, EpochRecord } from './checkpoint';
import { DeepRun } from './deepRun';
import type { Evaluation } from './evaluate';
import type { LabelledImage } from '../data/dataLoader';
import { Learner } from '../optimisation/learner';
import type { BuiltNet, DeepNet } from '../network/net';
import { fillOptions, type FullOptions, type TrainingOptions } from './options';
import type { DeepProgress } from './progress';
import { startFrom, type Start } from './retrain';
import { balancedWeights } from '../data/sampling';

/** Images by what they are for. */
export interface DeepImages {
  train: readonly LabelledImage[];
  /** Chooses the best epoch; never trained on. */
  validation?: readonly LabelledImage[] | undefined;
  /** Looked at once, at the end. */
  test?: readonly LabelledImage[] | undefined;
}

export interface TrainDeepInput {
  net: DeepNet;
  images: DeepImages;
  /** Labels are 0 to classes - 1. */
  classes: number;
  options?: TrainingOptions | undefined;
  /** Begin with an earlier net's weights instead of fresh ones. */
  start?: Start | undefined;
  /** Where TensorFlow.js is to compute; by default it is chosen. */
  engine?: TfjsChoice | undefined;
  checkpoint?: CheckpointStore | undefined;
  /** Go no further than this epoch for now: the checkpoint keeps the place. */
  untilEpoch?: number | undefined;
  /** What of `images` to measure at the end, default all that is there. */
  measure?: readonly (keyof DeepImages)[] | undefined;
  /** Bytes of decoded images to keep between epochs, default 512 MiB. */
  cacheBytes?: number | undefined;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: DeepProgress) => void) | undefined;
}

export interface TrainedDeep {
  net: DeepNet;
  classes: number;
  /** In TensorFlow.js's memory until `dispose`. */
  built: BuiltNet;
  engine: TfjsEngine;
  options: FullOptions;
  history: EpochRecord[];
  /** The epoch whose weights these are. */
  epoch: number;
  /** Of these weights; an empty set of images has none. */
  metrics: Partial<Record<keyof DeepImages, Evaluation>>;
  /** The trained layers' weights, for `start` of a later training. */
  weights: Float32Array[];
  /** Pace of the training steps in this process, waits for images among them. */
  imagesPerSecond: number;
  /** Share of their time that was spent waiting for images, 0 to 1. */
  waitingShare: number;
  dispose(): void;
}

function requireImages({ images, classes }: TrainDeepInput): void {
  const refuse = (code: 'VALUE' | 'TOO_FEW_CLASSES', message: string) => {
    throw new ModelInputError(code, message);
  };
  if (!Number.isInteger(classes) || classes < 2)
    refuse('TOO_FEW_CLASSES', `A net tells 2 classes or more apart, not ${classes}`);
  for (const part of ['train', 'validation', 'test'] as const)
    for (const { label } of images[part] ?? [])
      if (!Number.isInteger(label) || label < 0 || label >= classes)
        refuse('VALUE', `Images (${part}): label ${label} is outside 0 to ${classes - 1}`);
  if (images.train.length < 2)
    refuse('VALUE', `Training wants 2 images or more, got ${images.train.length}`);
}

function classWeightsOf(input: TrainDeepInput, { classWeights }: FullOptions) {
  if (classWeights !== 'balanced') return classWeights && Float32Array.from(classWeights);
  const labels = Int32Array.from(input.images.train, ({ label }) => label);
  return balancedWeights(labels, input.classes);
}

/** Runs the epochs that are left, and measures what came of them. */
async function complete(run: DeepRun, input: TrainDeepInput) {
  const { images, untilEpoch = Infinity, measure = ['train', 'validation', 'test'] } = input;
  await run.resume();
  while (!run.finished && run.epochs < untilEpoch) await run.runEpoch();
  if (run.finished) run.settle();
  const metrics: TrainedDeep['metrics'] = {};
  for (const part of measure) {
    const evaluation = await run.measure('evaluate', images[part] ?? []);
    if (evaluation) metrics[part] = evaluation;
  }
  return metrics;
}

/**
 * Trains a net on images, from fresh weights, from `start` or from where a checkpoint stands.
 * Gives way to the event loop after every batch.
 *
 * @throws ModelInputError `VALUE` or `SHAPE` for options, labels, weights or a checkpoint that do
 *   not fit, `IMAGE` naming an image that cannot be decoded, `ENGINE` as `openTfjs`
 * @throws an `AbortError` within one batch of the signal; the last epoch's checkpoint stays
 */
export async function trainDeep(input: TrainDeepInput): Promise<TrainedDeep> {
  throwIfAborted(input.signal);
  requireImages(input);
  const { net, classes } = input;
  const options = fillOptions(input.options, classes, net.defaults);
  const engine = await openTfjs(input.engine);
  const built = await net.build(classes, options.seed);
  const classWeights = classWeightsOf(input, options);
  const learner = new Learner(built, { ...options, classWeights });
  try {
    if (input.start)
      learner.setWeights(startFrom(input.start, learner.weightKinds(), options.seed));
    const run = new DeepRun(input, options, learner);
    const metrics = await complete(run, input);
    const { history, epoch, speed } = run;
    const weights = await learner.weights();
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
    learner.dispose();
  }
}
