import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-layers'; // Registers the gradients.
import { registerBatchNormGradient } from '../batchNormGradient';
import { openTfjs } from '../tfjs';

type Op = () => tf.Tensor | tf.Tensor[];

/** Returns an operation's result on a backend, on inputs from the same seeds. */
async function valuesOn(backend: 'cpu' | 'wasm', op: Op): Promise<Float32Array[]> {
  await openTfjs({ backend });
  const results = tf.tidy(() => [op()].flat());
  const values = await Promise.all(results.map((result) => result.data()));
  tf.dispose(results);
  return values.map((value) => Float32Array.from(value));
}

async function largestDifference(op: Op): Promise<number> {
  const [expected, actual] = [await valuesOn('cpu', op), await valuesOn('wasm', op)];
  expect(actual.map(({ length }) => length)).toEqual(expected.map(({ length }) => length));
  const scale = Math.max(...expected.flatMap((values) => Array.from(values, Math.abs)));
  const differences = expected.flatMap((values, at) =>
    Array.from(values, (value, i) => Math.abs(value - actual[at]![i]!)),
  );
  return Math.max(...differences) / Math.max(1, scale);
}

let seed = 0;
const draw = (...shape: number[]) => tf.randomNormal(shape, 0, 1, 'float32', (seed += 1));
const four = (...shape: [number, number, number, number]) => draw(...shape) as tf.Tensor4D;

/** Returns the gradients of a function of tensors, weighted by a fixed random dy. */
function gradients(f: (...inputs: tf.Tensor[]) => tf.Tensor, inputs: tf.Tensor[]): tf.Tensor[] {
  const dy = tf.randomNormal(f(...inputs).shape, 0, 1, 'float32', 99);
  return tf.grads(f)(inputs, dy);
}

const operations: Record<string, Op> = {};
const add = (name: string, op: Op) => (operations[name] = op);

