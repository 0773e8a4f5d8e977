import { accuracy, perClassAccuracy } from '../../../metrics/accuracy';
import type { Batch } from '../data/dataLoader';

/** How well a net does on images that it did or did not learn from. */
export interface Evaluation {
  images: number;
  /** Mean cross-entropy in nats, unweighted. */
  loss: number;
  accuracy: number;
  /** Mean over the classes that have images of the share that is right. */
  meanClassAccuracy: number;
}

/** Row by row: which class is largest, and -ln of the label's probability. */
function readRows(logits: Float32Array, labels: Int32Array, classes: number) {
  const predicted = new Int32Array(labels.length);
  const losses = new Float64Array(labels.length);
  for (let row = 0, at = 0; row < labels.length; row++, at += classes) {
    let largest = 0;
    for (let k = 1; k < classes; k++) if (logits[at + k]! > logits[at + largest]!) largest = k;
    let sum = 0;
    for (let k = 0; k < classes; k++) sum += Math.exp(logits[at + k]! - logits[at + largest]!);
    predicted[row] = largest;
    losses[row] = Math.log(sum) + logits[at + largest]! - logits[at + labels[row]!]!;
  }
  return { predicted, losses };
}

const sumOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

/**
 * Measures a net batch by batch.
 *
 * @param onBatch the means so far
 * @throws an `AbortError` when the batches do
 */
export async function evaluate(
  batches: AsyncIterable<Batch>,
  logitsOf: (batch: Batch) => Promise<Float32Array>,
  classes: number,
  onBatch?: (so: { images: number; loss: number; right: number }) => Promise<void>,
): Promise<Evaluation> {
  const [predicted, labels]: number[][] = [[], []];
  let loss = 0;
  for await (const batch of batches) {
    const rows = readRows(await logitsOf(batch), batch.labels, classes);
    predicted!.push(...rows.predicted);
    labels!.push(...batch.labels);
    loss += sumOf(rows.losses);
    const right = rows.predicted.filter((value, at) => value === batch.labels[at]).length;
    await onBatch?.({ images: batch.count, loss: sumOf(rows.losses) / batch.count, right });
  }
  const [said, known] = [Int32Array.from(predicted!), Int32Array.from(labels!)];
  const shares = perClassAccuracy(said, known, classes).flatMap((of) => of.accuracy ?? []);
  return {
    images: known.length,
    loss: loss / Math.max(1, known.length),
    accuracy: accuracy(said, known) ?? 0,
    meanClassAccuracy: shares.reduce((a, b) => a + b, 0) / Math.max(1, shares.length),
  };
}
