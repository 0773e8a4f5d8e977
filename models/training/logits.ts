import { InferenceSession, Tensor } from 'onnxruntime-node';
import { sleepingThreads } from '../engine/sleepingThreads';
import { requireShape } from '../errors';
import { writeOnnxModel } from '../onnx/model';
import type { Head } from './head';

let session: Promise<InferenceSession> | undefined;

/** One session for heads of every shape: the weights are inputs. */
function openProduct(): Promise<InferenceSession> {
  const value = (name: string, shape: (string | number)[]) => ({
    name,
    type: 'float32' as const,
    shape,
  });
  const model = writeOnnxModel({
    name: 'logits',
    inputs: [value('x', ['n', 'd']), value('w', ['d', 'k']), value('b', ['k'])],
    outputs: [value('z', ['n', 'k'])],
    nodes: [{ operator: 'Gemm', inputs: ['x', 'w', 'b'], outputs: ['z'] }],
  });
  return InferenceSession.create(model, { logSeverityLevel: 3, extra: sleepingThreads });
}

/**
 * What a head says of rows, before the softmax.
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
  const product = await (session ??= openProduct());
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
