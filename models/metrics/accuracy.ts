import { ModelInputError, requireShape } from '../errors';

function requireClasses(what: string, values: Int32Array, classes: number): void {
  const bad = values.find((value) => value < 0 || value >= classes);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `${what}: class ${bad} is outside 0 to ${classes - 1}`);
}

/**
 * Share of rows whose predicted class is their label, 0 to 1; undefined without rows.
 *
 * @throws ModelInputError `SHAPE`
 */
export function accuracy(predicted: Int32Array, labels: Int32Array): number | undefined {
  requireShape('Predicted', predicted, labels.length);
  if (labels.length === 0) return undefined;
  let right = 0;
  for (let row = 0; row < labels.length; row++) if (predicted[row] === labels[row]) right++;
  return right / labels.length;
}

/**
 * Counts of rows by label and predicted class.
 *
 * @returns classes × classes, row-major: row = label, column = predicted
 * @throws ModelInputError `SHAPE`, or `VALUE` for a class outside 0 to classes - 1
 */
export function confusionMatrix(
  predicted: Int32Array,
  labels: Int32Array,
  classes: number,
): Int32Array {
  requireShape('Predicted', predicted, labels.length);
  requireClasses('Predicted', predicted, classes);
  requireClasses('Labels', labels, classes);
  const counts = new Int32Array(classes * classes);
  for (let row = 0; row < labels.length; row++) counts[labels[row]! * classes + predicted[row]!]!++;
  return counts;
}

/** One class in numbers; a share is undefined where nothing stands below its line. */
export interface ClassAccuracy {
  classIndex: number;
  /** Rows with this label. */
  rows: number;
  /** Share of this label's rows that were predicted so (recall). */
  accuracy: number | undefined;
  /** Share of the rows predicted so that have this label. */
  precision: number | undefined;
}

/** Accuracy and precision of each class, in the order of the classes; errors as `confusionMatrix`. */
export function perClassAccuracy(
  predicted: Int32Array,
  labels: Int32Array,
  classes: number,
): ClassAccuracy[] {
  const counts = confusionMatrix(predicted, labels, classes);
  return Array.from({ length: classes }, (_, classIndex) => {
    let rows = 0;
    let asked = 0;
    for (let other = 0; other < classes; other++) {
      rows += counts[classIndex * classes + other]!;
      asked += counts[other * classes + classIndex]!;
    }
    const right = counts[classIndex * classes + classIndex]!;
    return {
      classIndex,
      rows,
      accuracy: rows > 0 ? right / rows : undefined,
      precision: asked > 0 ? right / asked : undefined,
    };
  });
}

/**
 * Mean of -ln(probability of the label) in nats; probabilities below 1e-15 count as 1e-15, so that
 * one certain mistake is not infinite. Undefined without rows.
 *
 * @param probabilities rows × classes, row-major
 * @throws ModelInputError `SHAPE`, or `VALUE` for a class outside 0 to classes - 1
 */
export function logLoss(
  probabilities: Float32Array,
  labels: Int32Array,
  classes: number,
): number | undefined {
  requireShape('Probabilities', probabilities, labels.length, classes);
  requireClasses('Labels', labels, classes);
  if (labels.length === 0) return undefined;
  let sum = 0;
  for (let row = 0; row < labels.length; row++)
    sum -= Math.log(Math.max(1e-15, probabilities[row * classes + labels[row]!]!));
  return sum / labels.length;
}
