import { memory, scalar, tensor1d, tidy, train, variable } from '@tensorflow/tfjs-core';
import { openTfjs } from '../../../engine/tfjs';
import { Optimizer, type OptimizerOptions } from './optimizer';

beforeAll(() => openTfjs({ backend: 'cpu' }));

const start = [1, -2, 3];
const gradientAt = (step: number) => [0.5 + step, -1, 0.1 * step];

async function run(options: OptimizerOptions, steps: number, stopAfter = 0): Promise<number[]> {
  const weights = tidy(() => variable(tensor1d(start)));
  let optimizer = new Optimizer(options, [weights]);
  for (let step = 0; step < steps; step++) {
    const gradient = tensor1d(gradientAt(step));
    optimizer.step({ [weights.name]: gradient }, 0.1);
    gradient.dispose();
    if (step + 1 !== stopAfter) continue;
    const state = await optimizer.state();
    optimizer.dispose();
    optimizer = new Optimizer(options, [weights]);
    optimizer.restore(state);
  }
  const values = Array.from(await weights.data());
  optimizer.dispose();
  weights.dispose();
  return values;
}

const optimizers: [string, OptimizerOptions, () => ReturnType<typeof train.sgd>][] = [
  ['sgd', { kind: 'sgd' }, () => train.sgd(0.1)],
  ['momentum', { kind: 'momentum', momentum: 0.9 }, () => train.momentum(0.1, 0.9)],
  ['adam', { kind: 'adam', epsilon: 1e-8 }, () => train.adam(0.1, 0.9, 0.999, 1e-8) as never],
];

describe('optimizers', () => {
  it.each(optimizers)('%s matches the optimizer of TensorFlow.js', async (_, options, make) => {
    const weights = tidy(() => variable(tensor1d(start)));
    const reference = make();
    for (let step = 0; step < 5; step++)
      reference.applyGradients({ [weights.name]: tensor1d(gradientAt(step)) });
    const expected = Array.from(await weights.data());
    for (const [index, value] of (await run(options, 5)).entries())
      expect(value).toBeCloseTo(expected[index]!, 4);
    weights.dispose();
    reference.dispose();
  });

  it('rmsprop divides by the root of the mean squared gradient', async () => {
    const [first] = await run({ kind: 'rmsprop', decay: 0.5, epsilon: 0 }, 1);
    expect(first).toBeCloseTo(1 - (0.1 * 0.5) / Math.sqrt(0.5 * 0.25), 5);
  });

  it('nesterov adds the momentum of the next step', async () => {
    const [first] = await run({ kind: 'momentum', momentum: 0.9, nesterov: true }, 1);
    expect(first).toBeCloseTo(1 - 0.1 * 1.9 * 0.5, 5);
  });

  it.each(['sgd', 'momentum', 'rmsprop', 'adam'] as const)(
    '%s continues from a saved state without a difference',
    async (kind) => {
      const options = { kind, momentum: 0.9 } as OptimizerOptions;
      expect(await run(options, 6, 3)).toEqual(await run(options, 6));
    },
  );

  it('refuses the state of other weights, and frees its tensors', async () => {
    const before = memory().numTensors;
    const weights = tidy(() => variable(scalar(1)));
    const optimizer = new Optimizer({ kind: 'adam' }, [weights]);
    const state = { steps: 1, slots: [new Float32Array(2), new Float32Array(1)] };
    expect(() => optimizer.restore(state)).toThrow('other weights');
    tidy(() => optimizer.step({ [weights.name]: scalar(1) }, 0.1));
    optimizer.dispose();
    weights.dispose();
    await run({ kind: 'adam' }, 2, 1);
    expect(memory().numTensors).toBe(before);
  });
});
