import { accuracy, perClassAccuracy } from '../../../metrics/accuracy';
import type { Batch } from '../data/dataLoader';

/** The performance of a net on a set of images. */
export interface Evaluation {
  images: number;
  /** Mean cross-entropy in nats, unweighted. */
  loss: number;
  accuracy: number;
  /** Accuracy per class, averaged over the classes with images. */
  meanClassAccuracy: number;
}

/** Computes the predicted class and the cross-entropy of each row. */
function readRows(logits: Float32Array, labels: Int32Array, classes: number) {
  const predicted = new Int32Array(labels.length);
  const losses = new Float64Array(labels.length);
  for (let row = 0, offset = 0; row < labels.length; row++, offset += classes) {
    let largest = 0;
    for (let k = 1; k < classes; k++)
      if (logits[offset + k]! > logits[offset + largest]!) largest = k;
    let sum = 0;
    for (let k = 0; k < classes; k++)
      sum += Math.exp(logits[offset + k]! - logits[offset + largest]!);
    predicted[row] = largest;
    losses[row] = Math.log(sum) + logits[offset + largest]! - logits[offset + labels[row]!]!;
  }
  return { predicted, losses };
}

const sumOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/**
 * Evaluates a net batch by batch.
 *
 * @param onBatch called with the results of each batch
 * @throws an `AbortError` when the batches do
 */
export async function evaluate(
  batches: AsyncIterable<Batch>,
  logitsOf: (batch: Batch) => Promise<Float32Array>,
  classes: number,
  onBatch?: (progress: { images: number; loss: number; correct: number }) => Promise<void>,
): Promise<Evaluation> {
  const [predicted, labels]: number[][] = [[], []];
  let loss = 0;
  for await (const batch of batches) {
    const rows = readRows(await logitsOf(batch), batch.labels, classes);
    predicted!.push(...rows.predicted);
    labels!.push(...batch.labels);
    loss += sumOf(rows.losses);
    const correct = rows.predicted.filter((value, index) => value === batch.labels[index]).length;
    await onBatch?.({
      images: batch.count,
      loss: sumOf(rows.losses) / batch.count,
      correct,
    });
  }
  const [predictedClasses, labelClasses] = [Int32Array.from(predicted!), Int32Array.from(labels!)];
  const classAccuracies = perClassAccuracy(predictedClasses, labelClasses, classes).flatMap(
    (classAccuracy) => classAccuracy.accuracy ?? [],
  );
  return {
    images: labelClasses.length,
    loss: loss / Math.max(1, labelClasses.length),
    accuracy: accuracy(predictedClasses, labelClasses) ?? 0,
    meanClassAccuracy:
      classAccuracies.reduce((a, b) => a + b, 0) / Math.max(1, classAccuracies.length),
  };
}
