import { ModelInputError, requireShape } from '../errors';

function requireClasses(what: string, values: Int32Array, classes: number): void {
  const bad = values.find((value) => value < 0 || value >= classes);
  if (bad !== undefined)
    throw new ModelInputError('VALUE', `${what}: class ${bad} is outside 0 to ${classes - 1}`);
}

/**
 * Computes the share of rows whose predicted class is their label, 0 to 1; undefined without rows.
 *
 * @throws ModelInputError `SHAPE`
 */
export function accuracy(predicted: Int32Array, labels: Int32Array): number | undefined {
  requireShape('Predicted', predicted, labels.length);
  if (labels.length === 0) return undefined;
  let correct = 0;
  for (let row = 0; row < labels.length; row++) if (predicted[row] === labels[row]) correct++;
  return correct / labels.length;
}

/**
 * Counts the rows by label and predicted class.
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

/** Accuracy and precision of one class. A share is undefined when its denominator is 0. */
export interface ClassAccuracy {
  classIndex: number;
  /** Rows with this label. */
  rows: number;
  /** Share of the rows with this label that were predicted as this class (recall). */
  accuracy: number | undefined;
  /** Share of the rows predicted as this class that have this label. */
  precision: number | undefined;
}

/**
 * Computes accuracy and precision of each class, in the order of the classes. Errors as for
 * `confusionMatrix`.
 */
export function perClassAccuracy(
  predicted: Int32Array,
  labels: Int32Array,
  classes: number,
): ClassAccuracy[] {
  const counts = confusionMatrix(predicted, labels, classes);
  return Array.from({ length: classes }, (_, classIndex) => {
    let rows = 0;
    let predictedRows = 0;
    for (let other = 0; other < classes; other++) {
      rows += counts[classIndex * classes + other]!;
      predictedRows += counts[other * classes + classIndex]!;
    }
    const correct = counts[classIndex * classes + classIndex]!;
    return {
      classIndex,
      rows,
      accuracy: rows > 0 ? correct / rows : undefined,
      precision: predictedRows > 0 ? correct / predictedRows : undefined,
    };
  });
}
