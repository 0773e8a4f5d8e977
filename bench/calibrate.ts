import {
  adaptiveCalibrationError,
  brierScore,
  expectedCalibrationError,
  reliabilityBins,
  type Judged,
} from '../models/metrics/calibration';
import { fitSampleTemperature, predictAt } from '../models/metrics/temperature';
import { normaliseFeatures } from '../models/numeric/features';
import { seededRandom } from '../models/numeric/random';
import { softmaxRows } from '../models/training/logits';
import { crossFit } from '../models/training/crossFit';
import { mean } from './caltech';
import { gatherLabels, logitsOn, type Gathered } from './gather';
import { loadMaterial, type Material } from './material';
import { takeRows } from './split';

const seeds = [1, 2, 3, 4, 5];
const stops = [200, 500, 1000];
const threads = 2;

/** What a run stores beside its head. */
export interface Calibrated {
  temperature: number;
  /** The random sample, judged by heads that never saw it, at that temperature. */
  sample: Judged;
}

/** Judges the labels out of fold and fits the temperature, as a retrain run does. */
export async function calibrate(
  material: Material,
  { labelled, prefix }: Gathered,
  seed: number,
): Promise<Calibrated> {
  const { classes, dimensions } = material;
  const rows = labelled.length;
  const labels = labelled.map((row) => material.labels[row]!);
  const input = { features: takeRows(material, labelled), rows, dimensions, labels, classes };
  const found = await crossFit({ ...input, keys: labelled, seed: `calibrate ${seed}`, threads });
  if (!found) throw new Error('Too few labels to hold some of them out');
  const drawn = new Set(prefix);
  const sampled = Uint8Array.from(labelled, (row) => (drawn.has(row) ? 1 : 0));
  const known = labels.map((label, row) => (found.known[row] ? label : -1));
  const judged = { logits: found.logits, rows, classes, labels: known };
  const { temperature } = fitSampleTemperature(judged, sampled);
  const said = predictAt(found.logits, rows, classes, temperature);
  const inSample = [...labelled.keys()].filter((row) => sampled[row]);
  const sample = {
    confidence: inSample.map((row) => said.confidence[row]!),
    right: inSample.map((row) => said.classIndex[row] === labels[row]),
  };
  return { temperature, sample };
}

/** What the published head says of rows at a temperature, and whether it was so. */
export function judge(
  { labels, classes }: Material,
  logits: Float32Array,
  rows: Int32Array,
  temperature: number,
): Judged {
  const { classIndex, confidence } = predictAt(logits, rows.length, classes, temperature);
  return { confidence, right: classIndex.map((k, at) => (k === labels[rows[at]!] ? 1 : 0)) };
}

/** Mean error of as many confidences whose owner is right exactly as often as they say. */
function errorOfPerfection(confidence: ArrayLike<number>): number {
  const random = seededRandom('perfection');
  const draws = Array.from({ length: 200 }, () => {
    const right = Array.from(confidence, (value) => (random.next() < value ? 1 : 0));
    return expectedCalibrationError({ confidence, right })!;
  });
  return mean(draws);
}

async function measure(material: Material, seed: number, gathered: Gathered) {
  const { test, head, labelled, prefix } = gathered;
  const { temperature, sample } = await calibrate(material, gathered, seed);
  const logits = logitsOn(material, test, head);
  const before = judge(material, logits, test, 1);
  const after = judge(material, logits, test, temperature);
  const labels = test.map((row) => material.labels[row]!);
  const probabilities = softmaxRows(logits, material.classes, temperature);
  return {
    seed,
    labels: labelled.length,
    drawnAtRandom: prefix.length,
    temperature,
    accuracy: mean(Array.from(after.right, Number)),
    before: expectedCalibrationError(before)!,
    expectedCalibrationError: expectedCalibrationError(after)!,
    adaptive: adaptiveCalibrationError(after)!,
    brier: brierScore(probabilities, labels, material.classes)!,
    limit: errorOfPerfection(after.confidence),
    /** What a run can tell by itself: on the labels drawn at random. */
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

/** Expected calibration error on untouched test images of labels that the default acquisition gathered. */
export async function benchCalibrate(): Promise<Record<string, unknown>> {
  const material = await loadMaterial(1);
  normaliseFeatures(material.features, material.dimensions, material.features);
  const start = performance.now();
  const all: Measured[] = [];
  for (const seed of seeds)
    for await (const gathered of gatherLabels(material, seed, stops))
      all.push(await measure(material, seed, gathered));
  const atStops = stops.map((labels) => summary(all, labels));
  const last = all.filter((one) => one.labels === stops.at(-1));
  return {
    bench: 'calibrate',
    material: material.name,
    seeds,
    split: 'a stratified fifth of every class tests and is touched by nothing else',
    expectedCalibrationError: atStops.at(-1)?.expectedCalibrationError,
    atStops,
    reliability: last.map(({ seed, bins }) => ({ seed, bins })),
    limit: 'the mean error of a perfectly calibrated model with the same confidences, 200 draws',
    seconds: (performance.now() - start) / 1000,
  };
}
