import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  reliabilityBins,
  type ScoredSample,
  fitSampleTemperature,
  predictAt,
} from '../models/metrics';
import { normaliseFeatures, seededRandom } from '../models/numeric';
import { headLogits, softmaxRows } from '../models/training';
import { mean } from './caltech';
import { gatherLabels, type Gathered } from './gather';
import { loadMaterial } from './material';

const seeds = [1, 2, 3, 4, 5];
const stops = [200, 500, 1000];

/** What a run stores beside its head. */
export interface Calibrated {
  temperature: number;
  /** The random sample with its out-of-fold confidences at that temperature. */
  sample: ScoredSample;
}

/** Fits the temperature on out-of-fold predictions, as a retrain run does. */
export function calibrate({ trial, labelled, prefix, outOfFold: found }: Gathered): Calibrated {
  const { truth, classes } = trial;
  const rows = labelled.length;
  const labels = labelled.map((row) => truth[row]!);
  const sampled = Uint8Array.from(labelled, (row) => (row < prefix ? 1 : 0));
  const known = labels.map((label, row) => (found.known[row] ? label : -1));
  const validation = { logits: found.logits, rows, classes, labels: known };
  const { temperature } = fitSampleTemperature(validation, sampled);
  const said = predictAt(found.logits, rows, classes, temperature);
  const inSample = [...labelled.keys()].filter((row) => sampled[row]);
  const sample = {
    confidence: inSample.map((row) => said.confidence[row]!),
    correct: inSample.map((row) => said.classIndex[row] === labels[row]),
  };
  return { temperature, sample };
}

/** Returns the confidence of each row at a temperature, and whether the prediction was correct. */
export function scoreSample(
  logits: Float32Array,
  labels: Int32Array,
  temperature: number,
): ScoredSample {
  const classes = logits.length / labels.length;
  const { classIndex, confidence } = predictAt(logits, labels.length, classes, temperature);
  return { confidence, correct: classIndex.map((k, at) => (k === labels[at] ? 1 : 0)) };
}

/** Returns the mean calibration error of a perfectly calibrated model with the same confidences. */
function errorOfPerfection(confidence: ArrayLike<number>): number {
  const random = seededRandom('perfection');
  const draws = Array.from({ length: 200 }, () => {
    const right = Array.from(confidence, (value) => (random.next() < value ? 1 : 0));
    return expectedCalibrationError({ confidence, correct: right })!;
  });
  return mean(draws);
}

async function measure(seed: number, gathered: Gathered) {
  const { trial, head, labelled, prefix } = gathered;
  const { temperature, sample } = calibrate(gathered);
  const { features, labels } = trial.test;
  const logits = await headLogits(head, features, labels.length, trial.dimensions);
  const before = scoreSample(logits, labels, 1);
  const after = scoreSample(logits, labels, temperature);
  const probabilities = softmaxRows(logits, trial.classes, temperature);
  return {
    seed,
    labels: labelled.length,
    drawnAtRandom: prefix,
    temperature,
    accuracy: mean(Array.from(after.correct, Number)),
    before: expectedCalibrationError(before)!,
    expectedCalibrationError: expectedCalibrationError(after)!,
    adaptive: adaptiveCalibrationError(after)!,
    brier: brierScore(probabilities, labels, trial.classes)!,
    limit: errorOfPerfection(after.confidence),
    /** What a run can measure by itself: the error on the labels drawn at random. */
    onSample: expectedCalibrationError(sample) ?? null,
    bins: reliabilityBins(after),
  };
}

type Measured = Awaited<ReturnType<typeof measure>>;

function summary(all: readonly Measured[], labels: number) {
  const own = all.filter((one) => one.labels === labels);
  const over = (key: 'before' | 'expectedCalibrationError' | 'adaptive' | 'brier' | 'limit') =>
    mean(own.map((one) => one[key]));
  const figures = {
    labels,
    before: over('before'),
    expectedCalibrationError: over('expectedCalibrationError'),
    worst: Math.max(...own.map((one) => one.expectedCalibrationError)),
    adaptive: over('adaptive'),
    brier: over('brier'),
    limit: over('limit'),
    temperatures: own.map((one) => one.temperature),
    perSeed: own.map((one) => one.expectedCalibrationError),
  };
  console.log(
    `${labels} labels: ${figures.before.toFixed(4)} before, ${figures.expectedCalibrationError.toFixed(4)} after ` +
      `(worst ${figures.worst.toFixed(4)}), ${figures.limit.toFixed(4)} if perfectly calibrated`,
  );
  return figures;
}

/**
 * Measures the expected calibration error on held-out images with labels from the default
 * acquisition.
 */
export async function benchCalibrate(): Promise<Record<string, unknown>> {
  const material = await loadMaterial(1);
  normaliseFeatures(material.features, material.dimensions, material.features);
  const start = performance.now();
  const all: Measured[] = [];
  for (const seed of seeds)
    for await (const gathered of gatherLabels(material, seed, stops))
      all.push(await measure(seed, gathered));
  const atStops = stops.map((labels) => summary(all, labels));
  const last = all.filter((one) => one.labels === stops.at(-1));
  return {
    bench: 'calibrate',
    material: material.name,
    seeds,
    split: 'a stratified fifth of every class is the test set and is used for nothing else',
    expectedCalibrationError: atStops.at(-1)?.expectedCalibrationError,
    atStops,
    reliability: last.map(({ seed, bins }) => ({ seed, bins })),
    limit: 'the mean error of a perfectly calibrated model with the same confidences, 200 draws',
    seconds: (performance.now() - start) / 1000,
  };
}
