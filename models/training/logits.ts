import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { requireShape } from '../errors';
import { floatInfo } from '../onnx/graphParts';
import { writeOnnxModel } from '../onnx/model';
import type { Head } from './head';

let productSession: Promise<InferenceSession> | undefined;

/** Opens one session for heads of all shapes. The weights are inputs. */
function openProduct(): Promise<InferenceSession> {
  const model = writeOnnxModel({
    name: 'logits',
    inputs: [floatInfo('x', 'n', 'd'), floatInfo('w', 'd', 'k'), floatInfo('b', 'k')],
    outputs: [floatInfo('z', 'n', 'k')],
    nodes: [{ operator: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] }],
  });
  return InferenceSession.create(model, { logSeverityLevel: 3, extra: sleepingThreads });
}

/**
 * Computes the logits of rows.
 *
 * @param features rows × dimensions, normalised like the head's training features
 * @returns rows × classes, row-major
 * @throws ModelInputError `SHAPE`
 */
export async function headLogits(
  { weights, bias }: Head,
  features: Float32Array,
  rows: number,
  dimensions: number,
): Promise<Float32Array> {
  const classes = bias.length;
  requireShape('Features', features, rows, dimensions);
  requireShape('Weights', weights, dimensions, classes);
  const logits = new Float32Array(rows * classes);
  if (rows === 0) return logits;
  const product = await (productSession ??= openProduct());
  await product.run(
    {
      x: new Tensor('float32', features, [rows, dimensions]),
      w: new Tensor('float32', weights, [dimensions, classes]),
      b: new Tensor('float32', bias, [classes]),
    },
    { z: new Tensor('float32', logits, [rows, classes]) },
  );
  return logits;
}

/**
 * Computes the softmax of every row's logits, divided by a temperature.
 *
 * @param logits rows × classes, row-major
 * @returns rows × classes; every row sums to 1
 */
export function softmaxRows(logits: Float32Array, classes: number, temperature = 1): Float32Array {
  const out = new Float32Array(logits.length);
  for (let start = 0; start < logits.length; start += classes) {
    const rowLogits = logits.subarray(start, start + classes);
    const largest = rowLogits.reduce((max, z) => Math.max(max, z), -Infinity);
    let sum = 0;
    for (let k = 0; k < classes; k++)
      sum += out[start + k] = Math.exp((rowLogits[k]! - largest) / temperature);
    for (let k = 0; k < classes; k++) out[start + k]! /= sum;
  }
  return out;
}

/** A float32 probability below this is only known to be small, so a log-loss stops here. */
const minProbability = 1e-12;

/** The cross-entropy in nats of a row whose class got this probability: 0 to about 27.6. */
export const logLoss = (probability: number): number =>
  -Math.log(Math.max(probability, minProbability));
