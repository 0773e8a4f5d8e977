import type { Head } from '../../../models/training/head';

export interface Evaluation {
  /** Share of rows whose most likely class is right, 0 to 1; null without rows. */
  accuracy: number | null;
  /** Mean cross-entropy in nats over rows of known classes; null without such rows. */
  loss: number | null;
  count: number;
}

/**
 * Measures a head on rows it never saw. A row whose class the head does not know (label -1) counts as wrong.
 * @param features rows × dimensions, normalised
 */
export function evaluateHead(
  { weights, bias }: Head,
  features: Float32Array,
  labels: Int32Array,
  dimensions: number,
): Evaluation {
  const count = labels.length;
  if (count === 0) return { accuracy: null, loss: null, count };
  let right = 0;
  let loss = 0;
  let known = 0;
  const logits = new Float64Array(bias.length);
  for (let row = 0; row < count; row++) {
    logitsOf(weights, bias, features.subarray(row * dimensions, (row + 1) * dimensions), logits);
    const label = labels[row] ?? -1;
    let best = 0;
    for (let k = 1; k < logits.length; k++) if ((logits[k] ?? 0) > (logits[best] ?? 0)) best = k;
    if (best === label) right++;
    if (label < 0) continue;
    known++;
    loss += logSumExp(logits, logits[best] ?? 0) - (logits[label] ?? 0);
  }
  return { accuracy: right / count, loss: known > 0 ? loss / known : null, count };
}

function logitsOf(
  weights: Float32Array,
  bias: Float32Array,
  row: Float32Array,
  logits: Float64Array,
): void {
  const classes = bias.length;
  logits.set(bias);
  for (let i = 0, at = 0; i < row.length; i++) {
    const value = row[i] ?? 0;
    for (let k = 0; k < classes; k++, at++) logits[k]! += value * weights[at]!;
  }
}

function logSumExp(logits: Float64Array, largest: number): number {
  let sum = 0;
  for (const logit of logits) sum += Math.exp(logit - largest);
  return largest + Math.log(sum);
}
