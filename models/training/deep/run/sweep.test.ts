/** @jest-environment ./models/testing/onnxEnvironment.cjs */
import { openTfjs } from '../../../engine/tfjs';
import { colourImages } from '../../../testing/colourImages';
import { tinyNet } from '../../../testing/tinyNet';
import { rungsOf, sweep, type SweepInput } from './sweep';

const engine = { backend: 'wasm', threads: 1 } as const;
let input: Pick<SweepInput, 'net' | 'images' | 'classes' | 'engine'>;
let progressLog: string[];

beforeAll(async () => {
  await openTfjs(engine);
  const [train, validation] = [await colourImages(32, 4), await colourImages(16, 4, { seed: 'v' })];
  input = {
    net: tinyNet(),
    images: { train, validation, test: validation },
    classes: 4,
    engine,
  };
});
beforeEach(() => (progressLog = []));

const options = { epochs: 4, batchSize: 8 };
const onProgress: SweepInput['onProgress'] = ({ phase, epoch }) =>
  progressLog.push(`${phase} ${epoch}`);

describe('a sweep', () => {
  it('tries every combination of a grid and returns the best by validation loss', async () => {
    const { trials, best, trained, test } = await sweep({
      ...input,
      options: { ...options, epochs: 3 },
      space: { learningRate: [1e-5, 0.05], labelSmoothing: [0, 0.1] },
    });
    expect(trials.map(({ settings }) => JSON.stringify(settings)).sort()).toEqual(
      [
        { learningRate: 0.05, labelSmoothing: 0 },
        { learningRate: 0.05, labelSmoothing: 0.1 },
        { learningRate: 1e-5, labelSmoothing: 0 },
        { learningRate: 1e-5, labelSmoothing: 0.1 },
      ]
        .map((settings) => JSON.stringify(settings))
        .sort(),
    );
    expect(trials.every(({ epochs, stopped }) => epochs === 3 && !stopped)).toBe(true);
    const losses = trials.map(({ validationLoss }) => validationLoss);
    expect(losses).toEqual([...losses].sort((a, b) => a - b));
    expect(best).toBe(trials[0]);
    expect(best.settings.learningRate).toBe(0.05);
    expect(trained.metrics.validation!.loss).toBeCloseTo(best.validationLoss, 6);
    expect(test).toEqual(trained.metrics.test);
    trained.dispose();
  });

  it('stops the worst trials early, continues the best and evaluates the test images once', async () => {
    const { trials, best, trained } = await sweep({
      ...input,
      options,
      onProgress,
      space: { learningRate: { min: 1e-6, max: 0.1, scale: 'log' } },
      search: { kind: 'random', trials: 4 },
      halving: { firstEpochs: 1, factor: 2 },
    });
    expect(trials.map(({ epochs }) => epochs)).toEqual([4, 2, 1, 1]);
    expect(trials.map(({ stopped }) => stopped)).toEqual([false, true, true, true]);
    const epochsTrained = progressLog.filter(
      (entry, index) => entry.startsWith('train') && entry !== progressLog[index - 1],
    );
    expect(epochsTrained).toHaveLength(4 * 1 + 2 * 1 + 2);
    expect(trained.epoch).toBe(4);
    const rates = trials.map(({ settings }) => settings.learningRate!);
    for (const rate of rates) expect(rate >= 1e-6 && rate <= 0.1).toBe(true);
    expect(best.settings.learningRate).toBeGreaterThan(Math.min(...rates));
    trained.dispose();
  });

  it('continues without a failed trial, and fails if all trials fail', async () => {
    const space = { batchSize: [0, 8] };
    const { trials, best, trained } = await sweep({ ...input, options: { epochs: 1 }, space });
    expect(best.settings.batchSize).toBe(8);
    expect(trials[1]!.failure).toContain('batchSize: 0');
    trained.dispose();
    const failing = sweep({ ...input, options: { epochs: 1 }, space: { batchSize: [0] } });
    await expect(failing).rejects.toThrow('No trial succeeded: batchSize: 0');
  });

  it('refuses input that cannot be compared or searched', async () => {
    const images = { train: input.images.train };
    await expect(sweep({ ...input, images, space: {} })).rejects.toThrow('validation images');
    const range = { learningRate: { min: 0.1, max: 1 } };
    await expect(sweep({ ...input, space: range })).rejects.toThrow('listed values');
    await expect(sweep({ ...input, space: { epochs: [] } })).rejects.toThrow(
      'no values for epochs',
    );
    expect(() => rungsOf(9, { firstEpochs: 1, factor: 1 })).toThrow('factor above 1');
    expect(rungsOf(10, { firstEpochs: 1 })).toEqual([1, 3, 9, 10]);
    expect(rungsOf(10, undefined)).toEqual([10]);
  });
});
