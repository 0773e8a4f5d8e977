import { featureNorm } from '../numeric/features';
import { graphNode } from '../onnx/graphParts';
import { writeOnnxModel, type GraphNode, type Initializer } from '../onnx/model';
import type { Head } from './head';

/** The kind of rows to score: normalised floats, or embeddings as half floats. */
export type RowKind = 'features' | 'halves';

export interface ScoreGraphInput {
  head: Head;
  dimensions: number;
  classes: number;
  /** Number of classes per row in the output. */
  topCount: number;
  rows: RowKind;
}

/** Builds the logits of features, or of half floats that are normalised after the product. */
function logits(rows: RowKind): GraphNode[] {
  if (rows === 'features') return [graphNode('Gemm', ['x', 'w', 'b'], ['z'])];
  return [
    graphNode('Cast', ['x'], ['e'], { to: 1 }),
    graphNode('ReduceL2', ['e'], ['length'], { axes: [1], keepdims: 1 }),
    // The logits of a row of zeros are the bias.
    graphNode('Max', ['length', 'tiny'], ['divisor']),
    graphNode('Div', ['featureNorm', 'divisor'], ['scale']),
    graphNode('MatMul', ['e', 'w'], ['ew']),
    graphNode('Mul', ['ew', 'scale'], ['product']),
    graphNode('Add', ['product', 'b'], ['z']),
  ];
}

/**
 * Builds the graph from rows to the most probable classes, their probabilities p and the entropy.
 * The entropy is s - Σ p z, where s is the logarithm of Σ exp z. s is also the largest logit minus
 * the logarithm of its probability, so exponentials are computed only once.
 */
export function scoreModel({ head, dimensions, classes, topCount, rows }: ScoreGraphInput) {
  const scalar = (name: string, value: number): Initializer => ({
    name,
    shape: [],
    data: Float32Array.of(value),
  });
  return writeOnnxModel({
    name: 'head-scores',
    inputs: [
      { name: 'x', type: rows === 'halves' ? 'float16' : 'float32', shape: ['n', dimensions] },
    ],
    outputs: [
      { name: 'entropy', type: 'float32', shape: ['n'] },
      { name: 'topConfidence', type: 'float32', shape: ['n', topCount] },
      { name: 'top', type: 'int32', shape: ['n', topCount] },
    ],
    initializers: [
      { name: 'w', shape: [dimensions, classes], data: head.weights },
      { name: 'b', shape: [classes], data: head.bias },
      { name: 'k', shape: [1], data: BigInt64Array.of(BigInt(topCount)) },
      { name: 'classAxis', shape: [1], data: BigInt64Array.of(1n) },
      ...(rows === 'halves' ? [scalar('tiny', 1e-30), scalar('featureNorm', featureNorm)] : []),
    ],
    nodes: [
      ...logits(rows),
      graphNode('Softmax', ['z'], ['p'], { axis: -1 }),
      graphNode('TopK', ['p', 'k'], ['topConfidence', 'topLong'], { axis: -1 }),
      graphNode('Cast', ['topLong'], ['top'], { to: 6 }),
      graphNode('Mul', ['p', 'z'], ['pz']),
      graphNode('ReduceSum', ['pz', 'classAxis'], ['meanLogit'], { keepdims: 0 }),
      graphNode('ReduceMax', ['z'], ['best'], { axes: [1], keepdims: 0 }),
      graphNode('ReduceMax', ['p'], ['bestP'], { axes: [1], keepdims: 0 }),
      graphNode('Log', ['bestP'], ['bestLogP']),
      graphNode('Sub', ['best', 'bestLogP'], ['logSum']),
      graphNode('Sub', ['logSum', 'meanLogit'], ['entropy']),
    ],
  });
}