for (const [size, filter, stride, pad] of [
  [9, 3, 1, 'same'],
  [9, 3, 1, 'valid'],
  [10, 3, 2, 'same'],
  [11, 3, 2, 'same'],
  [10, 3, 2, 'valid'],
  [13, 5, 1, 'valid'],
  [23, 11, 4, 'valid'],
  [8, 1, 1, 'same'],
  [8, 1, 2, 'same'],
  [9, 1, 2, 'valid'],
  [7, 7, 2, 'same'],
] as const)
  add(`conv2d ${size} by ${filter}, step ${stride}, ${pad}`, () =>
    gradients(
      (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
      [four(3, size, size + 1, 5), four(filter, filter, 5, 6)],
    ),
  );
add('conv2d by 1 × 7', () =>
  gradients(
    (x, w) => tf.conv2d(x as tf.Tensor4D, w as tf.Tensor4D, 1, 'same'),
    [four(2, 9, 9, 3), four(1, 7, 3, 4)],
  ),
);
for (const [stride, pad] of [
  [1, 'same'],
  [2, 'same'],
  [2, 'valid'],
] as const)
  add(`depthwiseConv2d, step ${stride}, ${pad}`, () =>
    gradients(
      (x, w) => tf.depthwiseConv2d(x as tf.Tensor4D, w as tf.Tensor4D, stride, pad),
      [four(3, 9, 10, 5), four(3, 3, 5, 1)],
    ),
  );
for (const [size, step, pad] of [
  [2, 2, 'valid'],
  [3, 2, 'valid'],
  [3, 2, 'same'],
  [3, 1, 'same'],
] as const) {
  add(`maxPool ${size} by ${step}, ${pad}`, () =>
    gradients((x) => tf.maxPool(x as tf.Tensor4D, size, step, pad), [four(2, 9, 11, 3)]),
  );
  add(`avgPool ${size} by ${step}, ${pad}`, () =>
    gradients((x) => tf.avgPool(x as tf.Tensor4D, size, step, pad), [four(2, 9, 11, 3)]),
  );
}
for (const [transposeA, transposeB] of [
  [true, false],
  [false, true],
  [true, true],
] as const)
  for (const [rows, inner, columns] of [
    [3, 40, 50],
    [50, 40, 3],
  ] as const)
    add(`matMul ${rows} × ${inner} × ${columns} ${transposeA} ${transposeB}`, () => {
      const a = transposeA ? [inner, rows] : [rows, inner];
      const b = transposeB ? [columns, inner] : [inner, columns];
      return [
        tf.matMul(draw(...a), draw(...b), transposeA, transposeB),
        tf.matMul(draw(4, ...a), draw(4, ...b), transposeA, transposeB),
      ];
    });
for (const perm of [
  [1, 0, 2, 3],
  [0, 2, 1, 3],
  [0, 1, 3, 2],
  [3, 1, 2, 0],
  [1, 2, 0, 3],
  [2, 3, 0, 1],
  [0, 1, 2, 3],
])
  add(`transpose ${perm.join()}`, () => [
    tf.transpose(draw(2, 34, 3, 35), perm),
    tf.transpose(draw(3, 1, 33, 7), perm),
  ]);
add('batchNorm', () =>
  gradients(
    (x, mean, variance, offset, scale) =>
      tf.batchNorm(x, mean, tf.abs(variance), offset, scale, 1e-3),
    [four(3, 4, 5, 6), draw(6), draw(6), draw(6), draw(6)],
  ),
);
add('moments', () => gradients((x) => tf.moments(x, [0, 1, 2]).variance, [four(3, 4, 5, 6)]));
add('softmax cross-entropy', () =>
  gradients(
    (x) => tf.neg(tf.sum(tf.mul(tf.logSoftmax(x), tf.oneHot(tf.tensor1d([1, 2, 0], 'int32'), 4)))),
    [draw(3, 4)],
  ),
);
for (const name of ['relu', 'relu6', 'sigmoid', 'elu', 'tanh', 'abs', 'sqrt', 'square'] as const)
  add(name, () =>
    gradients((x) => tf[name](name === 'sqrt' ? tf.add(tf.abs(x), 1) : tf.mul(x, 4)), [draw(4, 5)]),
  );
add('concat, pad, slice and mean', () =>
  gradients(
    (a, b) =>
      tf.mean(
        tf.slice(
          tf.pad(tf.concat([a, b], 3), [
            [0, 0],
            [1, 1],
            [2, 0],
            [0, 0],
          ]),
          [0, 1, 1, 1],
          [2, 4, 4, 4],
        ),
        [1, 2],
      ),
    [four(2, 4, 5, 3), four(2, 4, 5, 2)],
  ),
);

describe('gradients on wasm', () => {
  beforeAll(() => openTfjs({ backend: 'cpu' }));
  beforeEach(() => (seed = 0));

  test.each(Object.entries(operations))('%s as on cpu', async (_, op) => {
    const counted = tf.memory().numTensors;
    const withSeed: Op = () => ((seed = 0), op());
    expect(await largestDifference(withSeed)).toBeLessThan(1e-4);
    expect(tf.memory().numTensors).toBe(counted);
  });

  it('leaves batch normalization the gradients of TensorFlow.js', async () => {
    const before = await valuesOn('cpu', () => ((seed = 0), operations['batchNorm']!()));
    registerBatchNormGradient();
    const after = await valuesOn('wasm', () => ((seed = 0), operations['batchNorm']!()));
    for (const [at, values] of before.entries())
      for (const [i, value] of values.entries()) expect(after[at]![i]).toBeCloseTo(value, 3);
  });

  it('gives a wrong gradient away', async () => {
    let sign = 1;
    const op: Op = () => tf.mul(tf.ones([2]), (sign = -sign));
    expect(await largestDifference(op)).toBeGreaterThan(0.1);
  });

  it('leaves nothing behind in the module', async () => {
    await openTfjs({ backend: 'wasm' });
    const held = () => (tf.backend() as unknown as { numDataIds(): number }).numDataIds();
    const before = held();
    for (const op of Object.values(operations)) tf.dispose(tf.tidy(() => [op()].flat()));
    expect(held()).toBe(before);
  });
});
